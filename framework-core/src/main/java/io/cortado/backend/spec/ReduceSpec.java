package io.cortado.backend.spec;

import io.cortado.Shape;

/**
 * A reduction of some axes: the reverse of broadcasting {@code out} to {@code in}.
 *
 * @param op how elements are combined
 * @param in the shape of the input
 * @param out a shape that broadcasts to {@code in}; its missing axes and axes of extent 1 are those
 *     reduced
 */
public record ReduceSpec(ReduceOp op, Shape in, Shape out) {

  /** Returns how many elements are combined into one. */
  public long count() {
    return out.size() == 0 ? 0 : in.size() / out.size();
  }
}
