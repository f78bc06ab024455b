package io.cortado.backend;

import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.backend.spec.ReduceOp;

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

  /**
   * Runs a program for each element, and reduces its first output to one number: {@code y[0] = op
   * of the first output's elements}, which need not be written anywhere.
   *
   * <p>For losses: the number is the loss, the other outputs the gradients. The sum of no elements
   * is 0, their mean NaN. The number's buffer is none of the inputs and other outputs; for these
   * holds what {@link #pointwise} says.
   *
   * @param spec the program, with the shapes of what it reads and of its outputs' elements
   * @param op how the first output is reduced
   * @param parameters a number for each of the program's parameters
   * @param inputs what it reads, float32
   * @param y one number, float32
   * @param outputs what it writes beside, float32: all outputs but the first
   */
  void pointwiseReduce(
      PointwiseSpec spec,
      ReduceOp op,
      float[] parameters,
      Buffer[] inputs,
      Buffer y,
      Buffer[] outputs);
}
