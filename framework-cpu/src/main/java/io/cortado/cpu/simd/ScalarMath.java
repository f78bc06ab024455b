package io.cortado.cpu.simd;

/** Functions that are computed in double precision and rounded once, in every implementation. */
final class ScalarMath {

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
      // Where the exponent is 0, so is the gradient, at x = 0 too.
      double d = exponent == 0 ? 0 : exponent * Math.pow(x[xo + i], exponent - 1.0);
      float g = (float) (dy[dyo + i] * d);
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
}
