package io.cortado.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The tiles of matrix products by the Vector API: 6 rows x 2 vectors, and smaller ones for edges.
 *
 * <p>Twelve accumulators, two vectors of B and one broadcast element of A are 15 registers: they
 * fit the 16 of AVX2, and are enough for the latency of two FMA units. Each step of k does 12 FMAs
 * for 2 loads and 6 broadcasts, so the FMA units bound it, at 97 % of their peak when A comes from
 * the first-level cache and B from the second. Where registers are 32, {@link VectorWideTiles} has
 * what a row of such tiles begins with.
 *
 * <p>Edges: a tile with fewer rows reads and writes its last row again in place of those that are
 * missing (the same value twice, for everything is loaded before anything is stored), so that the
 * code has no branch. With more columns than a vector has lanes, the second vector ends with the
 * last column and has some columns of the first once more, the same value twice again; for fewer
 * there is {@link VectorNarrowTiles}. Tiles of a full 6 x 2, and of 6, 4 and 2 rows by 2 vectors,
 * so that a remainder costs what it is worth.
 *
 * <p>The write-back first loads all of C, then stores it: a load that follows a store to the same
 * address modulo 4096, as rows of C at a distance of a power of two are, waits for that store. Load
 * and store in turn cost 5 % of a product at n = 512. One local variable per accumulator, and all
 * by hand: an array of vectors, a lambda, or a call that the compiler does not inline would put
 * them on the heap.
 */
final class VectorTiles {

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.LENGTH;

  /** Rows of the largest tile. */
  static final int ROWS = 6;

  /** Columns of the largest tile. */
  static final int COLUMNS = 2 * L;

  private VectorTiles() {}

  /** See {@link ProductKernel#tiles}. */
  static void tiles(
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
    int j = 0;
    if (VectorWideTiles.FIT && rows == ROWS) {
      for (; j <= columns - VectorWideTiles.COLUMNS; j += VectorWideTiles.COLUMNS) {
        int next = bi + bSliver;
        VectorWideTiles.tile(
            k, alpha, a, aOff, aRow, aStep, b, bi, next, bStep, beta, c, cOff + j, ldc);
        bi = next + bSliver;
      }
    }
    if (VectorLeanTiles.FIT && rows == ROWS && aStep == 1) {
      for (; j <= columns - COLUMNS; j += COLUMNS) {
        VectorLeanTiles.rows(k, alpha, a, aOff, aRow, b, bi, bStep, beta, c, cOff + j, ldc);
        bi += bSliver;
      }
    } else if (VectorLeanTiles.FIT && rows == ROWS && aRow == 1 && aStep == ROWS) {
      for (; j <= columns - COLUMNS; j += COLUMNS) {
        VectorLeanTiles.slivers(k, alpha, a, aOff, b, bi, bStep, beta, c, cOff + j, ldc);
        bi += bSliver;
      }
    }
    for (; rows == ROWS && j <= columns - COLUMNS; j += COLUMNS) {
      whole(k, alpha, a, aOff, aRow, aStep, b, bi, bStep, beta, c, cOff + j, ldc);
      bi += bSliver;
    }
    for (; j < columns; j += COLUMNS) {
      int now = Math.min(COLUMNS, columns - j);
      if (now > L) {
        two(k, alpha, a, aOff, aRow, aStep, b, bi, bStep, beta, c, cOff + j, ldc, rows, now);
      } else {
        VectorNarrowTiles.tile(
            k, alpha, a, aOff, aRow, aStep, b, bi, bStep, beta, c, cOff + j, ldc, rows, now);
      }
      bi += bSliver;
    }
  }

  private static void two(
      int k,
      float alpha,
      float[] a,
      int aOff,
      int aRow,
      int aStep,
      float[] b,
      int bOff,
      int bStep,
      float beta,
      float[] c,
      int cOff,
      int ldc,
      int rows,
      int columns) {
    if (rows > 4) {
      six2(k, alpha, a, aOff, aRow, aStep, b, bOff, bStep, beta, c, cOff, ldc, rows, columns);
    } else if (rows > 2) {
      four2(k, alpha, a, aOff, aRow, aStep, b, bOff, bStep, beta, c, cOff, ldc, rows, columns);
    } else {
      two2(k, alpha, a, aOff, aRow, aStep, b, bOff, bStep, beta, c, cOff, ldc, rows, columns);
    }
  }

