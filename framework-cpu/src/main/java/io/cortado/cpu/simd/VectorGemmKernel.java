package io.cortado.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels by the Vector API: tiles of 6 x 2 vectors.
 *
 * <p>Twelve accumulators, two vectors of B and one broadcast element of A are 15 registers: they
 * fit the 16 of AVX2 and hide the latency of two FMA units (4 cycles, so at least 8 sums in
 * flight). Each step of k does 12 FMAs for 2 loads and 6 broadcasts, so it is the FMA units that
 * bound it, at 98 % of their peak when the slivers are in cache; where vectors have less than 512
 * bits {@link VectorLeanTiles} computes the same. The write-back loads all of C before it stores
 * any (see {@link VectorTiles}). One local variable per accumulator, and the write-back by hand: an
 * array of vectors, a lambda, or a call that the compiler does not inline would put them on the
 * heap.
 */
public final class VectorGemmKernel implements GemmKernel {

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.LENGTH;
  private static final int ROWS = 6;
  private static final int COLUMNS = 2 * L;

  /**
   * Makes the kernels; the vector width is the machine's preferred one, or that of {@code
   * cortado.cpu.simd}.
   */
  public VectorGemmKernel() {}

  @Override
  public ProductKernel products() {
    return new VectorProductKernel();
  }

  @Override
  public int lanes() {
    return L;
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
    return new VectorWinogradKernel();
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
    if (VectorLeanTiles.FIT) {
      VectorLeanTiles.slivers(k, alpha, a, aOff, b, bOff, COLUMNS, beta, c, cOff, ldc);
    } else {
      wideTile(k, alpha, a, aOff, b, bOff, beta, c, cOff, ldc);
    }
  }

