package io.cortado.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of 6 x 2 vectors whose checks of A's indices are out of the loop: for vectors of less than
 * 512 bits.
 *
 * <p>Twelve multiply-adds of 256 bits take 6 cycles, in which a processor begins some 36
 * instructions; with the checks of eight indices a step of k has 44, without A's it has 30. C2
 * takes them out where A's index is the loop's variable, or that and what does not change. B's
 * distance is a parameter on purpose, and its checks stay: if nothing is left that could fail, C2
 * puts all loads before all multiply-adds, which needs 20 registers of 16, and sums live in memory:
 * 30 GFLOP/s on a core that has 78 so and 63 with all checks.
 */
final class VectorLeanTiles {

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.LENGTH;

  /** Whether vectors are so small that these are the better tiles. */
  static final boolean FIT = !VectorWideTiles.FIT;

  private static final int ROWS = VectorTiles.ROWS;

  private VectorLeanTiles() {}

  /**
   * As {@link VectorTiles#tiles} for one tile, A having its rows at a distance, and a step of 1.
   */
  static void rows(
      int k,
      float alpha,
      float[] a,
      int aOff,
      int aRow,
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
    int bi = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector b1 = FloatVector.fromArray(S, b, bi + L);
      FloatVector v0 = FloatVector.broadcast(S, a[a0 + p]);
      c00 = v0.fma(b0, c00);
      c01 = v0.fma(b1, c01);
      FloatVector v1 = FloatVector.broadcast(S, a[a1 + p]);
      c10 = v1.fma(b0, c10);
      c11 = v1.fma(b1, c11);
      FloatVector v2 = FloatVector.broadcast(S, a[a2 + p]);
      c20 = v2.fma(b0, c20);
      c21 = v2.fma(b1, c21);
      FloatVector v3 = FloatVector.broadcast(S, a[a3 + p]);
      c30 = v3.fma(b0, c30);
      c31 = v3.fma(b1, c31);
      FloatVector v4 = FloatVector.broadcast(S, a[a4 + p]);
      c40 = v4.fma(b0, c40);
      c41 = v4.fma(b1, c41);
      FloatVector v5 = FloatVector.broadcast(S, a[a5 + p]);
      c50 = v5.fma(b0, c50);
      c51 = v5.fma(b1, c51);
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

  /** As {@link VectorTiles#tiles} for one tile, A being a packed sliver. */
  static void slivers(
      int k,
      float alpha,
      float[] a,
      int aOff,
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
    int end = aOff + ROWS * k;
    int bi = bOff;
    for (int ai = aOff; ai < end; ai += ROWS) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector b1 = FloatVector.fromArray(S, b, bi + L);
      FloatVector v0 = FloatVector.broadcast(S, a[ai]);
      c00 = v0.fma(b0, c00);
      c01 = v0.fma(b1, c01);
      FloatVector v1 = FloatVector.broadcast(S, a[ai + 1]);
      c10 = v1.fma(b0, c10);
      c11 = v1.fma(b1, c11);
      FloatVector v2 = FloatVector.broadcast(S, a[ai + 2]);
      c20 = v2.fma(b0, c20);
      c21 = v2.fma(b1, c21);
      FloatVector v3 = FloatVector.broadcast(S, a[ai + 3]);
      c30 = v3.fma(b0, c30);
      c31 = v3.fma(b1, c31);
      FloatVector v4 = FloatVector.broadcast(S, a[ai + 4]);
      c40 = v4.fma(b0, c40);
      c41 = v4.fma(b1, c41);
      FloatVector v5 = FloatVector.broadcast(S, a[ai + 5]);
      c50 = v5.fma(b0, c50);
      c51 = v5.fma(b1, c51);
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

  /** See {@link GemmKernel#tileAt}. */
  static void slices(
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
    int end = aOff + ROWS * k;
    int row = bRowsOff;
    for (int ai = aOff; ai < end; ai += ROWS) {
      int bi = bOff + bRows[row];
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
      row++;
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
}
