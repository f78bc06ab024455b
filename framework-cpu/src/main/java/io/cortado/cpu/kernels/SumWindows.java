package io.cortado.cpu.kernels;

import io.cortado.cpu.simd.PoolKernel;

/**
 * Sums and averages of any windows of one plane, row by row: those that lie inside the image from
 * left to right by the {@link PoolKernel}, the others bound by additions, one after the other.
 */
final class SumWindows {

  private final PoolKernel kernel;

  SumWindows(PoolKernel kernel) {
    this.kernel = kernel;
  }

  /**
   * Computes one plane.
   *
   * @param staged scratch memory for {@link WindowRows}
   * @param room how many elements of y may be written, at least a plane's: those beyond it receive
   *     anything
   */
  void forward(PoolPlan plan, float[] x, int xOff, float[] staged, int room, float[] y, int yOff) {
    int outW = plan.spec().outW();
    WindowRows rows = plan.windowRows();
    if (rows != null) {
      rows.stage(plan.spec(), kernel, x, xOff, staged);
    }
    for (int i = 0; i < plan.spec().outH(); i++) {
      int out = i * outW;
      int left = outW;
      int right = outW;
      if (rows != null) {
        left = rows.from();
        right = rows.to();
        int o = out + left;
        kernel.sumRow(
            rows.grid(),
            right - left,
            plan.rowFrom()[i],
            plan.rowTo()[i],
            staged,
            0,
            plan.divisor(),
            o,
            room - o,
            y,
            yOff + o);
      }
      windows(plan, i, 0, left, x, xOff, y, yOff + out);
      windows(plan, i, right, outW, x, xOff, y, yOff + out);
    }
  }

  /** Computes some windows of one row. */
  private static void windows(
      PoolPlan plan, int i, int first, int end, float[] x, int xOff, float[] y, int yOff) {
    int w = plan.spec().w();
    for (int j = first; j < end; j++) {
      int from = plan.colFrom()[j];
      int to = plan.colTo()[j];
      float sum = 0;
      for (int r = plan.rowFrom()[i]; r < plan.rowTo()[i]; r += plan.rowStep()) {
        float row = 0;
        for (int c = from; c < to; c += plan.colStep()) {
          row += x[xOff + r * w + c];
        }
        sum += row;
      }
      y[yOff + j] = sum / plan.divisor()[i * plan.spec().outW() + j];
    }
  }

  /** Adds one plane's gradient, spread evenly over each window. */
  void backward(PoolPlan plan, float[] dy, int dyOff, float[] dx, int dxOff) {
    int w = plan.spec().w();
    int out = 0;
    for (int i = 0; i < plan.spec().outH(); i++) {
      for (int j = 0; j < plan.spec().outW(); j++) {
        float share = dy[dyOff + out] / plan.divisor()[out];
        for (int r = plan.rowFrom()[i]; r < plan.rowTo()[i]; r += plan.rowStep()) {
          for (int c = plan.colFrom()[j]; c < plan.colTo()[j]; c += plan.colStep()) {
            dx[dxOff + r * w + c] += share;
          }
        }
        out++;
      }
    }
  }
}
