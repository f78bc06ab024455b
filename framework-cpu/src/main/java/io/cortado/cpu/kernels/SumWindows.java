package io.cortado.cpu.kernels;

/**
 * Sums and averages of the windows of one plane, row by row; bound by additions, one after the
 * other.
 */
final class SumWindows {

  /** Computes one plane. */
  void forward(PoolPlan plan, float[] x, int xOff, float[] y, int yOff) {
    if (plan.pairs()) {
      pairs(plan, x, xOff, y, yOff);
      return;
    }
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

  private static void pairs(PoolPlan plan, float[] x, int xOff, float[] y, int yOff) {
    int w = plan.spec().w();
    int outW = plan.spec().outW();
    // 1 or 4: multiplying by the inverse gives the same bits as dividing.
    float scale = 1 / plan.divisor()[0];
    for (int i = 0; i < plan.spec().outH(); i++) {
      int a = xOff + 2 * i * w;
      int c = a + w;
      int out = yOff + i * outW;
      for (int j = 0; j < outW; j++) {
        y[out + j] = ((x[a] + x[a + 1]) + (x[c] + x[c + 1])) * scale;
        a += 2;
        c += 2;
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

  /**
   * Computes one plane's gradient for windows that are pairs; elements in no window are scaled by
   * beta.
   */
  void backwardPairs(PoolPlan plan, float[] dy, int dyOff, float beta, float[] dx, int dxOff) {
    int w = plan.spec().w();
    int outW = plan.spec().outW();
    float scale = 1 / plan.divisor()[0];
    for (int row = 0; row < plan.spec().h(); row++) {
      int to = dxOff + row * w;
      int from = dyOff + row / 2 * outW;
      int covered = row / 2 < plan.spec().outH() ? outW : 0;
      for (int j = 0; j < covered; j++) {
        float share = dy[from + j] * scale;
        dx[to] = beta == 0 ? share : share + beta * dx[to];
        dx[to + 1] = beta == 0 ? share : share + beta * dx[to + 1];
        to += 2;
      }
      for (int end = dxOff + (row + 1) * w; to < end; to++) {
        dx[to] = beta == 0 ? 0 : beta * dx[to];
      }
    }
  }
}
