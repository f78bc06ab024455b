package io.cortado.cpu.kernels;

import io.cortado.backend.spec.PoolSpec;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A pooling's windows, cut at the image's border.
 *
 * @param spec the pooling
 * @param rowFrom for each output row, the first input row of its windows that is inside the image
 * @param rowTo for each output row, an exclusive bound of the input rows
 * @param colFrom for each output column, the first input column inside the image
 * @param colTo for each output column, an exclusive bound of the input columns
 * @param divisor for each output of a plane, what its sum is divided by; vectors may read beyond
 * @param pairs whether the windows are 2 x 2, side by side, and all inside the image
 * @param windowRows the outputs that are computed several at a time; null for none
 * @param planesPerBlock planes that make one block of work
 */
@SuppressWarnings("ArrayRecordComponent") // made once for a spec, and never compared
record PoolPlan(
    PoolSpec spec,
    int[] rowFrom,
    int[] rowTo,
    int[] colFrom,
    int[] colTo,
    float[] divisor,
    boolean pairs,
    @Nullable WindowRows windowRows,
    int planesPerBlock) {

  /** Input elements that make a block of work worth its while. */
  private static final int BLOCK_ELEMENTS = 16 << 10;

  static PoolPlan of(PoolSpec s) {
    int dilationH = s.adaptive() ? 1 : s.dilationH();
    int dilationW = s.adaptive() ? 1 : s.dilationW();
    boolean pairs =
        !s.adaptive()
            && s.kernelH() == 2
            && s.kernelW() == 2
            && s.strideH() == 2
            && s.strideW() == 2
            && s.padH() == 0
            && s.padW() == 0
            && dilationH == 1
            && dilationW == 1
            && s.outH() == s.h() / 2
            && s.outW() == s.w() / 2;
    return new PoolPlan(
        s,
        firstInside(s.outH(), s::rowStart, dilationH),
        each(s.outH(), i -> Math.min(s.h(), s.rowEnd(i))),
        firstInside(s.outW(), s::colStart, dilationW),
        each(s.outW(), j -> Math.min(s.w(), s.colEnd(j))),
        divisors(s),
        pairs,
        WindowRows.of(s),
        Math.max(1, BLOCK_ELEMENTS / (s.h() * s.w())));
  }

  private static int[] firstInside(int count, IntUnaryOperator start, int dilation) {
    return each(
        count,
        i -> {
          int first = start.applyAsInt(i);
          return first >= 0 ? first : first + Extents.ceilDiv(-first, dilation) * dilation;
        });
  }

  private static int[] each(int count, IntUnaryOperator value) {
    int[] all = new int[count];
    for (int i = 0; i < count; i++) {
      all[i] = value.applyAsInt(i);
    }
    return all;
  }

  private static float[] divisors(PoolSpec s) {
    float[] all = new float[s.outH() * s.outW() + WindowRows.MOST_LANES];
    for (int i = 0; i < s.outH(); i++) {
      for (int j = 0; j < s.outW(); j++) {
        all[i * s.outW() + j] = s.divisor(i, j);
      }
    }
    return all;
  }

  int rowStep() {
    return spec.adaptive() ? 1 : spec.dilationH();
  }

  int colStep() {
    return spec.adaptive() ? 1 : spec.dilationW();
  }

  int planes() {
    return Math.multiplyExact(spec.n(), spec.c());
  }

  int inputPlane() {
    return spec.h() * spec.w();
  }

  int outputPlane() {
    return spec.outH() * spec.outW();
  }
}