  private static void wideTile(
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
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c31 = FloatVector.zero(S);
    FloatVector c40 = FloatVector.zero(S);
    FloatVector c41 = FloatVector.zero(S);
    FloatVector c50 = FloatVector.zero(S);
    FloatVector c51 = FloatVector.zero(S);
    int ai = aOff;
    int bi = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector b1 = FloatVector.fromArray(S, b, bi + L);
      FloatVector a0 = FloatVector.broadcast(S, a[ai]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(S, a[ai + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(S, a[ai + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(S, a[ai + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      FloatVector a4 = FloatVector.broadcast(S, a[ai + 4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      FloatVector a5 = FloatVector.broadcast(S, a[ai + 5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      ai += ROWS;
      bi += COLUMNS;
    }
    int o1 = cOff + ldc;
    int o2 = o1 + ldc;
    int o3 = o2 + ldc;
    int o4 = o3 + ldc;
    int o5 = o4 + ldc;
    FloatVector av = FloatVector.broadcast(S, alpha);
    if (beta == 0) {
      c00 = c00.mul(av);
      c01 = c01.mul(av);
      c10 = c10.mul(av);
      c11 = c11.mul(av);
      c20 = c20.mul(av);
      c21 = c21.mul(av);
      c30 = c30.mul(av);
      c31 = c31.mul(av);
      c40 = c40.mul(av);
      c41 = c41.mul(av);
      c50 = c50.mul(av);
      c51 = c51.mul(av);
    } else {
      FloatVector bv = FloatVector.broadcast(S, beta);
      c00 = FloatVector.fromArray(S, c, cOff).fma(bv, c00.mul(av));
      c01 = FloatVector.fromArray(S, c, cOff + L).fma(bv, c01.mul(av));
      c10 = FloatVector.fromArray(S, c, o1).fma(bv, c10.mul(av));
      c11 = FloatVector.fromArray(S, c, o1 + L).fma(bv, c11.mul(av));
      c20 = FloatVector.fromArray(S, c, o2).fma(bv, c20.mul(av));
      c21 = FloatVector.fromArray(S, c, o2 + L).fma(bv, c21.mul(av));
      c30 = FloatVector.fromArray(S, c, o3).fma(bv, c30.mul(av));
      c31 = FloatVector.fromArray(S, c, o3 + L).fma(bv, c31.mul(av));
      c40 = FloatVector.fromArray(S, c, o4).fma(bv, c40.mul(av));
      c41 = FloatVector.fromArray(S, c, o4 + L).fma(bv, c41.mul(av));
      c50 = FloatVector.fromArray(S, c, o5).fma(bv, c50.mul(av));
      c51 = FloatVector.fromArray(S, c, o5 + L).fma(bv, c51.mul(av));
    }
    c00.intoArray(c, cOff);
    c01.intoArray(c, cOff + L);
    c10.intoArray(c, o1);
    c11.intoArray(c, o1 + L);
    c20.intoArray(c, o2);
    c21.intoArray(c, o2 + L);
    c30.intoArray(c, o3);
    c31.intoArray(c, o3 + L);
    c40.intoArray(c, o4);
    c41.intoArray(c, o4 + L);
    c50.intoArray(c, o5);
    c51.intoArray(c, o5 + L);
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
    if (VectorLeanTiles.FIT) {
      VectorLeanTiles.slices(k, a, aOff, b, bOff, bRows, bRowsOff, beta, c, cOff, ldc);
    } else {
      wideTileAt(k, a, aOff, b, bOff, bRows, bRowsOff, beta, c, cOff, ldc);
    }
  }

  private static void wideTileAt(
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
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c31 = FloatVector.zero(S);
    FloatVector c40 = FloatVector.zero(S);
    FloatVector c41 = FloatVector.zero(S);
    FloatVector c50 = FloatVector.zero(S);
    FloatVector c51 = FloatVector.zero(S);
    int ai = aOff;
    for (int p = 0; p < k; p++) {
      int bi = bOff + bRows[bRowsOff + p];
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector b1 = FloatVector.fromArray(S, b, bi + L);
      FloatVector a0 = FloatVector.broadcast(S, a[ai]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(S, a[ai + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(S, a[ai + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(S, a[ai + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      FloatVector a4 = FloatVector.broadcast(S, a[ai + 4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      FloatVector a5 = FloatVector.broadcast(S, a[ai + 5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      ai += ROWS;
    }
    int o1 = cOff + ldc;
    int o2 = o1 + ldc;
    int o3 = o2 + ldc;
    int o4 = o3 + ldc;
    int o5 = o4 + ldc;
    if (beta != 0) {
      FloatVector bv = FloatVector.broadcast(S, beta);
      c00 = FloatVector.fromArray(S, c, cOff).fma(bv, c00);
      c01 = FloatVector.fromArray(S, c, cOff + L).fma(bv, c01);
      c10 = FloatVector.fromArray(S, c, o1).fma(bv, c10);
      c11 = FloatVector.fromArray(S, c, o1 + L).fma(bv, c11);
      c20 = FloatVector.fromArray(S, c, o2).fma(bv, c20);
      c21 = FloatVector.fromArray(S, c, o2 + L).fma(bv, c21);
      c30 = FloatVector.fromArray(S, c, o3).fma(bv, c30);
      c31 = FloatVector.fromArray(S, c, o3 + L).fma(bv, c31);
      c40 = FloatVector.fromArray(S, c, o4).fma(bv, c40);
      c41 = FloatVector.fromArray(S, c, o4 + L).fma(bv, c41);
      c50 = FloatVector.fromArray(S, c, o5).fma(bv, c50);
      c51 = FloatVector.fromArray(S, c, o5 + L).fma(bv, c51);
    }
    c00.intoArray(c, cOff);
    c01.intoArray(c, cOff + L);
    c10.intoArray(c, o1);
    c11.intoArray(c, o1 + L);
    c20.intoArray(c, o2);
    c21.intoArray(c, o2 + L);
    c30.intoArray(c, o3);
    c31.intoArray(c, o3 + L);
    c40.intoArray(c, o4);
    c41.intoArray(c, o4 + L);
    c50.intoArray(c, o5);
    c51.intoArray(c, o5 + L);
  }

  /**
   * Copies whole vectors: what is written beyond a run, the next run or the next row overwrites.
   */
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
    int d = dstOff;
    for (int p = 0; p < k; p++) {
      int s = srcOff + table[tableOff + p];
      for (int q = 0; q < runs; q++) {
        int sq = s + from[q];
        int dq = d + col[q];
        FloatVector.fromArray(S, src, sq).intoArray(dst, dq);
        if (len[q] > L) {
          FloatVector.fromArray(S, src, sq + L).intoArray(dst, dq + L);
        }
      }
      d += COLUMNS;
    }
  }

  @Override
  public void axpy(int n, float alpha, float[] x, int xOff, float[] y, int yOff) {
    FloatVector av = FloatVector.broadcast(S, alpha);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector.fromArray(S, x, xOff + i)
          .fma(av, FloatVector.fromArray(S, y, yOff + i))
          .intoArray(y, yOff + i);
    }
    for (; i < n; i++) {
      y[yOff + i] += alpha * x[xOff + i];
    }
  }
}
