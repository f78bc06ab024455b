package io.cortado.cpu.kernels;

import io.cortado.cpu.simd.VectorOps;

/** Sums over runs of any length: pieces in float lanes, the pieces in double precision. */
final class Sums {

  private Sums() {}

  static double sum(VectorOps ops, int n, float[] x, int xo) {
    double sum = 0;
    for (int i = 0; i < n; i += VectorOps.MAX_RUN) {
      sum += ops.sum(Math.min(VectorOps.MAX_RUN, n - i), x, xo + i);
    }
    return sum;
  }

  static double dot(VectorOps ops, int n, float[] x, int xo, float[] y, int yo) {
    double sum = 0;
    for (int i = 0; i < n; i += VectorOps.MAX_RUN) {
      sum += ops.dot(Math.min(VectorOps.MAX_RUN, n - i), x, xo + i, y, yo + i);
    }
    return sum;
  }

  /** Returns the sum of squares, all in double precision: slow, for what floats cannot hold. */
  static double squares(int n, float[] x, int xo) {
    double s0 = 0;
    double s1 = 0;
    int i = 0;
    for (; i + 2 <= n; i += 2) {
      s0 += (double) x[xo + i] * x[xo + i];
      s1 += (double) x[xo + i + 1] * x[xo + i + 1];
    }
    return i < n ? s0 + s1 + (double) x[xo + i] * x[xo + i] : s0 + s1;
  }

  static double squaredDeviations(VectorOps ops, int n, float[] x, int xo, float mean) {
    double sum = 0;
    for (int i = 0; i < n; i += VectorOps.MAX_RUN) {
      int m = Math.min(VectorOps.MAX_RUN, n - i);
      double part = ops.sumSquaredDeviations(m, x, xo + i, mean);
      sum += part == Double.POSITIVE_INFINITY ? exactDeviations(m, x, xo + i, mean) : part;
    }
    return sum;
  }

  /**
   * Returns the sum of {@code (x - mean)^2}, all in double precision: slow, as {@link #squares}.
   */
  static double exactDeviations(int n, float[] x, int xo, double mean) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double d = x[xo + i] - mean;
      sum += d * d;
    }
    return sum;
  }

  static double dotDeviations(
      VectorOps ops, int n, float[] x, int xo, float mean, float[] dy, int dyo) {
    double sum = 0;
    for (int i = 0; i < n; i += VectorOps.MAX_RUN) {
      int m = Math.min(VectorOps.MAX_RUN, n - i);
      sum += ops.dotDeviations(m, x, xo + i, mean, dy, dyo + i);
    }
    return sum;
  }

  static double exps(VectorOps ops, int n, float[] x, int xo, float shift) {
    double sum = 0;
    for (int i = 0; i < n; i += VectorOps.MAX_RUN) {
      sum += ops.sumExp(Math.min(VectorOps.MAX_RUN, n - i), x, xo + i, shift);
    }
    return sum;
  }

  static double exps(VectorOps ops, int n, float[] x, int xo, float shift, float[] y, int yo) {
    double sum = 0;
    for (int i = 0; i < n; i += VectorOps.MAX_RUN) {
      sum += ops.expSum(Math.min(VectorOps.MAX_RUN, n - i), x, xo + i, shift, y, yo + i);
    }
    return sum;
  }
}
