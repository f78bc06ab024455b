package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.SimdReduce.SWAP_1;
import static io.cortado.cpu.simd.SimdReduce.SWAP_2;
import static io.cortado.cpu.simd.SimdReduce.SWAP_4;
import static io.cortado.cpu.simd.SimdReduce.SWAP_8;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes squares of lanes x lanes between rows and columns that lie anywhere.
 *
 * <p>In log2(lanes) steps of shuffles and blends, four vectors and two steps at a time, the first
 * steps kept in the destination's own memory.
 */
final class LaneSquares {

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.LENGTH;

  private static final VectorMask<Float> ODD_8 = odd(8);
  private static final VectorMask<Float> ODD_4 = odd(4);
  private static final VectorMask<Float> ODD_2 = odd(2);
  private static final VectorMask<Float> ODD_1 = odd(1);

  /** Lanes whose number has the bit {@code distance}. */
  private static VectorMask<Float> odd(int distance) {
    boolean[] set = new boolean[L];
    for (int i = 0; i < L; i++) {
      set[i] = (i & distance) != 0;
    }
    return VectorMask.fromArray(S, set, 0);
  }

  private LaneSquares() {}

  /**
   * Transposes L rows of L: row i is read at {@code from[i]} and column i written at {@code to[i]}.
   */
  static void transpose(
      float[] src,
      int srcOff,
      int[] from,
      int fromOff,
      float beta,
      float[] dst,
      int dstOff,
      int[] to,
      int toOff) {
    if (L == 16) {
      square16(src, srcOff, from, fromOff, beta, dst, dstOff, to, toOff);
    } else if (L == 8) {
      square8(src, srcOff, from, fromOff, beta, dst, dstOff, to, toOff);
    } else {
      square4(src, srcOff, from, fromOff, beta, dst, dstOff, to, toOff);
    }
  }

