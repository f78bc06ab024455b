package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.NE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Windows of any size by the Vector API: a lane is an output, and taps pass by in reading order.
 *
 * <p>A tap costs a load, two comparisons and a blend; its place another blend. Bound by these, some
 * 6 operations a tap, where the scalar loop waits for a mispredicted branch every other tap. Rows
 * shorter than a vector use the lanes that they have.
 */
final class VectorWindows {

  private static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);
  private static final IntVector COUNT = IntVector.zero(INTS).addIndex(1);

  private VectorWindows() {}

  /** Computes one vector of largest elements; see {@link PoolKernel#maxRow}. */
  static void largest(
      WindowGrid g, int rowFrom, int rowTo, float[] staged, int off, float[] y, int yOff) {
    FloatVector best =
        FloatVector.fromArray(SPECIES, staged, off + rowFrom * g.stagedRow() + g.taps()[0]);
    int[] taps = g.taps();
    for (int r = rowFrom; r < rowTo; r += g.rowStep()) {
      int row = off + r * g.stagedRow();
      for (int tap : taps) {
        FloatVector v = FloatVector.fromArray(SPECIES, staged, row + tap);
        // The earlier element stays unless the later is larger, or is the first NaN.
        best = v.blend(best, v.compare(LE, best).or(best.compare(NE, best)));
      }
    }
    best.intoArray(y, yOff);
  }

  /** Computes the same, and where in the plane each was. */
  static void largest(
      WindowGrid g,
      int rowFrom,
      int rowTo,
      float[] staged,
      int off,
      int first,
      float[] y,
      int yOff,
      int[] at,
      int atOff) {
    int[] taps = g.taps();
    int[] columns = g.columns();
    FloatVector best =
        FloatVector.fromArray(SPECIES, staged, off + rowFrom * g.stagedRow() + taps[0]);
    IntVector place = IntVector.broadcast(INTS, rowFrom * g.width() + columns[0]);
    for (int r = rowFrom; r < rowTo; r += g.rowStep()) {
      int row = off + r * g.stagedRow();
      for (int c = 0; c < taps.length; c++) {
        FloatVector v = FloatVector.fromArray(SPECIES, staged, row + taps[c]);
        VectorMask<Float> stays = v.compare(LE, best).or(best.compare(NE, best));
        best = v.blend(best, stays);
        IntVector here = IntVector.broadcast(INTS, r * g.width() + columns[c]);
        place = here.blend(place, stays.cast(INTS));
      }
    }
    best.intoArray(y, yOff);
    COUNT.mul(g.stride()).add(first).add(place).intoArray(at, atOff);
  }

  /** Computes one vector of sums; see {@link PoolKernel#sumRow}. */
  static void sum(
      WindowGrid g,
      int rowFrom,
      int rowTo,
      float[] staged,
      int off,
      float[] divisor,
      int divisorOff,
      float[] y,
      int yOff) {
    int[] taps = g.taps();
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int r = rowFrom; r < rowTo; r += g.rowStep()) {
      int at = off + r * g.stagedRow();
      FloatVector row = FloatVector.zero(SPECIES);
      for (int tap : taps) {
        row = row.add(FloatVector.fromArray(SPECIES, staged, at + tap));
      }
      sum = sum.add(row);
    }
    sum.div(FloatVector.fromArray(SPECIES, divisor, divisorOff)).intoArray(y, yOff);
  }

  /**
   * Returns where the vector that is to begin at output j of n does begin, if it fits: there, or a
   * little earlier, so that it ends with them; negative if neither.
   */
  static int begin(int j, int n, int room) {
    return j + LENGTH <= room ? j : n - LENGTH;
  }
}
