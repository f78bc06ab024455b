package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The products of recurrent layers by the Vector API.
 *
 * <p>Eight rows of two vectors where there are 32 registers, four where there are 16: powers of
 * two, because states are. Each step of k does 16 multiply-adds for 10 loads, so the FMA units
 * bound it. The sums start from the bias or from what is there, so that a product cut into pieces
 * of k gives the bits of the whole one.
 */
final class SimdRnnTile {

  /** Only vectors of 512 bits come with 32 registers for certain. */
  static final int ROWS = LENGTH >= 16 ? 8 : 4;

  private SimdRnnTile() {}

  static void apply(
      int k,
      float[] a,
      int ao,
      int aStride,
      float[] b,
      int bo,
      boolean add,
      float[] bias,
      int biasOff,
      float[] c,
      int co) {
    if (ROWS == 8) {
      eight(k, a, ao, aStride, b, bo, add, bias, biasOff, c, co);
    } else {
      four(k, a, ao, aStride, b, bo, add, bias, biasOff, c, co);
    }
  }

  private static void eight(
      int k,
      float[] a,
      int ao,
      int aStride,
      float[] b,
      int bo,
      boolean add,
      float[] bias,
      int biasOff,
      float[] c,
      int co) {
    FloatVector c00;
    FloatVector c01;
    FloatVector c10;
    FloatVector c11;
    FloatVector c20;
    FloatVector c21;
    FloatVector c30;
    FloatVector c31;
    FloatVector c40;
    FloatVector c41;
    FloatVector c50;
    FloatVector c51;
    FloatVector c60;
    FloatVector c61;
    FloatVector c70;
    FloatVector c71;
    if (add) {
      c00 = FloatVector.fromArray(SPECIES, c, co);
      c01 = FloatVector.fromArray(SPECIES, c, co + 1 * LENGTH);
      c10 = FloatVector.fromArray(SPECIES, c, co + 2 * LENGTH);
      c11 = FloatVector.fromArray(SPECIES, c, co + 3 * LENGTH);
      c20 = FloatVector.fromArray(SPECIES, c, co + 4 * LENGTH);
      c21 = FloatVector.fromArray(SPECIES, c, co + 5 * LENGTH);
      c30 = FloatVector.fromArray(SPECIES, c, co + 6 * LENGTH);
      c31 = FloatVector.fromArray(SPECIES, c, co + 7 * LENGTH);
      c40 = FloatVector.fromArray(SPECIES, c, co + 8 * LENGTH);
      c41 = FloatVector.fromArray(SPECIES, c, co + 9 * LENGTH);
      c50 = FloatVector.fromArray(SPECIES, c, co + 10 * LENGTH);
      c51 = FloatVector.fromArray(SPECIES, c, co + 11 * LENGTH);
      c60 = FloatVector.fromArray(SPECIES, c, co + 12 * LENGTH);
      c61 = FloatVector.fromArray(SPECIES, c, co + 13 * LENGTH);
      c70 = FloatVector.fromArray(SPECIES, c, co + 14 * LENGTH);
      c71 = FloatVector.fromArray(SPECIES, c, co + 15 * LENGTH);
    } else {
      c00 = FloatVector.broadcast(SPECIES, bias[biasOff]);
      c01 = c00;
      c10 = FloatVector.broadcast(SPECIES, bias[biasOff + 1]);
      c11 = c10;
      c20 = FloatVector.broadcast(SPECIES, bias[biasOff + 2]);
      c21 = c20;
      c30 = FloatVector.broadcast(SPECIES, bias[biasOff + 3]);
      c31 = c30;
      c40 = FloatVector.broadcast(SPECIES, bias[biasOff + 4]);
      c41 = c40;
      c50 = FloatVector.broadcast(SPECIES, bias[biasOff + 5]);
      c51 = c50;
      c60 = FloatVector.broadcast(SPECIES, bias[biasOff + 6]);
      c61 = c60;
      c70 = FloatVector.broadcast(SPECIES, bias[biasOff + 7]);
      c71 = c70;
    }
    int ai = ao;
    int bi = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bi);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, bi + LENGTH);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ai]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ai + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ai + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ai + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[ai + 4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[ai + 5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[ai + 6]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[ai + 7]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
      ai += aStride;
      bi += 2 * LENGTH;
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + 1 * LENGTH);
    c10.intoArray(c, co + 2 * LENGTH);
    c11.intoArray(c, co + 3 * LENGTH);
    c20.intoArray(c, co + 4 * LENGTH);
    c21.intoArray(c, co + 5 * LENGTH);
    c30.intoArray(c, co + 6 * LENGTH);
    c31.intoArray(c, co + 7 * LENGTH);
    c40.intoArray(c, co + 8 * LENGTH);
    c41.intoArray(c, co + 9 * LENGTH);
    c50.intoArray(c, co + 10 * LENGTH);
    c51.intoArray(c, co + 11 * LENGTH);
    c60.intoArray(c, co + 12 * LENGTH);
    c61.intoArray(c, co + 13 * LENGTH);
    c70.intoArray(c, co + 14 * LENGTH);
    c71.intoArray(c, co + 15 * LENGTH);
  }

  private static void four(
      int k,
      float[] a,
      int ao,
      int aStride,
      float[] b,
      int bo,
      boolean add,
      float[] bias,
      int biasOff,
      float[] c,
      int co) {
    FloatVector c00;
    FloatVector c01;
    FloatVector c10;
    FloatVector c11;
    FloatVector c20;
    FloatVector c21;
    FloatVector c30;
    FloatVector c31;
    if (add) {
      c00 = FloatVector.fromArray(SPECIES, c, co);
      c01 = FloatVector.fromArray(SPECIES, c, co + 1 * LENGTH);
      c10 = FloatVector.fromArray(SPECIES, c, co + 2 * LENGTH);
      c11 = FloatVector.fromArray(SPECIES, c, co + 3 * LENGTH);
      c20 = FloatVector.fromArray(SPECIES, c, co + 4 * LENGTH);
      c21 = FloatVector.fromArray(SPECIES, c, co + 5 * LENGTH);
      c30 = FloatVector.fromArray(SPECIES, c, co + 6 * LENGTH);
      c31 = FloatVector.fromArray(SPECIES, c, co + 7 * LENGTH);
    } else {
      c00 = FloatVector.broadcast(SPECIES, bias[biasOff]);
      c01 = c00;
      c10 = FloatVector.broadcast(SPECIES, bias[biasOff + 1]);
      c11 = c10;
      c20 = FloatVector.broadcast(SPECIES, bias[biasOff + 2]);
      c21 = c20;
      c30 = FloatVector.broadcast(SPECIES, bias[biasOff + 3]);
      c31 = c30;
    }
    int ai = ao;
    int bi = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bi);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, bi + LENGTH);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ai]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ai + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ai + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ai + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      ai += aStride;
      bi += 2 * LENGTH;
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + 1 * LENGTH);
    c10.intoArray(c, co + 2 * LENGTH);
    c11.intoArray(c, co + 3 * LENGTH);
    c20.intoArray(c, co + 4 * LENGTH);
    c21.intoArray(c, co + 5 * LENGTH);
    c30.intoArray(c, co + 6 * LENGTH);
    c31.intoArray(c, co + 7 * LENGTH);
  }
}
