package io.cortado.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The products of Winograd's convolution by the Vector API: tiles of 8 x 2 vectors where there are
 * 32 registers of 512 bits, of 4 x 2 else.
 *
 * <p>Like {@link VectorGemmKernel#tile}, but A is read where the transforms have put it. Sixteen
 * accumulators, two vectors of B and one broadcast element of A; each step does 16 FMAs for 2 loads
 * and 8 broadcasts, so it is the FMA units that bound it.
 */
final class VectorWinogradProduct {

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.LENGTH;
  private static final int COLUMNS = 2 * L;

  static final int ROWS = L >= 16 ? 8 : 4;

  private VectorWinogradProduct() {}

  static void byRows(
      int k,
      float[] a,
      int aOff,
      int aRow,
      float[] b,
      int bOff,
      boolean add,
      float[] c,
      int cOff,
      int ldc) {
    if (ROWS == 8) {
      tallRows(k, a, aOff, aRow, b, bOff, add, c, cOff, ldc);
    } else {
      flatRows(k, a, aOff, aRow, b, bOff, add, c, cOff, ldc);
    }
  }

  static void byColumns(
      int k, float[] a, int aOff, float[] b, int bOff, boolean add, float[] c, int cOff, int ldc) {
    if (ROWS == 8) {
      tallColumns(k, a, aOff, b, bOff, add, c, cOff, ldc);
    } else {
      flatColumns(k, a, aOff, b, bOff, add, c, cOff, ldc);
    }
  }

  private static void tallRows(
      int k,
      float[] a,
      int aOff,
      int aRow,
      float[] b,
      int bOff,
      boolean add,
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
    FloatVector c60 = FloatVector.zero(S);
    FloatVector c61 = FloatVector.zero(S);
    FloatVector c70 = FloatVector.zero(S);
    FloatVector c71 = FloatVector.zero(S);
    int o1 = aOff + aRow;
    int o2 = o1 + aRow;
    int o3 = o2 + aRow;
    int o4 = o3 + aRow;
    int o5 = o4 + aRow;
    int o6 = o5 + aRow;
    int o7 = o6 + aRow;
    int bi = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector b1 = FloatVector.fromArray(S, b, bi + L);
      FloatVector a0 = FloatVector.broadcast(S, a[aOff + p]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(S, a[o1 + p]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(S, a[o2 + p]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(S, a[o3 + p]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      FloatVector a4 = FloatVector.broadcast(S, a[o4 + p]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      FloatVector a5 = FloatVector.broadcast(S, a[o5 + p]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      FloatVector a6 = FloatVector.broadcast(S, a[o6 + p]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      FloatVector a7 = FloatVector.broadcast(S, a[o7 + p]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
      bi += COLUMNS;
    }
    int r1 = cOff + ldc;
    int r2 = r1 + ldc;
    int r3 = r2 + ldc;
    int r4 = r3 + ldc;
    int r5 = r4 + ldc;
    int r6 = r5 + ldc;
    int r7 = r6 + ldc;
    if (add) {
      c00 = c00.add(FloatVector.fromArray(S, c, cOff));
      c01 = c01.add(FloatVector.fromArray(S, c, cOff + L));
      c10 = c10.add(FloatVector.fromArray(S, c, r1));
      c11 = c11.add(FloatVector.fromArray(S, c, r1 + L));
      c20 = c20.add(FloatVector.fromArray(S, c, r2));
      c21 = c21.add(FloatVector.fromArray(S, c, r2 + L));
      c30 = c30.add(FloatVector.fromArray(S, c, r3));
      c31 = c31.add(FloatVector.fromArray(S, c, r3 + L));
      c40 = c40.add(FloatVector.fromArray(S, c, r4));
      c41 = c41.add(FloatVector.fromArray(S, c, r4 + L));
      c50 = c50.add(FloatVector.fromArray(S, c, r5));
      c51 = c51.add(FloatVector.fromArray(S, c, r5 + L));
      c60 = c60.add(FloatVector.fromArray(S, c, r6));
      c61 = c61.add(FloatVector.fromArray(S, c, r6 + L));
      c70 = c70.add(FloatVector.fromArray(S, c, r7));
      c71 = c71.add(FloatVector.fromArray(S, c, r7 + L));
    }
    c00.intoArray(c, cOff);
    c01.intoArray(c, cOff + L);
    c10.intoArray(c, r1);
    c11.intoArray(c, r1 + L);
    c20.intoArray(c, r2);
    c21.intoArray(c, r2 + L);
    c30.intoArray(c, r3);
    c31.intoArray(c, r3 + L);
    c40.intoArray(c, r4);
    c41.intoArray(c, r4 + L);
    c50.intoArray(c, r5);
    c51.intoArray(c, r5 + L);
    c60.intoArray(c, r6);
    c61.intoArray(c, r6 + L);
    c70.intoArray(c, r7);
    c71.intoArray(c, r7 + L);
  }

  private static void tallColumns(
      int k, float[] a, int aOff, float[] b, int bOff, boolean add, float[] c, int cOff, int ldc) {
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
    FloatVector c60 = FloatVector.zero(S);
    FloatVector c61 = FloatVector.zero(S);
    FloatVector c70 = FloatVector.zero(S);
    FloatVector c71 = FloatVector.zero(S);
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
      FloatVector a6 = FloatVector.broadcast(S, a[ai + 6]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      FloatVector a7 = FloatVector.broadcast(S, a[ai + 7]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
      ai += COLUMNS;
      bi += COLUMNS;
    }
    int r1 = cOff + ldc;
    int r2 = r1 + ldc;
    int r3 = r2 + ldc;
    int r4 = r3 + ldc;
    int r5 = r4 + ldc;
    int r6 = r5 + ldc;
    int r7 = r6 + ldc;
    if (add) {
      c00 = c00.add(FloatVector.fromArray(S, c, cOff));
      c01 = c01.add(FloatVector.fromArray(S, c, cOff + L));
      c10 = c10.add(FloatVector.fromArray(S, c, r1));
      c11 = c11.add(FloatVector.fromArray(S, c, r1 + L));
      c20 = c20.add(FloatVector.fromArray(S, c, r2));
      c21 = c21.add(FloatVector.fromArray(S, c, r2 + L));
      c30 = c30.add(FloatVector.fromArray(S, c, r3));
      c31 = c31.add(FloatVector.fromArray(S, c, r3 + L));
      c40 = c40.add(FloatVector.fromArray(S, c, r4));
      c41 = c41.add(FloatVector.fromArray(S, c, r4 + L));
      c50 = c50.add(FloatVector.fromArray(S, c, r5));
      c51 = c51.add(FloatVector.fromArray(S, c, r5 + L));
      c60 = c60.add(FloatVector.fromArray(S, c, r6));
      c61 = c61.add(FloatVector.fromArray(S, c, r6 + L));
      c70 = c70.add(FloatVector.fromArray(S, c, r7));
      c71 = c71.add(FloatVector.fromArray(S, c, r7 + L));
    }
    c00.intoArray(c, cOff);
    c01.intoArray(c, cOff + L);
    c10.intoArray(c, r1);
    c11.intoArray(c, r1 + L);
    c20.intoArray(c, r2);
    c21.intoArray(c, r2 + L);
    c30.intoArray(c, r3);
    c31.intoArray(c, r3 + L);
    c40.intoArray(c, r4);
    c41.intoArray(c, r4 + L);
    c50.intoArray(c, r5);
    c51.intoArray(c, r5 + L);
    c60.intoArray(c, r6);
    c61.intoArray(c, r6 + L);
    c70.intoArray(c, r7);
    c71.intoArray(c, r7 + L);
  }

  private static void flatRows(
      int k,
      float[] a,
      int aOff,
      int aRow,
      float[] b,
      int bOff,
      boolean add,
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
    int o1 = aOff + aRow;
    int o2 = o1 + aRow;
    int o3 = o2 + aRow;
    int bi = bOff;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector b1 = FloatVector.fromArray(S, b, bi + L);
      FloatVector a0 = FloatVector.broadcast(S, a[aOff + p]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(S, a[o1 + p]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(S, a[o2 + p]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(S, a[o3 + p]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      bi += COLUMNS;
    }
    int r1 = cOff + ldc;
    int r2 = r1 + ldc;
    int r3 = r2 + ldc;
    if (add) {
      c00 = c00.add(FloatVector.fromArray(S, c, cOff));
      c01 = c01.add(FloatVector.fromArray(S, c, cOff + L));
      c10 = c10.add(FloatVector.fromArray(S, c, r1));
      c11 = c11.add(FloatVector.fromArray(S, c, r1 + L));
      c20 = c20.add(FloatVector.fromArray(S, c, r2));
      c21 = c21.add(FloatVector.fromArray(S, c, r2 + L));
      c30 = c30.add(FloatVector.fromArray(S, c, r3));
      c31 = c31.add(FloatVector.fromArray(S, c, r3 + L));
    }
    c00.intoArray(c, cOff);
    c01.intoArray(c, cOff + L);
    c10.intoArray(c, r1);
    c11.intoArray(c, r1 + L);
    c20.intoArray(c, r2);
    c21.intoArray(c, r2 + L);
    c30.intoArray(c, r3);
    c31.intoArray(c, r3 + L);
  }

  private static void flatColumns(
      int k, float[] a, int aOff, float[] b, int bOff, boolean add, float[] c, int cOff, int ldc) {
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c31 = FloatVector.zero(S);
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
      ai += COLUMNS;
      bi += COLUMNS;
    }
    int r1 = cOff + ldc;
    int r2 = r1 + ldc;
    int r3 = r2 + ldc;
    if (add) {
      c00 = c00.add(FloatVector.fromArray(S, c, cOff));
      c01 = c01.add(FloatVector.fromArray(S, c, cOff + L));
      c10 = c10.add(FloatVector.fromArray(S, c, r1));
      c11 = c11.add(FloatVector.fromArray(S, c, r1 + L));
      c20 = c20.add(FloatVector.fromArray(S, c, r2));
      c21 = c21.add(FloatVector.fromArray(S, c, r2 + L));
      c30 = c30.add(FloatVector.fromArray(S, c, r3));
      c31 = c31.add(FloatVector.fromArray(S, c, r3 + L));
    }
    c00.intoArray(c, cOff);
    c01.intoArray(c, cOff + L);
    c10.intoArray(c, r1);
    c11.intoArray(c, r1 + L);
    c20.intoArray(c, r2);
    c21.intoArray(c, r2 + L);
    c30.intoArray(c, r3);
    c31.intoArray(c, r3 + L);
  }
}
