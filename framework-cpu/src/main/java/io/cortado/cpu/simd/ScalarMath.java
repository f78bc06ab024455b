package io.cortado.cpu.simd;

/** Functions that are computed in double precision and rounded once, in every implementation. */
final class ScalarMath {

  private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

  /** From here on erf rounds to 1. */
  private static final double ERF_ONE = 4;

  private ScalarMath() {}

  static void pow(float exponent, int n, float[] x, int xo, float[] y, int yo) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = (float) Math.pow(x[xo + i], exponent);
    }
  }

  static void powBackward(
      float exponent,
      int n,
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      float beta,
      float[] dx,
      int dxo) {
    for (int i = 0; i < n; i++) {
      // Where the exponent is 0, so is the gradient, at x = 0 and of an infinite dy too.
      double d = exponent * Math.pow(x[xo + i], exponent - 1.0);
      float g = exponent == 0 ? 0f : (float) (dy[dyo + i] * d);
      dx[dxo + i] = beta == 0 ? g : g + dx[dxo + i];
    }
  }

  static float exp(float x) {
    return (float) Math.exp(x);
  }

  static float log(float x) {
    return (float) Math.log(x);
  }

  static float tanh(float x) {
    return (float) Math.tanh(x);
  }

  static float sigmoid(float x) {
    double e = Math.exp(-Math.abs((double) x));
    return (float) ((x < 0 ? e : 1) / (1 + e));
  }

  static float erf(float x) {
    double t = Math.abs((double) x);
    if (t >= ERF_ONE) {
      return Math.copySign(1f, x);
    }
    // erf x = 2 / sqrt(pi) e^(-x^2) sum of 2^k x^(2k+1) / (1 3 5 ... (2k+1)): no terms cancel.
    double term = t;
    double sum = t;
    for (int k = 1; term > sum * 1e-17; k++) {
      term *= 2 * t * t / (2 * k + 1);
      sum += term;
    }
    return (float) Math.copySign(TWO_OVER_SQRT_PI * Math.exp(-t * t) * sum, x);
  }

  static float erfSlope(float x) {
    return (float) (TWO_OVER_SQRT_PI * Math.exp(-(double) x * x));
  }
}
