package io.cortado.cpu.simd;

/**
 * The kernels of matrix products in plain Java: tiles of 4 x 4, row by row.
 *
 * <p>For machines without the Vector API, and a second opinion in tests. Bound by the scalar
 * multipliers. No fused multiply-add: where the processor has none, Java's is a thousand times
 * slower than a product and a sum.
 */
final class ScalarProductKernel implements ProductKernel {

  private static final int ROWS = 4;
  private static final int COLUMNS = 4;

  @Override
  public int lanes() {
    return COLUMNS;
  }

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public void tiles(
      int k,
      float alpha,
      float[] a,
      int aOff,
      int aRow,
      int aStep,
      float[] b,
      int bOff,
      int bStep,
      int bSliver,
      float beta,
      float[] c,
      int cOff,
      int ldc,
      int rows,
      int columns) {
    int bi = bOff;
    for (int j = 0; j < columns; j += COLUMNS) {
      int now = Math.min(COLUMNS, columns - j);
      for (int i = 0; i < rows; i++) {
        row(k, alpha, a, aOff + i * aRow, aStep, b, bi, bStep, beta, c, cOff + i * ldc + j, now);
      }
      bi += bSliver;
    }
  }

  private static void row(
      int k,
      float alpha,
      float[] a,
      int aOff,
      int aStep,
      float[] b,
      int bOff,
      int bStep,
      float beta,
      float[] c,
      int cOff,
      int columns) {
    float c0 = 0;
    float c1 = 0;
    float c2 = 0;
    float c3 = 0;
    int ai = aOff;
    int bi = bOff;
    for (int p = 0; p < k; p++) {
      float v = a[ai];
      c0 += v * b[bi];
      c1 += v * b[bi + 1];
      c2 += v * b[bi + 2];
      c3 += v * b[bi + 3];
      ai += aStep;
      bi += bStep;
    }
    put(c0, alpha, beta, c, cOff);
    if (columns > 1) {
      put(c1, alpha, beta, c, cOff + 1);
    }
    if (columns > 2) {
      put(c2, alpha, beta, c, cOff + 2);
    }
    if (columns > 3) {
      put(c3, alpha, beta, c, cOff + 3);
    }
  }

  private static void put(float sum, float alpha, float beta, float[] c, int at) {
    c[at] = beta == 0 ? alpha * sum : alpha * sum + beta * c[at];
  }

  @Override
  public void packRows(
      int depth,
      int count,
      float[] src,
      int srcOff,
      int ld,
      float[] dst,
      int dstOff,
      int sliver,
      int width) {
    int d = dstOff;
    for (int j = 0; j < count; j += width) {
      int now = Math.min(width, count - j);
      for (int p = 0; p < depth; p++) {
        System.arraycopy(src, srcOff + p * ld + j, dst, d + p * width, now);
      }
      d += sliver;
    }
  }

  @Override
  public void packColumns(
      int depth, int count, float[] src, int srcOff, int ld, float[] dst, int dstOff, int width) {
    for (int i = 0; i < count; i++) {
      int s = srcOff + i * ld;
      int d = dstOff + i;
      for (int p = 0; p < depth; p++) {
        dst[d + p * width] = src[s + p];
      }
    }
  }

  @Override
  public void dots(
      int n, float[] x, int xOff, float[] y, int y0, int y1, int y2, int y3, float[] out) {
    out[0] = dot(n, x, xOff, y, y0);
    out[1] = dot(n, x, xOff, y, y1);
    out[2] = dot(n, x, xOff, y, y2);
    out[3] = dot(n, x, xOff, y, y3);
  }

  private static float dot(int n, float[] x, int xOff, float[] y, int yOff) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i <= n - 4; i += 4) {
      s0 += x[xOff + i] * y[yOff + i];
      s1 += x[xOff + i + 1] * y[yOff + i + 1];
      s2 += x[xOff + i + 2] * y[yOff + i + 2];
      s3 += x[xOff + i + 3] * y[yOff + i + 3];
    }
    float sum = (s0 + s1) + (s2 + s3);
    for (; i < n; i++) {
      sum += x[xOff + i] * y[yOff + i];
    }
    return sum;
  }

  @Override
  public void dotTile(
      int n, float[] x, int xOff, float[] y, int y0, int y1, float[] sums, int sumsOff) {
    int lanes = lanes();
    for (int r = 0; r < 8; r++) {
      int s0 = sumsOff + r * lanes;
      int s1 = s0 + 8 * lanes;
      for (int i = 0; i < n; i++) {
        int lane = i % lanes;
        float v = x[xOff + (i - lane) * 8 + r * lanes + lane];
        sums[s0 + lane] += v * y[y0 + i];
        sums[s1 + lane] += v * y[y1 + i];
      }
    }
  }

  @Override
  public void dotSums(float[] sums, int sumsOff, float[] out) {
    int lanes = lanes();
    for (int q = 0; q < 16; q++) {
      float sum = 0;
      for (int l = 0; l < lanes; l++) {
        sum += sums[sumsOff + q * lanes + l];
      }
      out[q] = sum;
    }
  }

  @Override
  public void axpys(
      int n,
      float a0,
      float a1,
      float a2,
      float a3,
      float[] x,
      int xOff,
      int ld,
      float[] y,
      int yOff) {
    for (int i = 0; i < n; i++) {
      int at = xOff + i;
      float sum = y[yOff + i] + a0 * x[at];
      sum += a1 * x[at + ld];
      sum += a2 * x[at + 2 * ld];
      sum += a3 * x[at + 3 * ld];
      y[yOff + i] = sum;
    }
  }

  @Override
  public void axpy(int n, float a, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < n; i++) {
      y[yOff + i] += a * x[xOff + i];
    }
  }
}
