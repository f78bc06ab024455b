package io.cortado.cpu.kernels;

import io.cortado.cpu.simd.PoolKernel;
import org.jspecify.annotations.Nullable;

/**
 * The largest element of each window of one plane, and where it was.
 *
 * <p>NaN counts as larger than all else, and of equals the first counts. For any windows: those
 * that lie inside the image from left to right go to the {@link PoolKernel} by rows, the others one
 * by one, bound by comparisons and their mispredicted branches.
 */
final class MaxWindows {

  private final PoolKernel kernel;

  MaxWindows(PoolKernel kernel) {
    this.kernel = kernel;
  }

  /**
   * Computes one plane.
   *
   * @param staged scratch memory for {@link WindowRows}
   * @param room how many elements of y and at may be written, at least a plane's: those beyond it
   *     receive anything
   * @param at receives each winner's index in its plane, -1 for a window without elements; null if
   *     not wanted
   */
  void forward(
      PoolPlan plan,
      float[] x,
      int xOff,
      float[] staged,
      int room,
      float[] y,
      int yOff,
      int @Nullable [] at,
      int atOff) {
    int outW = plan.spec().outW();
    WindowRows rows = plan.windowRows();
    if (rows != null) {
      rows.stage(plan.spec(), kernel, x, xOff, staged);
    }
    for (int i = 0; i < plan.spec().outH(); i++) {
      int from = plan.rowFrom()[i];
      int to = plan.rowTo()[i];
      int out = i * outW;
      int left = outW;
      int right = outW;
      if (rows != null && from < to) {
        left = rows.from();
        right = rows.to();
        int o = out + left;
        kernel.maxRow(
            rows.grid(),
            right - left,
            from,
            to,
            staged,
            0,
            0,
            room - o,
            y,
            yOff + o,
            at,
            atOff + o);
      }
      windows(plan, i, 0, left, x, xOff, y, yOff + out, at, atOff + out);
      windows(plan, i, right, outW, x, xOff, y, yOff + out, at, atOff + out);
    }
  }

  /** Computes some windows of one row. */
  private static void windows(
      PoolPlan plan,
      int i,
      int first,
      int end,
      float[] x,
      int xOff,
      float[] y,
      int yOff,
      int @Nullable [] at,
      int atOff) {
    int w = plan.spec().w();
    for (int j = first; j < end; j++) {
      float best = Float.NEGATIVE_INFINITY;
      int index = -1;
      for (int r = plan.rowFrom()[i]; r < plan.rowTo()[i]; r += plan.rowStep()) {
        for (int c = plan.colFrom()[j]; c < plan.colTo()[j]; c += plan.colStep()) {
          float v = x[xOff + r * w + c];
          if (index < 0 || isLarger(v, best)) {
            best = v;
            index = r * w + c;
          }
        }
      }
      y[yOff + j] = best;
      if (at != null) {
        at[atOff + j] = index;
      }
    }
  }

  private static boolean isLarger(float v, float best) {
    return v > best || (Float.isNaN(v) && !Float.isNaN(best));
  }

  /** Adds one plane's gradient to where the winners were. */
  void backward(PoolPlan plan, int[] at, int atOff, float[] dy, int dyOff, float[] dx, int dxOff) {
    int n = plan.outputPlane();
    for (int i = 0; i < n; i++) {
      int index = at[atOff + i];
      if (index >= 0) {
        dx[dxOff + index] += dy[dyOff + i];
      }
    }
  }
}
