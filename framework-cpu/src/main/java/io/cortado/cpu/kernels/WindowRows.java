package io.cortado.cpu.kernels;

import io.cortado.backend.spec.PoolSpec;
import io.cortado.cpu.simd.PoolKernel;
import io.cortado.cpu.simd.WindowGrid;
import org.jspecify.annotations.Nullable;

/**
 * The outputs of a pooling's row whose windows lie inside the image from left to right: these are
 * computed several at a time, from a plane staged with the columns' stride taken apart.
 *
 * <p>Staged layout {@code [phase][row][column]}: element (p, r, v) is the plane's row r, column
 * {@code v * stride + p}; after each phase there is room for a vector.
 *
 * @param from the first such output
 * @param to one more than the last
 * @param grid where their taps are
 * @param stagedPlane elements of a staged plane
 */
record WindowRows(int from, int to, WindowGrid grid, int stagedPlane) {

  /** Fewer outputs than this in a row are faster one by one. */
  private static final int FEW = 4;

  /** Vectors are read up to so many elements beyond the last output's. */
  static final int MOST_LANES = 16;

  /** Returns the rows of a pooling; null if it has windows of many sizes, or its rows are short. */
  static @Nullable WindowRows of(PoolSpec s) {
    if (s.adaptive()) {
      return null;
    }
    int stride = s.strideW();
    int reach = (s.kernelW() - 1) * s.dilationW();
    int from = Extents.ceilDiv(s.padW(), stride);
    int to = Math.min(s.outW(), Math.floorDiv(s.w() - 1 + s.padW() - reach, stride) + 1);
    if (to - from < FEW) {
      return null;
    }
    int stagedRow = Extents.ceilDiv(s.w(), stride);
    int phase = s.h() * stagedRow + MOST_LANES;
    int[] taps = new int[s.kernelW()];
    int[] columns = new int[s.kernelW()];
    for (int c = 0; c < taps.length; c++) {
      columns[c] = from * stride - s.padW() + c * s.dilationW();
      taps[c] = columns[c] % stride * phase + columns[c] / stride;
    }
    WindowGrid grid = new WindowGrid(stagedRow, s.dilationH(), taps, s.w(), columns, stride);
    return new WindowRows(from, to, grid, stride * phase);
  }

  int count() {
    return to - from;
  }

  /** Stages a plane. */
  void stage(PoolSpec s, PoolKernel kernel, float[] x, int xOff, float[] staged) {
    if (s.strideW() == 1) {
      System.arraycopy(x, xOff, staged, 0, s.h() * s.w());
    } else {
      int phase = stagedPlane / s.strideW();
      kernel.part(s.h(), s.w(), s.strideW(), x, xOff, staged, grid.stagedRow(), phase);
    }
  }
}
