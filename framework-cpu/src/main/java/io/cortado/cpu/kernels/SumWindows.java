package io.cortado.cpu.kernels;

/**
 * Sums and averages of any windows of one plane, row by row; bound by additions, one after the
 * other.
 */
final class SumWindows {

  /** Computes one plane. */
  void forward(PoolPlan plan, float[] x, int xOff, float[] y, int yOff) {
    int w = plan.spec().w();
    int out = 0;
    for (int i = 0; i < plan.spec().outH(); i++) {
      for (int j = 0; j < plan.spec().outW(); j++) {
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
        y[yOff + out] = sum / plan.divisor()[out];
        out++;
      }
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
