package io.cortado.tck.reference;

import io.cortado.backend.spec.PoolSpec;
import java.util.Arrays;

/** Pooling: one walk over all windows, used for the output and for the gradient. */
public final class ReferencePool {

  private ReferencePool() {}

  /**
   * Gets the flat positions of a window's output element and of the input elements that it sees, in
   * order.
   */
  private interface Window {
    void at(int y, int[] xs, int divisor);
  }

  private static void forEachWindow(PoolSpec s, Window window) {
    int y = 0;
    for (int plane = 0; plane < s.n() * s.c(); plane++) {
      for (int i = 0; i < s.outH(); i++) {
        for (int j = 0; j < s.outW(); j++, y++) {
          window.at(y, inside(s, plane, i, j), s.divisor(i, j));
        }
      }
    }
  }

  private static int[] inside(PoolSpec s, int plane, int i, int j) {
    int stepH = s.adaptive() ? 1 : s.dilationH();
    int stepW = s.adaptive() ? 1 : s.dilationW();
    int[] xs = new int[s.h() * s.w()];
    int count = 0;
    for (int row = s.rowStart(i); row < s.rowEnd(i); row += stepH) {
      for (int col = s.colStart(j); col < s.colEnd(j); col += stepW) {
        if (row >= 0 && row < s.h() && col >= 0 && col < s.w()) {
          xs[count++] = (plane * s.h() + row) * s.w() + col;
        }
      }
    }
    return Arrays.copyOf(xs, count);
  }

  private static int first(double[] x, int[] xs) {
    int best = xs[0];
    for (int at : xs) {
      if (x[at] > x[best] || (Double.isNaN(x[at]) && !Double.isNaN(x[best]))) {
        best = at;
      }
    }
    return best;
  }

  /** Returns the output. */
  public static double[] forward(PoolSpec s, double[] x) {
    double[] y = new double[(int) s.outputShape().size()];
    forEachWindow(
        s,
        (yi, xs, divisor) -> {
          if (s.mode() == PoolSpec.Mode.MAX) {
            y[yi] = x[first(x, xs)];
          } else {
            double sum = 0;
            for (int at : xs) {
              sum += x[at];
            }
            y[yi] = sum / divisor;
          }
        });
    return y;
  }

  /** Returns where the largest elements are, within their channels. */
  public static int[] places(PoolSpec s, double[] x) {
    int[] places = new int[(int) s.outputShape().size()];
    forEachWindow(s, (yi, xs, divisor) -> places[yi] = first(x, xs) % (s.h() * s.w()));
    return places;
  }

  /** Returns the input's gradient. */
  public static double[] backward(PoolSpec s, double[] x, double[] dy) {
    double[] dx = new double[x.length];
    forEachWindow(
        s,
        (yi, xs, divisor) -> {
          if (s.mode() == PoolSpec.Mode.MAX) {
            dx[first(x, xs)] += dy[yi];
          } else {
            for (int at : xs) {
              dx[at] += dy[yi] / divisor;
            }
          }
        });
    return dx;
  }
}