  private static void whole(
      int k,
      float alpha,
      float[] a,
      int aOff,
      int aRow,
      int aStep,
      float[] b,
      int bOff,
      int bStep,
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
    int a0 = aOff;
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    int a4 = a3 + aRow;
    int a5 = a4 + aRow;
    int s = 0;
    int bi = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector b1 = FloatVector.fromArray(S, b, bi + L);
      FloatVector v0 = FloatVector.broadcast(S, a[a0 + s]);
      c00 = v0.fma(b0, c00);
      c01 = v0.fma(b1, c01);
      FloatVector v1 = FloatVector.broadcast(S, a[a1 + s]);
      c10 = v1.fma(b0, c10);
      c11 = v1.fma(b1, c11);
      FloatVector v2 = FloatVector.broadcast(S, a[a2 + s]);
      c20 = v2.fma(b0, c20);
      c21 = v2.fma(b1, c21);
      FloatVector v3 = FloatVector.broadcast(S, a[a3 + s]);
      c30 = v3.fma(b0, c30);
      c31 = v3.fma(b1, c31);
      FloatVector v4 = FloatVector.broadcast(S, a[a4 + s]);
      c40 = v4.fma(b0, c40);
      c41 = v4.fma(b1, c41);
      FloatVector v5 = FloatVector.broadcast(S, a[a5 + s]);
      c50 = v5.fma(b0, c50);
      c51 = v5.fma(b1, c51);
      s += aStep;
      bi += bStep;
    }
    int o0 = cOff;
    int o1 = o0 + ldc;
    int o2 = o1 + ldc;
    int o3 = o2 + ldc;
    int o4 = o3 + ldc;
    int o5 = o4 + ldc;
    if (alpha != 1) {
      FloatVector x = FloatVector.broadcast(S, alpha);
      c00 = c00.mul(x);
      c01 = c01.mul(x);
      c10 = c10.mul(x);
      c11 = c11.mul(x);
      c20 = c20.mul(x);
      c21 = c21.mul(x);
      c30 = c30.mul(x);
      c31 = c31.mul(x);
      c40 = c40.mul(x);
      c41 = c41.mul(x);
      c50 = c50.mul(x);
      c51 = c51.mul(x);
    }
    if (beta != 0) {
      FloatVector y = FloatVector.broadcast(S, beta);
      c00 = FloatVector.fromArray(S, c, o0).fma(y, c00);
      c01 = FloatVector.fromArray(S, c, o0 + L).fma(y, c01);
      c10 = FloatVector.fromArray(S, c, o1).fma(y, c10);
      c11 = FloatVector.fromArray(S, c, o1 + L).fma(y, c11);
      c20 = FloatVector.fromArray(S, c, o2).fma(y, c20);
      c21 = FloatVector.fromArray(S, c, o2 + L).fma(y, c21);
      c30 = FloatVector.fromArray(S, c, o3).fma(y, c30);
      c31 = FloatVector.fromArray(S, c, o3 + L).fma(y, c31);
      c40 = FloatVector.fromArray(S, c, o4).fma(y, c40);
      c41 = FloatVector.fromArray(S, c, o4 + L).fma(y, c41);
      c50 = FloatVector.fromArray(S, c, o5).fma(y, c50);
      c51 = FloatVector.fromArray(S, c, o5 + L).fma(y, c51);
    }
    c00.intoArray(c, o0);
    c01.intoArray(c, o0 + L);
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

