package io.cortado.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of matrix products with one vector of columns, or a part of one: the right edge of C.
 *
 * <p>As {@link VectorTiles}, whose rules for missing rows and for the write-back hold here too.
 * Columns that are missing are masked. There are tiles of 6, 4 and 2 rows. With a single vector the
 * checks of A's indices would be the bound, more than the FMAs: they go out of the loop where A's
 * step is 1, and so these tiles come twice.
 *
 * <p>Only six masked stores fit one tile: with twelve vectors beside them in it, the first compiler
 * once ran out of registers to number, and a method that it gives up is never compiled by the
 * second; in methods of their own, these at times were not inlined.
 */
final class VectorNarrowTiles {

  private static final VectorSpecies<Float> S = Lanes.SPECIES;

  private VectorNarrowTiles() {}

  /** Multiplies up to six rows by at most a vector of columns; see {@link ProductKernel#tiles}. */
  static void tile(
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
      if (aStep == 1) {
        six1Rows(k, alpha, a, aOff, aRow, b, bOff, bStep, beta, c, cOff, ldc, rows, columns);
      } else {
        six1(k, alpha, a, aOff, aRow, aStep, b, bOff, bStep, beta, c, cOff, ldc, rows, columns);
      }
    } else if (rows > 2) {
      if (aStep == 1) {
        four1Rows(k, alpha, a, aOff, aRow, b, bOff, bStep, beta, c, cOff, ldc, rows, columns);
      } else {
        four1(k, alpha, a, aOff, aRow, aStep, b, bOff, bStep, beta, c, cOff, ldc, rows, columns);
      }
    } else {
      two1(k, alpha, a, aOff, aRow, aStep, b, bOff, bStep, beta, c, cOff, ldc, rows, columns);
    }
  }

  private static void six1(
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
    VectorMask<Float> m = VectorMask.fromLong(S, (1L << columns) - 1);
    int last = rows - 1;
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c40 = FloatVector.zero(S);
    FloatVector c50 = FloatVector.zero(S);
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
      FloatVector v0 = FloatVector.broadcast(S, a[a0 + s]);
      c00 = v0.fma(b0, c00);
      FloatVector v1 = FloatVector.broadcast(S, a[a1 + s]);
      c10 = v1.fma(b0, c10);
      FloatVector v2 = FloatVector.broadcast(S, a[a2 + s]);
      c20 = v2.fma(b0, c20);
      FloatVector v3 = FloatVector.broadcast(S, a[a3 + s]);
      c30 = v3.fma(b0, c30);
      FloatVector v4 = FloatVector.broadcast(S, a[a4 + s]);
      c40 = v4.fma(b0, c40);
      FloatVector v5 = FloatVector.broadcast(S, a[a5 + s]);
      c50 = v5.fma(b0, c50);
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
      c10 = c10.mul(x);
      c20 = c20.mul(x);
      c30 = c30.mul(x);
      c40 = c40.mul(x);
      c50 = c50.mul(x);
    }
    if (beta != 0) {
      FloatVector y = FloatVector.broadcast(S, beta);
      c00 = FloatVector.fromArray(S, c, o0).fma(y, c00);
      c10 = FloatVector.fromArray(S, c, o1).fma(y, c10);
      c20 = FloatVector.fromArray(S, c, o2).fma(y, c20);
      c30 = FloatVector.fromArray(S, c, o3).fma(y, c30);
      c40 = FloatVector.fromArray(S, c, o4).fma(y, c40);
      c50 = FloatVector.fromArray(S, c, o5).fma(y, c50);
    }
    c00.intoArray(c, o0, m);
    c10.intoArray(c, o1, m);
    c20.intoArray(c, o2, m);
    c30.intoArray(c, o3, m);
    c40.intoArray(c, o4, m);
    c50.intoArray(c, o5, m);
  }

  private static void four1(
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
    VectorMask<Float> m = VectorMask.fromLong(S, (1L << columns) - 1);
    int last = rows - 1;
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    int a0 = aOff;
    int a1 = aOff + Math.min(1, last) * aRow;
    int a2 = aOff + Math.min(2, last) * aRow;
    int a3 = aOff + Math.min(3, last) * aRow;
    int s = 0;
    int bi = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector v0 = FloatVector.broadcast(S, a[a0 + s]);
      c00 = v0.fma(b0, c00);
      FloatVector v1 = FloatVector.broadcast(S, a[a1 + s]);
      c10 = v1.fma(b0, c10);
      FloatVector v2 = FloatVector.broadcast(S, a[a2 + s]);
      c20 = v2.fma(b0, c20);
      FloatVector v3 = FloatVector.broadcast(S, a[a3 + s]);
      c30 = v3.fma(b0, c30);
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
      c10 = c10.mul(x);
      c20 = c20.mul(x);
      c30 = c30.mul(x);
    }
    if (beta != 0) {
      FloatVector y = FloatVector.broadcast(S, beta);
      c00 = FloatVector.fromArray(S, c, o0).fma(y, c00);
      c10 = FloatVector.fromArray(S, c, o1).fma(y, c10);
      c20 = FloatVector.fromArray(S, c, o2).fma(y, c20);
      c30 = FloatVector.fromArray(S, c, o3).fma(y, c30);
    }
    c00.intoArray(c, o0, m);
    c10.intoArray(c, o1, m);
    c20.intoArray(c, o2, m);
    c30.intoArray(c, o3, m);
  }

  private static void two1(
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
    VectorMask<Float> m = VectorMask.fromLong(S, (1L << columns) - 1);
    int last = rows - 1;
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    int a0 = aOff;
    int a1 = aOff + Math.min(1, last) * aRow;
    int s = 0;
    int bi = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector v0 = FloatVector.broadcast(S, a[a0 + s]);
      c00 = v0.fma(b0, c00);
      FloatVector v1 = FloatVector.broadcast(S, a[a1 + s]);
      c10 = v1.fma(b0, c10);
      s += aStep;
      bi += bStep;
    }
    int o0 = cOff;
    int o1 = cOff + Math.min(1, last) * ldc;
    if (alpha != 1) {
      FloatVector x = FloatVector.broadcast(S, alpha);
      c00 = c00.mul(x);
      c10 = c10.mul(x);
    }
    if (beta != 0) {
      FloatVector y = FloatVector.broadcast(S, beta);
      c00 = FloatVector.fromArray(S, c, o0).fma(y, c00);
      c10 = FloatVector.fromArray(S, c, o1).fma(y, c10);
    }
    c00.intoArray(c, o0, m);
    c10.intoArray(c, o1, m);
  }

  private static void six1Rows(
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
      int ldc,
      int rows,
      int columns) {
    VectorMask<Float> m = VectorMask.fromLong(S, (1L << columns) - 1);
    int last = rows - 1;
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c40 = FloatVector.zero(S);
    FloatVector c50 = FloatVector.zero(S);
    int a0 = aOff;
    int a1 = aOff + Math.min(1, last) * aRow;
    int a2 = aOff + Math.min(2, last) * aRow;
    int a3 = aOff + Math.min(3, last) * aRow;
    int a4 = aOff + Math.min(4, last) * aRow;
    int a5 = aOff + Math.min(5, last) * aRow;
    int bi = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector v0 = FloatVector.broadcast(S, a[a0 + p]);
      c00 = v0.fma(b0, c00);
      FloatVector v1 = FloatVector.broadcast(S, a[a1 + p]);
      c10 = v1.fma(b0, c10);
      FloatVector v2 = FloatVector.broadcast(S, a[a2 + p]);
      c20 = v2.fma(b0, c20);
      FloatVector v3 = FloatVector.broadcast(S, a[a3 + p]);
      c30 = v3.fma(b0, c30);
      FloatVector v4 = FloatVector.broadcast(S, a[a4 + p]);
      c40 = v4.fma(b0, c40);
      FloatVector v5 = FloatVector.broadcast(S, a[a5 + p]);
      c50 = v5.fma(b0, c50);
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
      c10 = c10.mul(x);
      c20 = c20.mul(x);
      c30 = c30.mul(x);
      c40 = c40.mul(x);
      c50 = c50.mul(x);
    }
    if (beta != 0) {
      FloatVector y = FloatVector.broadcast(S, beta);
      c00 = FloatVector.fromArray(S, c, o0).fma(y, c00);
      c10 = FloatVector.fromArray(S, c, o1).fma(y, c10);
      c20 = FloatVector.fromArray(S, c, o2).fma(y, c20);
      c30 = FloatVector.fromArray(S, c, o3).fma(y, c30);
      c40 = FloatVector.fromArray(S, c, o4).fma(y, c40);
      c50 = FloatVector.fromArray(S, c, o5).fma(y, c50);
    }
    c00.intoArray(c, o0, m);
    c10.intoArray(c, o1, m);
    c20.intoArray(c, o2, m);
    c30.intoArray(c, o3, m);
    c40.intoArray(c, o4, m);
    c50.intoArray(c, o5, m);
  }

  private static void four1Rows(
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
      int ldc,
      int rows,
      int columns) {
    VectorMask<Float> m = VectorMask.fromLong(S, (1L << columns) - 1);
    int last = rows - 1;
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    int a0 = aOff;
    int a1 = aOff + Math.min(1, last) * aRow;
    int a2 = aOff + Math.min(2, last) * aRow;
    int a3 = aOff + Math.min(3, last) * aRow;
    int bi = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector v0 = FloatVector.broadcast(S, a[a0 + p]);
      c00 = v0.fma(b0, c00);
      FloatVector v1 = FloatVector.broadcast(S, a[a1 + p]);
      c10 = v1.fma(b0, c10);
      FloatVector v2 = FloatVector.broadcast(S, a[a2 + p]);
      c20 = v2.fma(b0, c20);
      FloatVector v3 = FloatVector.broadcast(S, a[a3 + p]);
      c30 = v3.fma(b0, c30);
      bi += bStep;
    }
    int o0 = cOff;
    int o1 = cOff + Math.min(1, last) * ldc;
    int o2 = cOff + Math.min(2, last) * ldc;
    int o3 = cOff + Math.min(3, last) * ldc;
    if (alpha != 1) {
      FloatVector x = FloatVector.broadcast(S, alpha);
      c00 = c00.mul(x);
      c10 = c10.mul(x);
      c20 = c20.mul(x);
      c30 = c30.mul(x);
    }
    if (beta != 0) {
      FloatVector y = FloatVector.broadcast(S, beta);
      c00 = FloatVector.fromArray(S, c, o0).fma(y, c00);
      c10 = FloatVector.fromArray(S, c, o1).fma(y, c10);
      c20 = FloatVector.fromArray(S, c, o2).fma(y, c20);
      c30 = FloatVector.fromArray(S, c, o3).fma(y, c30);
    }
    c00.intoArray(c, o0, m);
    c10.intoArray(c, o1, m);
    c20.intoArray(c, o2, m);
    c30.intoArray(c, o3, m);
  }
}
