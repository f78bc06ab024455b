package io.cortado.cpu.kernels;

import org.jspecify.annotations.Nullable;

/**
 * The largest element of each window of one plane, and where it was.
 *
 * <p>NaN counts as larger than all else, and of equals the first counts. For any windows; bound by
 * comparisons, one after the other.
 */
final class MaxWindows {

  /**
   * Computes one plane.
   *
   * @param at receives each winner's index in its plane, -1 for a window without elements; null if
   *     not wanted
   */
  void forward(
      PoolPlan plan, float[] x, int xOff, float[] y, int yOff, int @Nullable [] at, int atOff) {
    int w = plan.spec().w();
    int out = 0;
    for (int i = 0; i < plan.spec().outH(); i++) {
      for (int j = 0; j < plan.spec().outW(); j++) {
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
        y[yOff + out] = best;
        if (at != null) {
          at[atOff + out] = index;
        }
        out++;
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
