package io.cortado.cuda.kernels;

import io.cortado.Shape;
import io.cortado.backend.spec.PointwiseSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * How a pointwise program reads its inputs: which are read from front to end, which are one number,
 * and along which axes the others move. Axes that can be seen as one for all of these others are.
 *
 * <p>The {@link Pattern} is in a kernel's text; the sizes are an argument of it.
 */
final class PointwiseLayout {

  /** The access of an input that is read as the outputs are written. */
  static final int FULL = -1;

  /** The access of an input that is one number. */
  static final int ONE = -2;

  /**
   * What a kernel's text knows of the shapes.
   *
   * @param rank how many axes there are, innermost first; 0 where each input is read from front to
   *     end or is one number
   * @param access for each input {@link #FULL}, {@link #ONE}, or a bit for each axis that it moves
   *     along
   * @param wide whether 32 bits do not count the elements
   */
  record Pattern(int rank, List<Integer> access, boolean wide) {

    /** Returns the inputs that are neither read from front to end nor one number. */
    List<Integer> strided() {
      List<Integer> strided = new ArrayList<>();
      for (int i = 0; i < access.size(); i++) {
        if (access.get(i) >= 0) {
          strided.add(i);
        }
      }
      return strided;
    }
  }

  private final Pattern pattern;
  private final long[] extent;
  private final long[][] steps;

  private PointwiseLayout(Pattern pattern, long[] extent, long[][] steps) {
    this.pattern = pattern;
    this.extent = extent;
    this.steps = steps;
  }

  /**
   * Returns the layout of a call.
   *
   * @param narrow the most elements for which 32 bits are used
   */
  static PointwiseLayout of(PointwiseSpec spec, long narrow) {
    Shape out = spec.output();
    List<Integer> access = new ArrayList<>(spec.inputs().size());
    List<long[]> strided = new ArrayList<>();
    for (Shape in : spec.inputs()) {
      if (in.size() == out.size()) {
        access.add(FULL);
      } else if (in.size() == 1) {
        access.add(ONE);
      } else {
        access.add(0);
        strided.add(Axes.steps(in, out));
      }
    }
    long[] extent = new long[strided.isEmpty() ? 0 : out.rank()];
    long[][] steps = new long[strided.size()][extent.length];
    int rank = 0;
    for (int axis = extent.length - 1; axis >= 0; axis--) {
      if (out.dim(axis) != 1) {
        rank = add(out.dim(axis), axis, strided, extent, steps, rank);
      }
    }
    int next = 0;
    for (int i = 0; i < access.size(); i++) {
      if (access.get(i) == 0) {
        access.set(i, moves(steps[next++], rank));
      }
    }
    boolean wide = out.size() > narrow;
    return new PointwiseLayout(new Pattern(rank, List.copyOf(access), wide), extent, steps);
  }

  /**
   * Adds an axis, as a part of the last one where it goes on as that does, and returns the rank.
   */
  private static int add(
      int size, int axis, List<long[]> strided, long[] extent, long[][] steps, int rank) {
    boolean goesOn = rank > 0;
    for (int i = 0; i < steps.length && goesOn; i++) {
      goesOn = strided.get(i)[axis] == steps[i][rank - 1] * extent[rank - 1];
    }
    if (goesOn) {
      extent[rank - 1] *= size;
      return rank;
    }
    extent[rank] = size;
    for (int i = 0; i < steps.length; i++) {
      steps[i][rank] = strided.get(i)[axis];
    }
    return rank + 1;
  }

  private static int moves(long[] steps, int rank) {
    int moves = 0;
    for (int k = 0; k < rank; k++) {
      moves |= steps[k] == 0 ? 0 : 1 << k;
    }
    return moves;
  }

  Pattern pattern() {
    return pattern;
  }

  /**
   * Returns this as the kernel's struct: the extents, what divides by each, and the steps of each
   * input that has some.
   *
   * <p>For a number below 2^31, {@code n / d = (high half of n * magic + n) >> shift}.
   *
   * @see <a href="https://gmplib.org/~tege/divcnst-pldi94.pdf">Granlund and Montgomery: Division by
   *     Invariant Integers using Multiplication</a>
   */
  long[] struct() {
    int rank = pattern.rank();
    long[] all = new long[(3 + steps.length) * rank];
    for (int k = 0; k < rank; k++) {
      long d = extent[k];
      int shift = Long.SIZE - Long.numberOfLeadingZeros(d - 1);
      all[k] = d;
      all[rank + k] = pattern.wide() ? 0 : (((1L << shift) - d) << Integer.SIZE) / d + 1;
      all[2 * rank + k] = shift;
      for (int i = 0; i < steps.length; i++) {
        all[(3 + i) * rank + k] = steps[i][k];
      }
    }
    return all;
  }
}
