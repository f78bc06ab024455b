package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.spec.AxisSpec;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * A tensor some axes of which are to be reduced, with these axes made one.
 *
 * @param x the tensor; its axes are reordered only where those to be reduced are no neighbours
 * @param axis the one to reduce
 * @param kept the result's shape with reduced axes of extent 1
 * @param dropped the result's shape without them
 */
record MergedAxes(Tensor x, int axis, Shape kept, Shape dropped) {

  /**
   * Makes some axes one.
   *
   * @param axes negative ones count from the end; none for all
   * @throws IllegalArgumentException if one is named twice
   */
  static MergedAxes of(String operation, Tensor x, int... axes) {
    Shape s = x.shape();
    boolean[] reduced = reduced(operation, s, axes);
    Shape kept = s;
    int[] order = new int[s.rank()];
    int[] left = new int[s.rank()];
    int count = 0;
    for (int a = 0; a < s.rank(); a++) {
      if (reduced[a]) {
        kept = kept.with(a, 1);
      } else {
        left[count] = s.dim(a);
        order[count++] = a;
      }
    }
    int first = first(reduced);
    int run = 0;
    for (int a = 0; a < s.rank(); a++) {
      if (reduced[a]) {
        order[count + run++] = a;
      }
    }
    boolean neighbours = true;
    for (int a = first; a < first + run; a++) {
      neighbours &= reduced[a];
    }
    Tensor ordered = neighbours ? x : Shaping.permute(x, order);
    int axis = neighbours ? first : count;
    Shape o = ordered.shape();
    int[] dims = new int[count + 1];
    for (int a = 0; a < axis; a++) {
      dims[a] = o.dim(a);
    }
    dims[axis] = Math.toIntExact(o.product(axis, axis + run));
    for (int a = axis + run; a < o.rank(); a++) {
      dims[a - run + 1] = o.dim(a);
    }
    Shape merged = Shape.of(dims);
    Tensor m = merged.equals(o) ? ordered : Shaping.reshape(ordered, dims);
    return new MergedAxes(m, axis, kept, Shape.of(Arrays.copyOf(left, count)));
  }

  private static int first(boolean[] reduced) {
    int first = 0;
    while (first < reduced.length && !reduced[first]) {
      first++;
    }
    return first;
  }

  /** Says of each axis whether it is reduced. */
  static boolean[] reduced(String operation, Shape s, int[] axes) {
    boolean[] reduced = new boolean[s.rank()];
    if (axes.length == 0) {
      Arrays.fill(reduced, true);
    }
    for (int axis : axes) {
      int a = s.axis(axis);
      if (reduced[a]) {
        throw new IllegalArgumentException(
            operation
                + ": "
                + Arrays.toString(axes)
                + " of tensor "
                + s
                + " name axis "
                + a
                + " twice");
      }
      reduced[a] = true;
    }
    return reduced;
  }

  /** Returns the result's shape as the one axis leaves it, with extent 1. */
  Shape reduced() {
    return x.shape().with(axis, 1);
  }

  /** Returns how many elements are made one. */
  int extent() {
    return x.dim(axis);
  }

  AxisSpec spec() {
    return AxisSpec.of(x.shape(), axis);
  }

  /** Reduces, and gives the result the shape that the caller wants. */
  Tensor reduce(boolean keepDim, UnaryOperator<Tensor> reduction) {
    Tensor y = reduction.apply(x);
    Shape wanted = keepDim ? kept : dropped;
    return y.shape().equals(wanted) ? y : Shaping.reshape(y, wanted.toArray());
  }
}