  private static void six2(
      int k,
      float alpha,
      float[] a,
      int aOff,
      int aRow,
      int aStep,
      float[] b,
      int bOff,
      int bStep,
      float beta,
      float[] c,
      int cOff,
      int ldc,
      int rows,
      int columns) {
    int right = columns - L;
    int last = rows - 1;
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
    int a0 = aOff;
    int a1 = aOff + Math.min(1, last) * aRow;
    int a2 = aOff + Math.min(2, last) * aRow;
    int a3 = aOff + Math.min(3, last) * aRow;
    int a4 = aOff + Math.min(4, last) * aRow;
    int a5 = aOff + Math.min(5, last) * aRow;
    int s = 0;
    int bi = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector b1 = FloatVector.fromArray(S, b, bi + right);
      FloatVector v0 = FloatVector.broadcast(S, a[a0 + s]);
      c00 = v0.fma(b0, c00);
      c01 = v0.fma(b1, c01);
      FloatVector v1 = FloatVector.broadcast(S, a[a1 + s]);
      c10 = v1.fma(b0, c10);
      c11 = v1.fma(b1, c11);
      FloatVector v2 = FloatVector.broadcast(S, a[a2 + s]);
      c20 = v2.fma(b0, c20);
      c21 = v2.fma(b1, c21);
      FloatVector v3 = FloatVector.broadcast(S, a[a3 + s]);
      c30 = v3.fma(b0, c30);
      c31 = v3.fma(b1, c31);
      FloatVector v4 = FloatVector.broadcast(S, a[a4 + s]);
      c40 = v4.fma(b0, c40);
      c41 = v4.fma(b1, c41);
      FloatVector v5 = FloatVector.broadcast(S, a[a5 + s]);
      c50 = v5.fma(b0, c50);
      c51 = v5.fma(b1, c51);
      s += aStep;
      bi += bStep;
    }
    int o0 = cOff;
    int o1 = cOff + Math.min(1, last) * ldc;
    int o2 = cOff + Math.min(2, last) * ldc;
    int o3 = cOff + Math.min(3, last) * ldc;
    int o4 = cOff + Math.min(4, last) * ldc;
    int o5 = cOff + Math.min(5, last) * ldc;
    if (alpha != 1) {
      FloatVector x = FloatVector.broadcast(S, alpha);
      c00 = c00.mul(x);
      c01 = c01.mul(x);
      c10 = c10.mul(x);
      c11 = c11.mul(x);
      c20 = c20.mul(x);
      c21 = c21.mul(x);
      c30 = c30.mul(x);
      c31 = c31.mul(x);
      c40 = c40.mul(x);
      c41 = c41.mul(x);
      c50 = c50.mul(x);
      c51 = c51.mul(x);
    }
    if (beta != 0) {
      FloatVector y = FloatVector.broadcast(S, beta);
      c00 = FloatVector.fromArray(S, c, o0).fma(y, c00);
      c01 = FloatVector.fromArray(S, c, o0 + right).fma(y, c01);
      c10 = FloatVector.fromArray(S, c, o1).fma(y, c10);
      c11 = FloatVector.fromArray(S, c, o1 + right).fma(y, c11);
      c20 = FloatVector.fromArray(S, c, o2).fma(y, c20);
      c21 = FloatVector.fromArray(S, c, o2 + right).fma(y, c21);
      c30 = FloatVector.fromArray(S, c, o3).fma(y, c30);
      c31 = FloatVector.fromArray(S, c, o3 + right).fma(y, c31);
      c40 = FloatVector.fromArray(S, c, o4).fma(y, c40);
      c41 = FloatVector.fromArray(S, c, o4 + right).fma(y, c41);
      c50 = FloatVector.fromArray(S, c, o5).fma(y, c50);
      c51 = FloatVector.fromArray(S, c, o5 + right).fma(y, c51);
    }
    c00.intoArray(c, o0);
    c10.intoArray(c, o1);
    c20.intoArray(c, o2);
    c30.intoArray(c, o3);
    c40.intoArray(c, o4);
    c50.intoArray(c, o5);
    c01.intoArray(c, o0 + right);
    c11.intoArray(c, o1 + right);
    c21.intoArray(c, o2 + right);
    c31.intoArray(c, o3 + right);
    c41.intoArray(c, o4 + right);
    c51.intoArray(c, o5 + right);
  }

  private static void four2(
      int k,
      float alpha,
      float[] a,
      int aOff,
      int aRow,
      int aStep,
      float[] b,
      int bOff,
      int bStep,
      float beta,
      float[] c,
      int cOff,
      int ldc,
      int rows,
      int columns) {
    int right = columns - L;
    int last = rows - 1;
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c31 = FloatVector.zero(S);
    int a0 = aOff;
    int a1 = aOff + Math.min(1, last) * aRow;
    int a2 = aOff + Math.min(2, last) * aRow;
    int a3 = aOff + Math.min(3, last) * aRow;
    int s = 0;
    int bi = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector b1 = FloatVector.fromArray(S, b, bi + right);
      FloatVector v0 = FloatVector.broadcast(S, a[a0 + s]);
      c00 = v0.fma(b0, c00);
      c01 = v0.fma(b1, c01);
      FloatVector v1 = FloatVector.broadcast(S, a[a1 + s]);
      c10 = v1.fma(b0, c10);
      c11 = v1.fma(b1, c11);
      FloatVector v2 = FloatVector.broadcast(S, a[a2 + s]);
      c20 = v2.fma(b0, c20);
      c21 = v2.fma(b1, c21);
      FloatVector v3 = FloatVector.broadcast(S, a[a3 + s]);
      c30 = v3.fma(b0, c30);
      c31 = v3.fma(b1, c31);
      s += aStep;
      bi += bStep;
    }
    int o0 = cOff;
    int o1 = cOff + Math.min(1, last) * ldc;
    int o2 = cOff + Math.min(2, last) * ldc;
    int o3 = cOff + Math.min(3, last) * ldc;
    if (alpha != 1) {
      FloatVector x = FloatVector.broadcast(S, alpha);
      c00 = c00.mul(x);
      c01 = c01.mul(x);
      c10 = c10.mul(x);
      c11 = c11.mul(x);
      c20 = c20.mul(x);
      c21 = c21.mul(x);
      c30 = c30.mul(x);
      c31 = c31.mul(x);
    }
    if (beta != 0) {
      FloatVector y = FloatVector.broadcast(S, beta);
      c00 = FloatVector.fromArray(S, c, o0).fma(y, c00);
      c01 = FloatVector.fromArray(S, c, o0 + right).fma(y, c01);
      c10 = FloatVector.fromArray(S, c, o1).fma(y, c10);
      c11 = FloatVector.fromArray(S, c, o1 + right).fma(y, c11);
      c20 = FloatVector.fromArray(S, c, o2).fma(y, c20);
      c21 = FloatVector.fromArray(S, c, o2 + right).fma(y, c21);
      c30 = FloatVector.fromArray(S, c, o3).fma(y, c30);
      c31 = FloatVector.fromArray(S, c, o3 + right).fma(y, c31);
    }
    c00.intoArray(c, o0);
    c10.intoArray(c, o1);
    c20.intoArray(c, o2);
    c30.intoArray(c, o3);
    c01.intoArray(c, o0 + right);
    c11.intoArray(c, o1 + right);
    c21.intoArray(c, o2 + right);
    c31.intoArray(c, o3 + right);
  }

  private static void two2(
      int k,
      float alpha,
      float[] a,
      int aOff,
      int aRow,
      int aStep,
      float[] b,
      int bOff,
      int bStep,
      float beta,
      float[] c,
      int cOff,
      int ldc,
      int rows,
      int columns) {
    int right = columns - L;
    int last = rows - 1;
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    int a0 = aOff;
    int a1 = aOff + Math.min(1, last) * aRow;
    int s = 0;
    int bi = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector b1 = FloatVector.fromArray(S, b, bi + right);
      FloatVector v0 = FloatVector.broadcast(S, a[a0 + s]);
      c00 = v0.fma(b0, c00);
      c01 = v0.fma(b1, c01);
      FloatVector v1 = FloatVector.broadcast(S, a[a1 + s]);
      c10 = v1.fma(b0, c10);
      c11 = v1.fma(b1, c11);
      s += aStep;
      bi += bStep;
    }
    int o0 = cOff;
    int o1 = cOff + Math.min(1, last) * ldc;
    if (alpha != 1) {
      FloatVector x = FloatVector.broadcast(S, alpha);
      c00 = c00.mul(x);
      c01 = c01.mul(x);
      c10 = c10.mul(x);
      c11 = c11.mul(x);
    }
    if (beta != 0) {
      FloatVector y = FloatVector.broadcast(S, beta);
      c00 = FloatVector.fromArray(S, c, o0).fma(y, c00);
      c01 = FloatVector.fromArray(S, c, o0 + right).fma(y, c01);
      c10 = FloatVector.fromArray(S, c, o1).fma(y, c10);
      c11 = FloatVector.fromArray(S, c, o1 + right).fma(y, c11);
    }
    c00.intoArray(c, o0);
    c10.intoArray(c, o1);
    c01.intoArray(c, o0 + right);
    c11.intoArray(c, o1 + right);
  }
}
