package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Transposition of squares of 16 x 16 in registers.
 *
 * <p>Four stages exchange halves, quarters, ... between pairs of vectors: two shuffles and two
 * blends a pair, so half an instruction a number and stage, where a loop of single numbers takes
 * two and strides through the cache. For vectors of 16 lanes alone; narrower ones gain little.
 */
final class SimdTranspose {

  /** Rows and columns of a square; 0 where there is none. */
  static final int SIDE = LENGTH == 16 ? 16 : 0;

  private static final VectorShuffle<Float> SWAP_8 =
      VectorShuffle.fromOp(SPECIES, i -> (i ^ 8) % LENGTH);
  private static final VectorShuffle<Float> SWAP_4 =
      VectorShuffle.fromOp(SPECIES, i -> (i ^ 4) % LENGTH);
  private static final VectorShuffle<Float> SWAP_2 =
      VectorShuffle.fromOp(SPECIES, i -> (i ^ 2) % LENGTH);
  private static final VectorShuffle<Float> SWAP_1 =
      VectorShuffle.fromOp(SPECIES, i -> (i ^ 1) % LENGTH);
  private static final VectorMask<Float> UPPER_8 = upper(8);
  private static final VectorMask<Float> UPPER_4 = upper(4);
  private static final VectorMask<Float> UPPER_2 = upper(2);
  private static final VectorMask<Float> UPPER_1 = upper(1);

  private SimdTranspose() {}

  private static VectorMask<Float> upper(int distance) {
    boolean[] set = new boolean[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      set[i] = (i & distance) != 0;
    }
    return VectorMask.fromArray(SPECIES, set, 0);
  }

