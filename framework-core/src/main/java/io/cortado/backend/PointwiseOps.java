package io.cortado.backend;

import io.cortado.backend.spec.PointwiseSpec;

/** Programs of elementwise operations, in one pass over memory. */
public interface PointwiseOps {

  /**
   * Runs a program for each element of the outputs.
   *
   * <p>An output may be the same buffer as an input of the outputs' shape, for updates in place;
   * each element's inputs are read before its outputs are written. Outputs are different buffers.
   *
   * @param spec the program, with the shapes of what it reads and writes
   * @param parameters a number for each of the program's parameters
   * @param inputs what it reads, float32
   * @param outputs what it writes, float32
   */
  void pointwise(PointwiseSpec spec, float[] parameters, Buffer[] inputs, Buffer[] outputs);
}
