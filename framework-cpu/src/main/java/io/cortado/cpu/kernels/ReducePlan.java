package io.cortado.cpu.kernels;

import io.cortado.Shape;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * How a reduction is walked.
 *
 * <p>Neighbouring axes that are all kept or all reduced are one axis. The work falls into units,
 * each a part of the output, and each unit's elements into pieces that are summed in floats; the
 * pieces are added in double precision. If the input's last axis is reduced, a unit is one output
 * element and a piece a run of the last axis; if it is kept, a unit is a strip of the output's last
 * axis and a piece some rows of it.
 *
 * @param columns whether the last axis is kept
 * @param sequential whether a unit is a run of the last axis for each index of one axis before it,
 *     the units' runs lying side by side: then they are read in the order in which they lie
 * @param units how many units
 * @param pieces how many pieces each unit has
 * @param splits into how many blocks each unit's pieces are dealt, so that few units use many
 *     threads
 * @param width the extent of the input's last axis
 * @param rows rows of the innermost reduced axis, where the last axis is kept; else 1
 * @param stride distance between those rows
 * @param kept where units begin, the last axis left out
 * @param reduced where the pieces of a unit begin, the innermost reduced axis left out
 * @param scale what a sum is multiplied by
 */
record ReducePlan(
    boolean columns,
    boolean sequential,
    int units,
    int pieces,
    int splits,
    int width,
    int rows,
    int stride,
    Strides kept,
    Strides reduced,
    double scale) {

  /** Width of the strips that the last axis is cut into where it is kept. */
  static final int STRIP = 2048;

  /** Rows that are added in floats before the sum is widened. */
  static final int PIECE_ROWS = 64;

  /** Elements of the last axis that are summed at once where it is reduced. */
  static final int MAX_RUN = 4096;

  /** The most sums of all splits where units are read in order. */
  private static final int MAX_SUMS = 1 << 18;

  private record Axis(int extent, int stride, boolean kept) {}

  static ReducePlan of(ReduceSpec spec) {
    List<Axis> axes = axes(spec);
    Axis last = axes.removeLast();
    boolean columns = last.kept;
    int rows = 1;
    int stride = 0;
    if (columns && !axes.isEmpty()) {
      // Kept and reduced axes alternate: the one before the last is reduced.
      Axis row = axes.removeLast();
      rows = row.extent;
      stride = row.stride;
    }
    Strides kept = strides(axes, true);
    Strides reduced = strides(axes, false);
    int parts = Blocks.count(columns ? rows : last.extent, columns ? PIECE_ROWS : MAX_RUN);
    int units = kept.count() * (columns ? Blocks.count(last.extent, STRIP) : 1);
    int pieces = reduced.count() * parts;
    long perUnit = spec.in().size() / units;
    boolean sequential = !columns && axes.size() <= 2 && parts == 1 && adjacent(axes, last);
    int splits =
        (int)
            (sequential
                ? Math.clamp(spec.in().size() / Blocks.LIGHT, 1, splitsInOrder(pieces, units))
                : splits(perUnit, pieces));
    return new ReducePlan(
        columns,
        sequential,
        units,
        pieces,
        splits,
        last.extent,
        rows,
        stride,
        kept,
        reduced,
        scale(spec.op(), spec.count()));
  }

  /** Returns into how many blocks the pieces of a unit of so many elements are dealt. */
  static int splits(long elements, int pieces) {
    return (int) Math.clamp(elements / Blocks.LIGHT, 1, pieces);
  }

  /** Returns the first of a block's pieces. */
  static int split(int pieces, int block, int splits) {
    return (int) ((long) pieces * block / splits);
  }

  /** Returns what a sum of so many elements is multiplied by. */
  static double scale(ReduceOp op, long count) {
    return op == ReduceOp.MEAN ? 1.0 / count : 1.0;
  }

  private static int splitsInOrder(int pieces, int units) {
    return Math.clamp(MAX_SUMS / units, 1, pieces);
  }

  /** Says whether the axis before the last is kept: axes alternate, so its runs are neighbours. */
  private static boolean adjacent(List<Axis> axes, Axis last) {
    return !axes.isEmpty() && axes.getLast().kept && axes.getLast().stride == last.extent;
  }

  private static List<Axis> axes(ReduceSpec spec) {
    Shape in = spec.in();
    int rank = in.rank();
    int missing = rank - spec.out().rank();
    List<Axis> axes = new ArrayList<>();
    for (int i = rank - 1; i >= 0; i--) {
      int extent = in.dim(i);
      if (extent == 1) {
        continue;
      }
      boolean kept = i >= missing && spec.out().dim(i - missing) != 1;
      int stride = (int) in.product(i + 1, rank);
      Axis next = axes.isEmpty() ? null : axes.getFirst();
      if (next != null && next.kept == kept) {
        axes.set(0, new Axis(extent * next.extent, next.stride, kept));
      } else {
        axes.addFirst(new Axis(extent, stride, kept));
      }
    }
    if (axes.isEmpty()) {
      axes.add(new Axis(1, 1, true));
    }
    return axes;
  }

  private static Strides strides(List<Axis> axes, boolean kept) {
    return new Strides(
        axes.stream().filter(a -> a.kept == kept).mapToInt(Axis::extent).toArray(),
        axes.stream().filter(a -> a.kept == kept).mapToInt(Axis::stride).toArray());
  }
}