  /** Computes {@code y[j * yStride + i] = x[i * xStride + j]} for i and j up to 16. */
  static void square(float[] x, int xo, int xStride, float[] y, int yo, int yStride) {
    FloatVector v0 = FloatVector.fromArray(SPECIES, x, xo);
    FloatVector v1 = FloatVector.fromArray(SPECIES, x, xo + xStride);
    FloatVector v2 = FloatVector.fromArray(SPECIES, x, xo + 2 * xStride);
    FloatVector v3 = FloatVector.fromArray(SPECIES, x, xo + 3 * xStride);
    FloatVector v4 = FloatVector.fromArray(SPECIES, x, xo + 4 * xStride);
    FloatVector v5 = FloatVector.fromArray(SPECIES, x, xo + 5 * xStride);
    FloatVector v6 = FloatVector.fromArray(SPECIES, x, xo + 6 * xStride);
    FloatVector v7 = FloatVector.fromArray(SPECIES, x, xo + 7 * xStride);
    FloatVector v8 = FloatVector.fromArray(SPECIES, x, xo + 8 * xStride);
    FloatVector v9 = FloatVector.fromArray(SPECIES, x, xo + 9 * xStride);
    FloatVector v10 = FloatVector.fromArray(SPECIES, x, xo + 10 * xStride);
    FloatVector v11 = FloatVector.fromArray(SPECIES, x, xo + 11 * xStride);
    FloatVector v12 = FloatVector.fromArray(SPECIES, x, xo + 12 * xStride);
    FloatVector v13 = FloatVector.fromArray(SPECIES, x, xo + 13 * xStride);
    FloatVector v14 = FloatVector.fromArray(SPECIES, x, xo + 14 * xStride);
    FloatVector v15 = FloatVector.fromArray(SPECIES, x, xo + 15 * xStride);
    FloatVector a0 = v0.blend(v8.rearrange(SWAP_8), UPPER_8);
    FloatVector a8 = v0.rearrange(SWAP_8).blend(v8, UPPER_8);
    FloatVector a1 = v1.blend(v9.rearrange(SWAP_8), UPPER_8);
    FloatVector a9 = v1.rearrange(SWAP_8).blend(v9, UPPER_8);
    FloatVector a2 = v2.blend(v10.rearrange(SWAP_8), UPPER_8);
    FloatVector a10 = v2.rearrange(SWAP_8).blend(v10, UPPER_8);
    FloatVector a3 = v3.blend(v11.rearrange(SWAP_8), UPPER_8);
    FloatVector a11 = v3.rearrange(SWAP_8).blend(v11, UPPER_8);
    FloatVector a4 = v4.blend(v12.rearrange(SWAP_8), UPPER_8);
    FloatVector a12 = v4.rearrange(SWAP_8).blend(v12, UPPER_8);
    FloatVector a5 = v5.blend(v13.rearrange(SWAP_8), UPPER_8);
    FloatVector a13 = v5.rearrange(SWAP_8).blend(v13, UPPER_8);
    FloatVector a6 = v6.blend(v14.rearrange(SWAP_8), UPPER_8);
    FloatVector a14 = v6.rearrange(SWAP_8).blend(v14, UPPER_8);
    FloatVector a7 = v7.blend(v15.rearrange(SWAP_8), UPPER_8);
    FloatVector a15 = v7.rearrange(SWAP_8).blend(v15, UPPER_8);
    FloatVector b0 = a0.blend(a4.rearrange(SWAP_4), UPPER_4);
    FloatVector b4 = a0.rearrange(SWAP_4).blend(a4, UPPER_4);
    FloatVector b1 = a1.blend(a5.rearrange(SWAP_4), UPPER_4);
    FloatVector b5 = a1.rearrange(SWAP_4).blend(a5, UPPER_4);
    FloatVector b2 = a2.blend(a6.rearrange(SWAP_4), UPPER_4);
    FloatVector b6 = a2.rearrange(SWAP_4).blend(a6, UPPER_4);
    FloatVector b3 = a3.blend(a7.rearrange(SWAP_4), UPPER_4);
    FloatVector b7 = a3.rearrange(SWAP_4).blend(a7, UPPER_4);
    FloatVector b8 = a8.blend(a12.rearrange(SWAP_4), UPPER_4);
    FloatVector b12 = a8.rearrange(SWAP_4).blend(a12, UPPER_4);
    FloatVector b9 = a9.blend(a13.rearrange(SWAP_4), UPPER_4);
    FloatVector b13 = a9.rearrange(SWAP_4).blend(a13, UPPER_4);
    FloatVector b10 = a10.blend(a14.rearrange(SWAP_4), UPPER_4);
    FloatVector b14 = a10.rearrange(SWAP_4).blend(a14, UPPER_4);
    FloatVector b11 = a11.blend(a15.rearrange(SWAP_4), UPPER_4);
    FloatVector b15 = a11.rearrange(SWAP_4).blend(a15, UPPER_4);
    FloatVector c0 = b0.blend(b2.rearrange(SWAP_2), UPPER_2);
    FloatVector c2 = b0.rearrange(SWAP_2).blend(b2, UPPER_2);
    FloatVector c1 = b1.blend(b3.rearrange(SWAP_2), UPPER_2);
    FloatVector c3 = b1.rearrange(SWAP_2).blend(b3, UPPER_2);
    FloatVector c4 = b4.blend(b6.rearrange(SWAP_2), UPPER_2);
    FloatVector c6 = b4.rearrange(SWAP_2).blend(b6, UPPER_2);
    FloatVector c5 = b5.blend(b7.rearrange(SWAP_2), UPPER_2);
    FloatVector c7 = b5.rearrange(SWAP_2).blend(b7, UPPER_2);
    FloatVector c8 = b8.blend(b10.rearrange(SWAP_2), UPPER_2);
    FloatVector c10 = b8.rearrange(SWAP_2).blend(b10, UPPER_2);
    FloatVector c9 = b9.blend(b11.rearrange(SWAP_2), UPPER_2);
    FloatVector c11 = b9.rearrange(SWAP_2).blend(b11, UPPER_2);
    FloatVector c12 = b12.blend(b14.rearrange(SWAP_2), UPPER_2);
    FloatVector c14 = b12.rearrange(SWAP_2).blend(b14, UPPER_2);
    FloatVector c13 = b13.blend(b15.rearrange(SWAP_2), UPPER_2);
    FloatVector c15 = b13.rearrange(SWAP_2).blend(b15, UPPER_2);
    FloatVector d0 = c0.blend(c1.rearrange(SWAP_1), UPPER_1);
    FloatVector d1 = c0.rearrange(SWAP_1).blend(c1, UPPER_1);
    FloatVector d2 = c2.blend(c3.rearrange(SWAP_1), UPPER_1);
    FloatVector d3 = c2.rearrange(SWAP_1).blend(c3, UPPER_1);
    FloatVector d4 = c4.blend(c5.rearrange(SWAP_1), UPPER_1);
    FloatVector d5 = c4.rearrange(SWAP_1).blend(c5, UPPER_1);
    FloatVector d6 = c6.blend(c7.rearrange(SWAP_1), UPPER_1);
    FloatVector d7 = c6.rearrange(SWAP_1).blend(c7, UPPER_1);
    FloatVector d8 = c8.blend(c9.rearrange(SWAP_1), UPPER_1);
    FloatVector d9 = c8.rearrange(SWAP_1).blend(c9, UPPER_1);
    FloatVector d10 = c10.blend(c11.rearrange(SWAP_1), UPPER_1);
    FloatVector d11 = c10.rearrange(SWAP_1).blend(c11, UPPER_1);
    FloatVector d12 = c12.blend(c13.rearrange(SWAP_1), UPPER_1);
    FloatVector d13 = c12.rearrange(SWAP_1).blend(c13, UPPER_1);
    FloatVector d14 = c14.blend(c15.rearrange(SWAP_1), UPPER_1);
    FloatVector d15 = c14.rearrange(SWAP_1).blend(c15, UPPER_1);
    d0.intoArray(y, yo);
    d1.intoArray(y, yo + yStride);
    d2.intoArray(y, yo + 2 * yStride);
    d3.intoArray(y, yo + 3 * yStride);
    d4.intoArray(y, yo + 4 * yStride);
    d5.intoArray(y, yo + 5 * yStride);
    d6.intoArray(y, yo + 6 * yStride);
    d7.intoArray(y, yo + 7 * yStride);
    d8.intoArray(y, yo + 8 * yStride);
    d9.intoArray(y, yo + 9 * yStride);
    d10.intoArray(y, yo + 10 * yStride);
    d11.intoArray(y, yo + 11 * yStride);
    d12.intoArray(y, yo + 12 * yStride);
    d13.intoArray(y, yo + 13 * yStride);
    d14.intoArray(y, yo + 14 * yStride);
    d15.intoArray(y, yo + 15 * yStride);
  }
}
