package io.cortado.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of {@link VectorLaneKernel} for two channels and for one, where registers are 16: for
 * vectors of less than 512 bits.
 *
 * <p>Ten sums, two weights and a vector of x are 13 registers; four channels' twenty sums were in
 * memory for the most part. Each tap does 10 FMAs for 5 loads and 2 broadcasts.
 */
final class VectorLanePairs {

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.LENGTH;

  /** Whether registers are so few. */
  static final boolean FIT = L < 16;

  private VectorLanePairs() {}

  /** See {@link LaneKernel#tile}. */
  static void tile(
      int channels,
      int from,
      int to,
      int[] taps,
      float[] x,
      int xOff,
      float[] weights,
      int wOff,
      float[] start,
      int startOff,
      float[] y,
      int yOff,
      int yPlane) {
    int k = 0;
    for (; k < channels - 1; k += 2) {
      two(
          from,
          to,
          taps,
          x,
          xOff,
          weights,
          wOff + channels * from + k,
          channels,
          start,
          startOff + k,
          y,
          yOff + k * yPlane,
          yPlane);
    }
    if (k < channels) {
      one(
          from,
          to,
          taps,
          x,
          xOff,
          weights,
          wOff + channels * from + k,
          channels,
          start,
          startOff + k,
          y,
          yOff + k * yPlane);
    }
  }

  /** See {@link LaneKernel#filterTile}. */
  static void filterTile(
      int channels,
      int rows,
      int cols,
      int[] taps,
      int tapsOff,
      float[] x,
      int xOff,
      int xRow,
      float[] dy,
      int dyOff,
      int dyRow,
      int dyStep,
      float[] sums,
      int sumsOff) {
    int k = 0;
    for (; k < channels - 1; k += 2) {
      int d = dyOff + k * L;
      int to = sumsOff + k * LaneKernel.COLUMNS * L;
      filterTwo(rows, cols, taps, tapsOff, x, xOff, xRow, dy, d, dyRow, dyStep, sums, to);
    }
    if (k < channels) {
      int d = dyOff + k * L;
      int to = sumsOff + k * LaneKernel.COLUMNS * L;
      filterOne(rows, cols, taps, tapsOff, x, xOff, xRow, dy, d, dyRow, dyStep, sums, to);
    }
  }

  private static void two(
      int from,
      int to,
      int[] taps,
      float[] x,
      int xOff,
      float[] weights,
      int wOff,
      int wStep,
      float[] start,
      int startOff,
      float[] y,
      int yOff,
      int yPlane) {
    FloatVector c00 = FloatVector.broadcast(S, start[startOff]);
    FloatVector c01 = c00;
    FloatVector c02 = c00;
    FloatVector c03 = c00;
    FloatVector c04 = c00;
    FloatVector c10 = FloatVector.broadcast(S, start[startOff + 1]);
    FloatVector c11 = c10;
    FloatVector c12 = c10;
    FloatVector c13 = c10;
    FloatVector c14 = c10;
    int w = wOff;
    for (int p = from; p < to; p++) {
      int at = xOff + taps[p];
      FloatVector w0 = FloatVector.broadcast(S, weights[w]);
      FloatVector w1 = FloatVector.broadcast(S, weights[w + 1]);
      FloatVector x0 = FloatVector.fromArray(S, x, at);
      c00 = w0.fma(x0, c00);
      c10 = w1.fma(x0, c10);
      FloatVector x1 = FloatVector.fromArray(S, x, at + L);
      c01 = w0.fma(x1, c01);
      c11 = w1.fma(x1, c11);
      FloatVector x2 = FloatVector.fromArray(S, x, at + 2 * L);
      c02 = w0.fma(x2, c02);
      c12 = w1.fma(x2, c12);
      FloatVector x3 = FloatVector.fromArray(S, x, at + 3 * L);
      c03 = w0.fma(x3, c03);
      c13 = w1.fma(x3, c13);
      FloatVector x4 = FloatVector.fromArray(S, x, at + 4 * L);
      c04 = w0.fma(x4, c04);
      c14 = w1.fma(x4, c14);
      w += wStep;
    }
    c00.intoArray(y, yOff);
    c01.intoArray(y, yOff + L);
    c02.intoArray(y, yOff + 2 * L);
    c03.intoArray(y, yOff + 3 * L);
    c04.intoArray(y, yOff + 4 * L);
    int next = yOff + yPlane;
    c10.intoArray(y, next);
    c11.intoArray(y, next + L);
    c12.intoArray(y, next + 2 * L);
    c13.intoArray(y, next + 3 * L);
    c14.intoArray(y, next + 4 * L);
  }

