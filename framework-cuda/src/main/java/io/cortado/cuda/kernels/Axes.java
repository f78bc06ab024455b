package io.cortado.cuda.kernels;

import io.cortado.Shape;
import io.cortado.backend.BackendException;
import io.cortado.backend.spec.PermuteSpec;
import io.cortado.backend.spec.StridedSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The axes of a result, innermost first, with the steps that one along each is in two operands;
 * axes that can be seen as one are.
 */
final class Axes {

  private static final int MAX = KernelSource.MAX_AXES;

  private int rank;
  private final long[] extent = new long[MAX];
  private final long[] a = new long[MAX];
  private final long[] b = new long[MAX];

  private Axes() {}

  /** Returns how two shapes are read for the elements of one that both broadcast to. */
  static Axes broadcast(Shape a, Shape b, Shape out) {
    long[] stepsA = steps(a, out);
    long[] stepsB = steps(b, out);
    Axes axes = new Axes();
    for (int i = out.rank() - 1; i >= 0; i--) {
      axes.add(out.dim(i), stepsA[i], stepsB[i], out);
    }
    return axes;
  }

  /** Returns how the input is read for the elements of a permutation's output. */
  static Axes permuted(PermuteSpec spec) {
    long[] steps = steps(spec.in(), spec.in());
    Axes axes = new Axes();
    for (int i = spec.axes().size() - 1; i >= 0; i--) {
      int axis = spec.axes().get(i);
      axes.add(spec.in().dim(axis), steps[axis], 0, spec.in());
    }
    return axes;
  }

  /** Returns the steps of a strided copy, the second ones where it writes. */
  static Axes strided(StridedSpec spec) {
    Axes axes = new Axes();
    for (int i = spec.extents().rank() - 1; i >= 0; i--) {
      axes.add(
          spec.extents().dim(i), spec.srcSteps().get(i), spec.dstSteps().get(i), spec.extents());
    }
    return axes;
  }

  /**
   * Returns the steps of a shape along the axes of one it broadcasts to; 0 where it is repeated.
   */
  static long[] steps(Shape shape, Shape out) {
    long[] steps = new long[out.rank()];
    long step = 1;
    int missing = out.rank() - shape.rank();
    for (int i = shape.rank() - 1; i >= 0; i--) {
      steps[i + missing] = shape.dim(i) == 1 ? 0 : step;
      step *= shape.dim(i);
    }
    return steps;
  }

  private void add(int size, long stepA, long stepB, Shape shape) {
    if (size == 1) {
      return;
    }
    int last = rank - 1;
    if (rank > 0 && stepA == a[last] * extent[last] && stepB == b[last] * extent[last]) {
      extent[last] *= size;
      return;
    }
    if (rank == MAX) {
      throw tooMany(shape);
    }
    extent[rank] = size;
    a[rank] = stepA;
    b[rank] = stepB;
    rank++;
  }

  static BackendException tooMany(Shape shape) {
    return new BackendException(
        "a broadcast, permutation or reduction of shape %s has more than %d axes that cannot be seen as one: reshape it"
            .formatted(shape, MAX));
  }

  /** Says whether both operands are read from front to end, as the result is written. */
  boolean isFlat() {
    return rank == 0 || (rank == 1 && a[0] == 1 && b[0] == 1);
  }

  /**
   * Returns a permutation's axes as tiles want them, or null where tiles are not worth it: first
   * the axis whose elements are neighbours in the output, then the one whose elements are in the
   * input, then all others; the second steps are the output's.
   */
  @Nullable Axes tiled() {
    int read = 0;
    while (read < rank && a[read] != 1) {
      read++;
    }
    // Where one axis is both, plain copying does it; a short one would leave most of a tile empty.
    if (read == 0
        || read == rank
        || extent[0] < KernelSource.TILE / 2
        || extent[read] < KernelSource.TILE / 2) {
      return null;
    }
    Axes tiled = new Axes();
    tiled.take(this, 0);
    tiled.take(this, read);
    for (int i = 1; i < rank; i++) {
      if (i != read) {
        tiled.take(this, i);
      }
    }
    return tiled;
  }

  private void take(Axes from, int axis) {
    extent[rank] = from.extent[axis];
    a[rank] = from.a[axis];
    b[rank] = 1;
    for (int i = 0; i < axis; i++) {
      b[rank] *= from.extent[i];
    }
    rank++;
  }

  /** Returns how many tiles of the first two axes there are. */
  long tiles() {
    long tiles =
        Math.ceilDiv(extent[0], (long) KernelSource.TILE)
            * Math.ceilDiv(extent[1], (long) KernelSource.TILE);
    for (int i = 2; i < rank; i++) {
      tiles *= extent[i];
    }
    return tiles;
  }

  /** Returns this as the kernels' struct. */
  long[] struct() {
    long[] all = Arrays.copyOf(new long[] {rank}, 1 + 3 * MAX);
    System.arraycopy(extent, 0, all, 1, MAX);
    System.arraycopy(a, 0, all, 1 + MAX, MAX);
    System.arraycopy(b, 0, all, 1 + 2 * MAX, MAX);
    return all;
  }
}
