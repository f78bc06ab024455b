package io.cortado.cpu.simd;

/** The loops of {@link SimdLrn} without vectors. */
final class ScalarLrn {

  private ScalarLrn() {}

  static void squares(
      int rows, int n, float[] x, int xo, int stride, float factor, float k, float[] y, int yo) {
    for (int i = 0; i < n; i++) {
      float sum = 0;
      for (int r = 0, o = xo + i; r < rows; r++, o += stride) {
        sum += x[o] * x[o];
      }
      y[yo + i] = sum * factor + k;
    }
  }

  static void inverseThreeQuarters(int n, float[] x, int xo, float[] y, int yo) {
    for (int i = 0; i < n; i++) {
      double root = Math.sqrt(x[xo + i]);
      y[yo + i] = (float) (1 / (root * Math.sqrt(root)));
    }
  }

  static void parts(
      int n,
      float[] y,
      int yo,
      float[] dy,
      int dyo,
      float[] base,
      int bo,
      float[] power,
      int po,
      float[] ratio,
      int ro,
      float[] direct,
      int diro) {
    for (int i = 0; i < n; i++) {
      float g = dy[dyo + i];
      float product = g * y[yo + i];
      ratio[ro + i] = product / base[bo + i];
      direct[diro + i] = g * power[po + i];
    }
  }

  static void gradient(
      int rows,
      int n,
      float[] ratio,
      int ro,
      int stride,
      float factor,
      float[] x,
      int xo,
      float[] direct,
      int diro,
      float beta,
      float[] dx,
      int dxo) {
    for (int i = 0; i < n; i++) {
      float sum = 0;
      for (int r = 0, o = ro + i; r < rows; r++, o += stride) {
        sum += ratio[o];
      }
      float v = x[xo + i] * factor * sum + direct[diro + i];
      dx[dxo + i] = beta == 0 ? v : v + dx[dxo + i];
    }
  }
}