  private static void one(
      int from,
      int to,
      int[] taps,
      float[] x,
      int xOff,
      float[] weights,
      int wOff,
      int wStep,
      float[] start,
      int startOff,
      float[] y,
      int yOff) {
    FloatVector c00 = FloatVector.broadcast(S, start[startOff]);
    FloatVector c01 = c00;
    FloatVector c02 = c00;
    FloatVector c03 = c00;
    FloatVector c04 = c00;
    int w = wOff;
    for (int p = from; p < to; p++) {
      int at = xOff + taps[p];
      FloatVector w0 = FloatVector.broadcast(S, weights[w]);
      FloatVector x0 = FloatVector.fromArray(S, x, at);
      c00 = w0.fma(x0, c00);
      FloatVector x1 = FloatVector.fromArray(S, x, at + L);
      c01 = w0.fma(x1, c01);
      FloatVector x2 = FloatVector.fromArray(S, x, at + 2 * L);
      c02 = w0.fma(x2, c02);
      FloatVector x3 = FloatVector.fromArray(S, x, at + 3 * L);
      c03 = w0.fma(x3, c03);
      FloatVector x4 = FloatVector.fromArray(S, x, at + 4 * L);
      c04 = w0.fma(x4, c04);
      w += wStep;
    }
    c00.intoArray(y, yOff);
    c01.intoArray(y, yOff + L);
    c02.intoArray(y, yOff + 2 * L);
    c03.intoArray(y, yOff + 3 * L);
    c04.intoArray(y, yOff + 4 * L);
  }

