package io.cortado.cpu.simd;

/**
 * The kernels in plain Java: tiles of 4 x 4, sixteen sums in scalar registers.
 *
 * <p>For machines without the Vector API, and a second opinion in tests. Bound by the scalar
 * multipliers. No fused multiply-add: where the processor has none, Java's is a thousand times
 * slower than a product and a sum.
 */
public final class ScalarGemmKernel implements GemmKernel {

  private static final int ROWS = 4;
  private static final int COLUMNS = 4;

  /** Makes the kernels. */
  public ScalarGemmKernel() {}

  @Override
  public ProductKernel products() {
    return new ScalarProductKernel();
  }

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
  public WinogradKernel winograd() {
    return new ScalarWinogradKernel();
  }

  @Override
  public void tile(
      int k,
      float alpha,
      float[] a,
      int aOff,
      float[] b,
      int bOff,
      float beta,
      float[] c,
      int cOff,
      int ldc) {
    float c00 = 0;
    float c01 = 0;
    float c02 = 0;
    float c03 = 0;
    float c10 = 0;
    float c11 = 0;
    float c12 = 0;
    float c13 = 0;
    float c20 = 0;
    float c21 = 0;
    float c22 = 0;
    float c23 = 0;
    float c30 = 0;
    float c31 = 0;
    float c32 = 0;
    float c33 = 0;
    int ai = aOff;
    int bi = bOff;
    for (int p = 0; p < k; p++) {
      float b0 = b[bi];
      float b1 = b[bi + 1];
      float b2 = b[bi + 2];
      float b3 = b[bi + 3];
      float a0 = a[ai];
      c00 += a0 * b0;
      c01 += a0 * b1;
      c02 += a0 * b2;
      c03 += a0 * b3;
      float a1 = a[ai + 1];
      c10 += a1 * b0;
      c11 += a1 * b1;
      c12 += a1 * b2;
      c13 += a1 * b3;
      float a2 = a[ai + 2];
      c20 += a2 * b0;
      c21 += a2 * b1;
      c22 += a2 * b2;
      c23 += a2 * b3;
      float a3 = a[ai + 3];
      c30 += a3 * b0;
      c31 += a3 * b1;
      c32 += a3 * b2;
      c33 += a3 * b3;
      ai += ROWS;
      bi += COLUMNS;
    }
    put(c00, c01, c02, c03, alpha, beta, c, cOff);
    put(c10, c11, c12, c13, alpha, beta, c, cOff + ldc);
    put(c20, c21, c22, c23, alpha, beta, c, cOff + 2 * ldc);
    put(c30, c31, c32, c33, alpha, beta, c, cOff + 3 * ldc);
  }

  @Override
  public void tileAt(
      int k,
      float[] a,
      int aOff,
      float[] b,
      int bOff,
      int[] bRows,
      int bRowsOff,
      float beta,
      float[] c,
      int cOff,
      int ldc) {
    float c00 = 0;
    float c01 = 0;
    float c02 = 0;
    float c03 = 0;
    float c10 = 0;
    float c11 = 0;
    float c12 = 0;
    float c13 = 0;
    float c20 = 0;
    float c21 = 0;
    float c22 = 0;
    float c23 = 0;
    float c30 = 0;
    float c31 = 0;
    float c32 = 0;
    float c33 = 0;
    int ai = aOff;
    for (int p = 0; p < k; p++) {
      int bi = bOff + bRows[bRowsOff + p];
      float b0 = b[bi];
      float b1 = b[bi + 1];
      float b2 = b[bi + 2];
      float b3 = b[bi + 3];
      float a0 = a[ai];
      c00 += a0 * b0;
      c01 += a0 * b1;
      c02 += a0 * b2;
      c03 += a0 * b3;
      float a1 = a[ai + 1];
      c10 += a1 * b0;
      c11 += a1 * b1;
      c12 += a1 * b2;
      c13 += a1 * b3;
      float a2 = a[ai + 2];
      c20 += a2 * b0;
      c21 += a2 * b1;
      c22 += a2 * b2;
      c23 += a2 * b3;
      float a3 = a[ai + 3];
      c30 += a3 * b0;
      c31 += a3 * b1;
      c32 += a3 * b2;
      c33 += a3 * b3;
      ai += ROWS;
    }
    put(c00, c01, c02, c03, 1f, beta, c, cOff);
    put(c10, c11, c12, c13, 1f, beta, c, cOff + ldc);
    put(c20, c21, c22, c23, 1f, beta, c, cOff + 2 * ldc);
    put(c30, c31, c32, c33, 1f, beta, c, cOff + 3 * ldc);
  }

  private static void put(
      float v0, float v1, float v2, float v3, float alpha, float beta, float[] c, int off) {
    if (beta == 0) {
      c[off] = alpha * v0;
      c[off + 1] = alpha * v1;
      c[off + 2] = alpha * v2;
      c[off + 3] = alpha * v3;
    } else {
      c[off] = alpha * v0 + beta * c[off];
      c[off + 1] = alpha * v1 + beta * c[off + 1];
      c[off + 2] = alpha * v2 + beta * c[off + 2];
      c[off + 3] = alpha * v3 + beta * c[off + 3];
    }
  }

  @Override
  public void packRuns(
      int k,
      float[] src,
      int srcOff,
      int[] table,
      int tableOff,
      int runs,
      int[] from,
      int[] col,
      int[] len,
      float[] dst,
      int dstOff) {
    for (int p = 0; p < k; p++) {
      int s = srcOff + table[tableOff + p];
      int d = dstOff + p * COLUMNS;
      for (int q = 0; q < runs; q++) {
        for (int i = 0; i < len[q]; i++) {
          dst[d + col[q] + i] = src[s + from[q] + i];
        }
      }
    }
  }

  @Override
  public void axpy(int n, float alpha, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < n; i++) {
      y[yOff + i] += alpha * x[xOff + i];
    }
  }
}