  private static void square16(
      float[] src,
      int srcOff,
      int[] from,
      int fromOff,
      float beta,
      float[] dst,
      int dstOff,
      int[] to,
      int toOff) {
    FloatVector r0 = FloatVector.fromArray(S, src, srcOff + from[fromOff]);
    FloatVector r1 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 1]);
    FloatVector r2 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 2]);
    FloatVector r3 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 3]);
    FloatVector r4 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 4]);
    FloatVector r5 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 5]);
    FloatVector r6 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 6]);
    FloatVector r7 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 7]);
    FloatVector r8 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 8]);
    FloatVector r9 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 9]);
    FloatVector r10 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 10]);
    FloatVector r11 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 11]);
    FloatVector r12 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 12]);
    FloatVector r13 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 13]);
    FloatVector r14 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 14]);
    FloatVector r15 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 15]);
    FloatVector t;
    t = r0.blend(r8.rearrange(SWAP_8), ODD_8);
    r8 = r0.rearrange(SWAP_8).blend(r8, ODD_8);
    r0 = t;
    t = r1.blend(r9.rearrange(SWAP_8), ODD_8);
    r9 = r1.rearrange(SWAP_8).blend(r9, ODD_8);
    r1 = t;
    t = r2.blend(r10.rearrange(SWAP_8), ODD_8);
    r10 = r2.rearrange(SWAP_8).blend(r10, ODD_8);
    r2 = t;
    t = r3.blend(r11.rearrange(SWAP_8), ODD_8);
    r11 = r3.rearrange(SWAP_8).blend(r11, ODD_8);
    r3 = t;
    t = r4.blend(r12.rearrange(SWAP_8), ODD_8);
    r12 = r4.rearrange(SWAP_8).blend(r12, ODD_8);
    r4 = t;
    t = r5.blend(r13.rearrange(SWAP_8), ODD_8);
    r13 = r5.rearrange(SWAP_8).blend(r13, ODD_8);
    r5 = t;
    t = r6.blend(r14.rearrange(SWAP_8), ODD_8);
    r14 = r6.rearrange(SWAP_8).blend(r14, ODD_8);
    r6 = t;
    t = r7.blend(r15.rearrange(SWAP_8), ODD_8);
    r15 = r7.rearrange(SWAP_8).blend(r15, ODD_8);
    r7 = t;
    t = r0.blend(r4.rearrange(SWAP_4), ODD_4);
    r4 = r0.rearrange(SWAP_4).blend(r4, ODD_4);
    r0 = t;
    t = r1.blend(r5.rearrange(SWAP_4), ODD_4);
    r5 = r1.rearrange(SWAP_4).blend(r5, ODD_4);
    r1 = t;
    t = r2.blend(r6.rearrange(SWAP_4), ODD_4);
    r6 = r2.rearrange(SWAP_4).blend(r6, ODD_4);
    r2 = t;
    t = r3.blend(r7.rearrange(SWAP_4), ODD_4);
    r7 = r3.rearrange(SWAP_4).blend(r7, ODD_4);
    r3 = t;
    t = r8.blend(r12.rearrange(SWAP_4), ODD_4);
    r12 = r8.rearrange(SWAP_4).blend(r12, ODD_4);
    r8 = t;
    t = r9.blend(r13.rearrange(SWAP_4), ODD_4);
    r13 = r9.rearrange(SWAP_4).blend(r13, ODD_4);
    r9 = t;
    t = r10.blend(r14.rearrange(SWAP_4), ODD_4);
    r14 = r10.rearrange(SWAP_4).blend(r14, ODD_4);
    r10 = t;
    t = r11.blend(r15.rearrange(SWAP_4), ODD_4);
    r15 = r11.rearrange(SWAP_4).blend(r15, ODD_4);
    r11 = t;
    t = r0.blend(r2.rearrange(SWAP_2), ODD_2);
    r2 = r0.rearrange(SWAP_2).blend(r2, ODD_2);
    r0 = t;
    t = r1.blend(r3.rearrange(SWAP_2), ODD_2);
    r3 = r1.rearrange(SWAP_2).blend(r3, ODD_2);
    r1 = t;
    t = r4.blend(r6.rearrange(SWAP_2), ODD_2);
    r6 = r4.rearrange(SWAP_2).blend(r6, ODD_2);
    r4 = t;
    t = r5.blend(r7.rearrange(SWAP_2), ODD_2);
    r7 = r5.rearrange(SWAP_2).blend(r7, ODD_2);
    r5 = t;
    t = r8.blend(r10.rearrange(SWAP_2), ODD_2);
    r10 = r8.rearrange(SWAP_2).blend(r10, ODD_2);
    r8 = t;
    t = r9.blend(r11.rearrange(SWAP_2), ODD_2);
    r11 = r9.rearrange(SWAP_2).blend(r11, ODD_2);
    r9 = t;
    t = r12.blend(r14.rearrange(SWAP_2), ODD_2);
    r14 = r12.rearrange(SWAP_2).blend(r14, ODD_2);
    r12 = t;
    t = r13.blend(r15.rearrange(SWAP_2), ODD_2);
    r15 = r13.rearrange(SWAP_2).blend(r15, ODD_2);
    r13 = t;
    t = r0.blend(r1.rearrange(SWAP_1), ODD_1);
    r1 = r0.rearrange(SWAP_1).blend(r1, ODD_1);
    r0 = t;
    t = r2.blend(r3.rearrange(SWAP_1), ODD_1);
    r3 = r2.rearrange(SWAP_1).blend(r3, ODD_1);
    r2 = t;
    t = r4.blend(r5.rearrange(SWAP_1), ODD_1);
    r5 = r4.rearrange(SWAP_1).blend(r5, ODD_1);
    r4 = t;
    t = r6.blend(r7.rearrange(SWAP_1), ODD_1);
    r7 = r6.rearrange(SWAP_1).blend(r7, ODD_1);
    r6 = t;
    t = r8.blend(r9.rearrange(SWAP_1), ODD_1);
    r9 = r8.rearrange(SWAP_1).blend(r9, ODD_1);
    r8 = t;
    t = r10.blend(r11.rearrange(SWAP_1), ODD_1);
    r11 = r10.rearrange(SWAP_1).blend(r11, ODD_1);
    r10 = t;
    t = r12.blend(r13.rearrange(SWAP_1), ODD_1);
    r13 = r12.rearrange(SWAP_1).blend(r13, ODD_1);
    r12 = t;
    t = r14.blend(r15.rearrange(SWAP_1), ODD_1);
    r15 = r14.rearrange(SWAP_1).blend(r15, ODD_1);
    r14 = t;
    if (beta != 0) {
      r0 = r0.add(FloatVector.fromArray(S, dst, dstOff + to[toOff]));
      r1 = r1.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 1]));
      r2 = r2.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 2]));
      r3 = r3.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 3]));
      r4 = r4.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 4]));
      r5 = r5.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 5]));
      r6 = r6.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 6]));
      r7 = r7.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 7]));
      r8 = r8.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 8]));
      r9 = r9.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 9]));
      r10 = r10.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 10]));
      r11 = r11.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 11]));
      r12 = r12.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 12]));
      r13 = r13.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 13]));
      r14 = r14.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 14]));
      r15 = r15.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 15]));
    }
    r0.intoArray(dst, dstOff + to[toOff]);
    r1.intoArray(dst, dstOff + to[toOff + 1]);
    r2.intoArray(dst, dstOff + to[toOff + 2]);
    r3.intoArray(dst, dstOff + to[toOff + 3]);
    r4.intoArray(dst, dstOff + to[toOff + 4]);
    r5.intoArray(dst, dstOff + to[toOff + 5]);
    r6.intoArray(dst, dstOff + to[toOff + 6]);
    r7.intoArray(dst, dstOff + to[toOff + 7]);
    r8.intoArray(dst, dstOff + to[toOff + 8]);
    r9.intoArray(dst, dstOff + to[toOff + 9]);
    r10.intoArray(dst, dstOff + to[toOff + 10]);
    r11.intoArray(dst, dstOff + to[toOff + 11]);
    r12.intoArray(dst, dstOff + to[toOff + 12]);
    r13.intoArray(dst, dstOff + to[toOff + 13]);
    r14.intoArray(dst, dstOff + to[toOff + 14]);
    r15.intoArray(dst, dstOff + to[toOff + 15]);
  }

  private static void square8(
      float[] src,
      int srcOff,
      int[] from,
      int fromOff,
      float beta,
      float[] dst,
      int dstOff,
      int[] to,
      int toOff) {
    FloatVector r0 = FloatVector.fromArray(S, src, srcOff + from[fromOff]);
    FloatVector r1 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 1]);
    FloatVector r2 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 2]);
    FloatVector r3 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 3]);
    FloatVector r4 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 4]);
    FloatVector r5 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 5]);
    FloatVector r6 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 6]);
    FloatVector r7 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 7]);
    FloatVector t;
    t = r0.blend(r4.rearrange(SWAP_4), ODD_4);
    r4 = r0.rearrange(SWAP_4).blend(r4, ODD_4);
    r0 = t;
    t = r1.blend(r5.rearrange(SWAP_4), ODD_4);
    r5 = r1.rearrange(SWAP_4).blend(r5, ODD_4);
    r1 = t;
    t = r2.blend(r6.rearrange(SWAP_4), ODD_4);
    r6 = r2.rearrange(SWAP_4).blend(r6, ODD_4);
    r2 = t;
    t = r3.blend(r7.rearrange(SWAP_4), ODD_4);
    r7 = r3.rearrange(SWAP_4).blend(r7, ODD_4);
    r3 = t;
    t = r0.blend(r2.rearrange(SWAP_2), ODD_2);
    r2 = r0.rearrange(SWAP_2).blend(r2, ODD_2);
    r0 = t;
    t = r1.blend(r3.rearrange(SWAP_2), ODD_2);
    r3 = r1.rearrange(SWAP_2).blend(r3, ODD_2);
    r1 = t;
    t = r4.blend(r6.rearrange(SWAP_2), ODD_2);
    r6 = r4.rearrange(SWAP_2).blend(r6, ODD_2);
    r4 = t;
    t = r5.blend(r7.rearrange(SWAP_2), ODD_2);
    r7 = r5.rearrange(SWAP_2).blend(r7, ODD_2);
    r5 = t;
    t = r0.blend(r1.rearrange(SWAP_1), ODD_1);
    r1 = r0.rearrange(SWAP_1).blend(r1, ODD_1);
    r0 = t;
    t = r2.blend(r3.rearrange(SWAP_1), ODD_1);
    r3 = r2.rearrange(SWAP_1).blend(r3, ODD_1);
    r2 = t;
    t = r4.blend(r5.rearrange(SWAP_1), ODD_1);
    r5 = r4.rearrange(SWAP_1).blend(r5, ODD_1);
    r4 = t;
    t = r6.blend(r7.rearrange(SWAP_1), ODD_1);
    r7 = r6.rearrange(SWAP_1).blend(r7, ODD_1);
    r6 = t;
    if (beta != 0) {
      r0 = r0.add(FloatVector.fromArray(S, dst, dstOff + to[toOff]));
      r1 = r1.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 1]));
      r2 = r2.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 2]));
      r3 = r3.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 3]));
      r4 = r4.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 4]));
      r5 = r5.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 5]));
      r6 = r6.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 6]));
      r7 = r7.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 7]));
    }
    r0.intoArray(dst, dstOff + to[toOff]);
    r1.intoArray(dst, dstOff + to[toOff + 1]);
    r2.intoArray(dst, dstOff + to[toOff + 2]);
    r3.intoArray(dst, dstOff + to[toOff + 3]);
    r4.intoArray(dst, dstOff + to[toOff + 4]);
    r5.intoArray(dst, dstOff + to[toOff + 5]);
    r6.intoArray(dst, dstOff + to[toOff + 6]);
    r7.intoArray(dst, dstOff + to[toOff + 7]);
  }

  private static void square4(
      float[] src,
      int srcOff,
      int[] from,
      int fromOff,
      float beta,
      float[] dst,
      int dstOff,
      int[] to,
      int toOff) {
    FloatVector r0 = FloatVector.fromArray(S, src, srcOff + from[fromOff]);
    FloatVector r1 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 1]);
    FloatVector r2 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 2]);
    FloatVector r3 = FloatVector.fromArray(S, src, srcOff + from[fromOff + 3]);
    FloatVector t;
    t = r0.blend(r2.rearrange(SWAP_2), ODD_2);
    r2 = r0.rearrange(SWAP_2).blend(r2, ODD_2);
    r0 = t;
    t = r1.blend(r3.rearrange(SWAP_2), ODD_2);
    r3 = r1.rearrange(SWAP_2).blend(r3, ODD_2);
    r1 = t;
    t = r0.blend(r1.rearrange(SWAP_1), ODD_1);
    r1 = r0.rearrange(SWAP_1).blend(r1, ODD_1);
    r0 = t;
    t = r2.blend(r3.rearrange(SWAP_1), ODD_1);
    r3 = r2.rearrange(SWAP_1).blend(r3, ODD_1);
    r2 = t;
    if (beta != 0) {
      r0 = r0.add(FloatVector.fromArray(S, dst, dstOff + to[toOff]));
      r1 = r1.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 1]));
      r2 = r2.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 2]));
      r3 = r3.add(FloatVector.fromArray(S, dst, dstOff + to[toOff + 3]));
    }
    r0.intoArray(dst, dstOff + to[toOff]);
    r1.intoArray(dst, dstOff + to[toOff + 1]);
    r2.intoArray(dst, dstOff + to[toOff + 2]);
    r3.intoArray(dst, dstOff + to[toOff + 3]);
  }
}