  private static void filterTwo(
      int rows,
      int cols,
      int[] taps,
      int tapsOff,
      float[] x,
      int xOff,
      int xRow,
      float[] dy,
      int dyOff,
      int dyRow,
      int dyStep,
      float[] sums,
      int sumsOff) {
    FloatVector c00 = FloatVector.fromArray(S, sums, sumsOff);
    FloatVector c01 = FloatVector.fromArray(S, sums, sumsOff + L);
    FloatVector c02 = FloatVector.fromArray(S, sums, sumsOff + 2 * L);
    FloatVector c03 = FloatVector.fromArray(S, sums, sumsOff + 3 * L);
    FloatVector c04 = FloatVector.fromArray(S, sums, sumsOff + 4 * L);
    FloatVector c10 = FloatVector.fromArray(S, sums, sumsOff + 5 * L);
    FloatVector c11 = FloatVector.fromArray(S, sums, sumsOff + 6 * L);
    FloatVector c12 = FloatVector.fromArray(S, sums, sumsOff + 7 * L);
    FloatVector c13 = FloatVector.fromArray(S, sums, sumsOff + 8 * L);
    FloatVector c14 = FloatVector.fromArray(S, sums, sumsOff + 9 * L);
    int t0 = taps[tapsOff];
    int t1 = taps[tapsOff + 1];
    int t2 = taps[tapsOff + 2];
    int t3 = taps[tapsOff + 3];
    int t4 = taps[tapsOff + 4];
    for (int i = 0; i < rows; i++) {
      int at = xOff + i * xRow;
      int d = dyOff + i * dyRow;
      for (int j = 0; j < cols; j++) {
        FloatVector d0 = FloatVector.fromArray(S, dy, d);
        FloatVector d1 = FloatVector.fromArray(S, dy, d + L);
        FloatVector x0 = FloatVector.fromArray(S, x, at + t0);
        c00 = d0.fma(x0, c00);
        c10 = d1.fma(x0, c10);
        FloatVector x1 = FloatVector.fromArray(S, x, at + t1);
        c01 = d0.fma(x1, c01);
        c11 = d1.fma(x1, c11);
        FloatVector x2 = FloatVector.fromArray(S, x, at + t2);
        c02 = d0.fma(x2, c02);
        c12 = d1.fma(x2, c12);
        FloatVector x3 = FloatVector.fromArray(S, x, at + t3);
        c03 = d0.fma(x3, c03);
        c13 = d1.fma(x3, c13);
        FloatVector x4 = FloatVector.fromArray(S, x, at + t4);
        c04 = d0.fma(x4, c04);
        c14 = d1.fma(x4, c14);
        at += L;
        d += dyStep;
      }
    }
    c00.intoArray(sums, sumsOff);
    c01.intoArray(sums, sumsOff + L);
    c02.intoArray(sums, sumsOff + 2 * L);
    c03.intoArray(sums, sumsOff + 3 * L);
    c04.intoArray(sums, sumsOff + 4 * L);
    c10.intoArray(sums, sumsOff + 5 * L);
    c11.intoArray(sums, sumsOff + 6 * L);
    c12.intoArray(sums, sumsOff + 7 * L);
    c13.intoArray(sums, sumsOff + 8 * L);
    c14.intoArray(sums, sumsOff + 9 * L);
  }

  private static void filterOne(
      int rows,
      int cols,
      int[] taps,
      int tapsOff,
      float[] x,
      int xOff,
      int xRow,
      float[] dy,
      int dyOff,
      int dyRow,
      int dyStep,
      float[] sums,
      int sumsOff) {
    FloatVector c00 = FloatVector.fromArray(S, sums, sumsOff);
    FloatVector c01 = FloatVector.fromArray(S, sums, sumsOff + L);
    FloatVector c02 = FloatVector.fromArray(S, sums, sumsOff + 2 * L);
    FloatVector c03 = FloatVector.fromArray(S, sums, sumsOff + 3 * L);
    FloatVector c04 = FloatVector.fromArray(S, sums, sumsOff + 4 * L);
    int t0 = taps[tapsOff];
    int t1 = taps[tapsOff + 1];
    int t2 = taps[tapsOff + 2];
    int t3 = taps[tapsOff + 3];
    int t4 = taps[tapsOff + 4];
    for (int i = 0; i < rows; i++) {
      int at = xOff + i * xRow;
      int d = dyOff + i * dyRow;
      for (int j = 0; j < cols; j++) {
        FloatVector d0 = FloatVector.fromArray(S, dy, d);
        FloatVector x0 = FloatVector.fromArray(S, x, at + t0);
        c00 = d0.fma(x0, c00);
        FloatVector x1 = FloatVector.fromArray(S, x, at + t1);
        c01 = d0.fma(x1, c01);
        FloatVector x2 = FloatVector.fromArray(S, x, at + t2);
        c02 = d0.fma(x2, c02);
        FloatVector x3 = FloatVector.fromArray(S, x, at + t3);
        c03 = d0.fma(x3, c03);
        FloatVector x4 = FloatVector.fromArray(S, x, at + t4);
        c04 = d0.fma(x4, c04);
        at += L;
        d += dyStep;
      }
    }
    c00.intoArray(sums, sumsOff);
    c01.intoArray(sums, sumsOff + L);
    c02.intoArray(sums, sumsOff + 2 * L);
    c03.intoArray(sums, sumsOff + 3 * L);
    c04.intoArray(sums, sumsOff + 4 * L);
  }
}
