package io.cortado.cpu.kernels;

import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.WindowAxis;
import io.cortado.cpu.simd.PoolKernel;

/**
 * The operands of a pooling with places, and what a block of its rows is.
 *
 * @param samples of the random axes; empty where there are none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PlacedMaxCall(
    PlacedMaxPlan plan,
    PoolKernel kernel,
    float[] samples,
    int samplesOff,
    float[] x,
    int xOff,
    float[] y,
    int yOff,
    int[] places,
    int placesOff) {

  /** Vectors write up to so many elements beyond a row, and read as many. */
  private static final int MOST_LANES = WindowRows.MOST_LANES;

  private static final int INFINITY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  /** One worker's: the largest of each column of a row of windows, where it is, and bounds. */
  static final class Scratch {

    private float[] largest = new float[0];
    private int[] at = new int[0];
    private long[] ranks = new long[0];
    private int[] columns = new int[0];

    void reserve(MaxPoolSpec s) {
      int width = s.columns().in() + MOST_LANES;
      if (at.length < width) {
        largest = new float[width];
        at = new int[width];
        ranks = new long[width];
      }
      if (columns.length < 2 * s.columns().out()) {
        columns = new int[2 * s.columns().out()];
      }
    }
  }

  /** Computes rows of the output, from one to another, exclusive. */
  void rows(int from, int end, Scratch scratch) {
    MaxPoolSpec spec = plan.spec();
    scratch.reserve(spec);
    int perSlice = spec.rows().out();
    int perPlane = spec.depth().out() * perSlice;
    int[] columns = plan.columns();
    for (int row = from; row < end; row++) {
      int plane = row / perPlane;
      int inPlane = row % perPlane;
      if (plan.hasRandomColumns() && (row == from || inPlane == 0)) {
        columns = scratch.columns;
        PlacedMaxPlan.columns(spec.columns(), sample(plane, 0), columns);
      }
      largestOfColumns(plane, inPlane / perSlice, inPlane % perSlice, scratch);
      largestOfWindows(columns, plane, row * spec.columns().out(), scratch);
    }
  }

  /** Returns the sample of an axis, 0 being the last. */
  private float sample(int plane, int axisFromEnd) {
    int random = plan.spec().randomAxes();
    int at = random - 1 - axisFromEnd;
    return at < 0 ? 0 : samples[samplesOff + plane * random + at];
  }

  /** Finds the largest element of each column over the slices and rows of a row of windows. */
  private void largestOfColumns(int plane, int i, int j, Scratch scratch) {
    MaxPoolSpec spec = plan.spec();
    float deep = sample(plane, 2);
    float down = sample(plane, 1);
    WindowAxis rows = spec.rows();
    int width = spec.columns().in();
    int first = (spec.depth().first(i, deep) * rows.in() + rows.first(j, down)) * width;
    int from = xOff + plane * spec.inputPlane();
    int end = from + spec.inputPlane();
    int room = end + MOST_LANES <= x.length ? width + MOST_LANES : width;
    kernel.maxRow(
        plan.grids()[PlacedMaxPlan.elements(rows, j, down) - 1],
        width,
        0,
        PlacedMaxPlan.elements(spec.depth(), i, deep),
        x,
        from + first,
        first,
        room,
        scratch.largest,
        0,
        scratch.at,
        0);
  }

  /**
   * Finds the largest of the columns of each window; of equal ones the first in the plane.
   *
   * <p>Size and place become one number, so that there is no branch, which random data would
   * mispredict every other window.
   */
  private void largestOfWindows(int[] columns, int plane, int out, Scratch scratch) {
    long[] ranks = scratch.ranks;
    rank(plan.spec().columns().in(), scratch.largest, scratch.at, ranks);
    int n = plan.spec().columns().out();
    int step = plan.spec().columns().dilation();
    int from = xOff + plane * plan.spec().inputPlane();
    for (int k = 0; k < n; k++) {
      int end = columns[n + k];
      long best = Long.MIN_VALUE;
      for (int c = columns[k]; c < end; c += step) {
        best = Math.max(best, ranks[c]);
      }
      int place = Integer.MAX_VALUE - (int) best;
      y[yOff + out + k] = x[from + place];
      places[placesOff + out + k] = place;
    }
  }

  /**
   * Gives each element a number that is larger for larger elements, and of equal ones for the
   * first; without branches and choices, so that the compiler makes vectors of it.
   */
  private static void rank(int n, float[] largest, int[] at, long[] ranks) {
    for (int c = 0; c < n; c++) {
      int bits = Float.floatToRawIntBits(largest[c] + 0f); // one zero
      int size = Math.min(bits & Integer.MAX_VALUE, INFINITY + 1); // one NaN
      int negative = bits >> 31 & ~(INFINITY - size >> 31); // all bits; none of a NaN
      ranks[c] = (long) (size ^ negative) << 32 | (Integer.MAX_VALUE - at[c]);
    }
  }
}
