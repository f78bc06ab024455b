package io.cortado.cpu.simd;

/** The loops of {@link VectorLrnKernel} without vectors. */
final class ScalarLrnKernel implements LrnKernel {

  private static float base(int rows, float[] x, int first, int stride, float factor, float k) {
    float sum = 0;
    for (int r = 0, o = first; r < rows; r++, o += stride) {
      sum += x[o] * x[o];
    }
    return sum * factor + k;
  }

  private static float inverseThreeQuarters(float x) {
    double root = Math.sqrt(x);
    return (float) (1 / (root * Math.sqrt(root)));
  }

  @Override
  public void bases(
      int rows, int n, float[] x, int first, int stride, float factor, float k, float[] y, int yo) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = base(rows, x, first + i, stride, factor, k);
    }
  }

  @Override
  public void threeQuarters(
      int rows,
      int n,
      float[] x,
      int first,
      int stride,
      int at,
      float factor,
      float k,
      float[] y,
      int yo) {
    for (int i = 0; i < n; i++) {
      float base = base(rows, x, first + i, stride, factor, k);
      y[yo + i] = x[at + i] * inverseThreeQuarters(base);
    }
  }

  @Override
  public void threeQuartersParts(
      int rows,
      int n,
      float[] x,
      int first,
      int stride,
      int at,
      float factor,
      float k,
      float[] dy,
      int dyo,
      float[] ratio,
      int ro,
      float[] direct,
      int diro) {
    for (int i = 0; i < n; i++) {
      float base = base(rows, x, first + i, stride, factor, k);
      float part = dy[dyo + i] * inverseThreeQuarters(base);
      direct[diro + i] = part;
      ratio[ro + i] = part * x[at + i] / base;
    }
  }

  @Override
  public void parts(
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

  @Override
  public void gradient(
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
