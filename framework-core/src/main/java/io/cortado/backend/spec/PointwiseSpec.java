package io.cortado.backend.spec;

import io.cortado.Shape;
import java.util.List;

/**
 * A pointwise program over tensors of given shapes, with broadcasting.
 *
 * @param program what is computed for each element
 * @param inputs the shapes of what it reads; each broadcasts to the outputs' shape
 * @param output the shape of everything that it writes
 */
public record PointwiseSpec(PointwiseProgram program, List<Shape> inputs, Shape output) {

  /** Checks that there is a shape for each input. */
  public PointwiseSpec {
    inputs = List.copyOf(inputs);
    if (inputs.size() != program.inputs()) {
      throw new IllegalArgumentException(
          "a program of " + program.inputs() + " inputs was given the shapes " + inputs);
    }
  }
}
