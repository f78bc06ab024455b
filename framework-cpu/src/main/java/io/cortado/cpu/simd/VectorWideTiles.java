package io.cortado.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The largest tile of matrix products by the Vector API, where registers are 32: 6 rows x 4
 * vectors.
 *
 * <p>24 accumulators, four vectors of B and one broadcast element of A are 29 registers. Beside the
 * tiles of {@link VectorTiles} it does 24 FMAs instead of 12 for the checks and broadcasts of six
 * rows, and starts, zeroes and writes back half as often: a tenth of k = 10, in which a tile of 6 x
 * 2 reaches 139 GFLOP/s of 237 on a Zen 5 core, and this one 190; at k = 512 it is 216 and 223.
 * Taller and narrower (12 x 2, 8 x 3) came out between them. Sums are the same bits as in any tile.
 */
final class VectorWideTiles {

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.LENGTH;

  /** Says whether accumulators fit the registers: vectors of 16 lanes come with 32 of them. */
  static final boolean FIT = L >= 16;

  /** Columns of the tile: those of two others. */
  static final int COLUMNS = 4 * L;

  private VectorWideTiles() {}

  /**
   * Computes one tile; see {@link ProductKernel#tiles}.
   *
   * @param bNext where B's third and fourth vector start: the next sliver, or just beyond the first
   *     two
   */
  static void tile(
      int k,
      float alpha,
      float[] a,
      int aOff,
      int aRow,
      int aStep,
      float[] b,
      int bOff,
      int bNext,
      int bStep,
      float beta,
      float[] c,
      int cOff,
      int ldc) {
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c02 = FloatVector.zero(S);
    FloatVector c03 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c12 = FloatVector.zero(S);
    FloatVector c13 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c22 = FloatVector.zero(S);
    FloatVector c23 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c31 = FloatVector.zero(S);
    FloatVector c32 = FloatVector.zero(S);
    FloatVector c33 = FloatVector.zero(S);
    FloatVector c40 = FloatVector.zero(S);
    FloatVector c41 = FloatVector.zero(S);
    FloatVector c42 = FloatVector.zero(S);
    FloatVector c43 = FloatVector.zero(S);
    FloatVector c50 = FloatVector.zero(S);
    FloatVector c51 = FloatVector.zero(S);
    FloatVector c52 = FloatVector.zero(S);
    FloatVector c53 = FloatVector.zero(S);
    int a0 = aOff;
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    int a4 = a3 + aRow;
    int a5 = a4 + aRow;
    int s = 0;
    int bi = bOff;
    int bj = bNext;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector b1 = FloatVector.fromArray(S, b, bi + L);
      FloatVector b2 = FloatVector.fromArray(S, b, bj);
      FloatVector b3 = FloatVector.fromArray(S, b, bj + L);
      FloatVector v0 = FloatVector.broadcast(S, a[a0 + s]);
      c00 = v0.fma(b0, c00);
      c01 = v0.fma(b1, c01);
      c02 = v0.fma(b2, c02);
      c03 = v0.fma(b3, c03);
      FloatVector v1 = FloatVector.broadcast(S, a[a1 + s]);
      c10 = v1.fma(b0, c10);
      c11 = v1.fma(b1, c11);
      c12 = v1.fma(b2, c12);
      c13 = v1.fma(b3, c13);
      FloatVector v2 = FloatVector.broadcast(S, a[a2 + s]);
      c20 = v2.fma(b0, c20);
      c21 = v2.fma(b1, c21);
      c22 = v2.fma(b2, c22);
      c23 = v2.fma(b3, c23);
      FloatVector v3 = FloatVector.broadcast(S, a[a3 + s]);
      c30 = v3.fma(b0, c30);
      c31 = v3.fma(b1, c31);
      c32 = v3.fma(b2, c32);
      c33 = v3.fma(b3, c33);
      FloatVector v4 = FloatVector.broadcast(S, a[a4 + s]);
      c40 = v4.fma(b0, c40);
      c41 = v4.fma(b1, c41);
      c42 = v4.fma(b2, c42);
      c43 = v4.fma(b3, c43);
      FloatVector v5 = FloatVector.broadcast(S, a[a5 + s]);
      c50 = v5.fma(b0, c50);
      c51 = v5.fma(b1, c51);
      c52 = v5.fma(b2, c52);
      c53 = v5.fma(b3, c53);
      s += aStep;
      bi += bStep;
      bj += bStep;
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
      c02 = c02.mul(x);
      c03 = c03.mul(x);
      c10 = c10.mul(x);
      c11 = c11.mul(x);
      c12 = c12.mul(x);
      c13 = c13.mul(x);
      c20 = c20.mul(x);
      c21 = c21.mul(x);
      c22 = c22.mul(x);
      c23 = c23.mul(x);
      c30 = c30.mul(x);
      c31 = c31.mul(x);
      c32 = c32.mul(x);
      c33 = c33.mul(x);
      c40 = c40.mul(x);
      c41 = c41.mul(x);
      c42 = c42.mul(x);
      c43 = c43.mul(x);
      c50 = c50.mul(x);
      c51 = c51.mul(x);
      c52 = c52.mul(x);
      c53 = c53.mul(x);
    }
    if (beta != 0) {
      FloatVector y = FloatVector.broadcast(S, beta);
      c00 = FloatVector.fromArray(S, c, o0).fma(y, c00);
      c01 = FloatVector.fromArray(S, c, o0 + L).fma(y, c01);
      c02 = FloatVector.fromArray(S, c, o0 + 2 * L).fma(y, c02);
      c03 = FloatVector.fromArray(S, c, o0 + 3 * L).fma(y, c03);
      c10 = FloatVector.fromArray(S, c, o1).fma(y, c10);
      c11 = FloatVector.fromArray(S, c, o1 + L).fma(y, c11);
      c12 = FloatVector.fromArray(S, c, o1 + 2 * L).fma(y, c12);
      c13 = FloatVector.fromArray(S, c, o1 + 3 * L).fma(y, c13);
      c20 = FloatVector.fromArray(S, c, o2).fma(y, c20);
      c21 = FloatVector.fromArray(S, c, o2 + L).fma(y, c21);
      c22 = FloatVector.fromArray(S, c, o2 + 2 * L).fma(y, c22);
      c23 = FloatVector.fromArray(S, c, o2 + 3 * L).fma(y, c23);
      c30 = FloatVector.fromArray(S, c, o3).fma(y, c30);
      c31 = FloatVector.fromArray(S, c, o3 + L).fma(y, c31);
      c32 = FloatVector.fromArray(S, c, o3 + 2 * L).fma(y, c32);
      c33 = FloatVector.fromArray(S, c, o3 + 3 * L).fma(y, c33);
      c40 = FloatVector.fromArray(S, c, o4).fma(y, c40);
      c41 = FloatVector.fromArray(S, c, o4 + L).fma(y, c41);
      c42 = FloatVector.fromArray(S, c, o4 + 2 * L).fma(y, c42);
      c43 = FloatVector.fromArray(S, c, o4 + 3 * L).fma(y, c43);
      c50 = FloatVector.fromArray(S, c, o5).fma(y, c50);
      c51 = FloatVector.fromArray(S, c, o5 + L).fma(y, c51);
      c52 = FloatVector.fromArray(S, c, o5 + 2 * L).fma(y, c52);
      c53 = FloatVector.fromArray(S, c, o5 + 3 * L).fma(y, c53);
    }
    c00.intoArray(c, o0);
    c01.intoArray(c, o0 + L);
    c02.intoArray(c, o0 + 2 * L);
    c03.intoArray(c, o0 + 3 * L);
    c10.intoArray(c, o1);
    c11.intoArray(c, o1 + L);
    c12.intoArray(c, o1 + 2 * L);
    c13.intoArray(c, o1 + 3 * L);
    c20.intoArray(c, o2);
    c21.intoArray(c, o2 + L);
    c22.intoArray(c, o2 + 2 * L);
    c23.intoArray(c, o2 + 3 * L);
    c30.intoArray(c, o3);
    c31.intoArray(c, o3 + L);
    c32.intoArray(c, o3 + 2 * L);
    c33.intoArray(c, o3 + 3 * L);
    c40.intoArray(c, o4);
    c41.intoArray(c, o4 + L);
    c42.intoArray(c, o4 + 2 * L);
    c43.intoArray(c, o4 + 3 * L);
    c50.intoArray(c, o5);
    c51.intoArray(c, o5 + L);
    c52.intoArray(c, o5 + 2 * L);
    c53.intoArray(c, o5 + 3 * L);
  }
}
