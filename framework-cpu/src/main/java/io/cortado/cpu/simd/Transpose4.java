package io.cortado.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes 4 x 4 elements in registers.
 *
 * <p>Round d exchanges elements of two vectors d apart: the lanes whose number lacks the bit d stay
 * in the first, the others move. About 0.7 cycles an element, bound by the shuffles.
 */
final class Transpose4 {

  private static final VectorSpecies<Float> S = FloatVector.SPECIES_128;

  private static final VectorShuffle<Float> UP_1 =
      VectorShuffle.fromOp(S, i -> (i & 1) == 0 ? i : i - 1);
  private static final VectorShuffle<Float> DOWN_1 =
      VectorShuffle.fromOp(S, i -> (i & 1) == 0 ? i + 1 : i);
  private static final VectorMask<Float> HIGH_1 = high(1);
  private static final VectorShuffle<Float> UP_2 =
      VectorShuffle.fromOp(S, i -> (i & 2) == 0 ? i : i - 2);
  private static final VectorShuffle<Float> DOWN_2 =
      VectorShuffle.fromOp(S, i -> (i & 2) == 0 ? i + 2 : i);
  private static final VectorMask<Float> HIGH_2 = high(2);

  private Transpose4() {}

  private static VectorMask<Float> high(int bit) {
    boolean[] lanes = new boolean[4];
    for (int i = 0; i < 4; i++) {
      lanes[i] = (i & bit) != 0;
    }
    return VectorMask.fromArray(S, lanes, 0);
  }

  /**
   * Packs 4 rows that lie ld apart as columns: {@code dst[d + p * width + i] = src[s + i * ld +
   * p]}.
   */
  static void pack(int depth, float[] src, int s, int ld, float[] dst, int d, int width) {
    int p = 0;
    for (; p <= depth - 4; p += 4) {
      int from = s + p;
      int to = d + p * width;
      FloatVector r0 = FloatVector.fromArray(S, src, from);
      FloatVector r1 = FloatVector.fromArray(S, src, from + ld);
      FloatVector r2 = FloatVector.fromArray(S, src, from + 2 * ld);
      FloatVector r3 = FloatVector.fromArray(S, src, from + 3 * ld);
      FloatVector s0 = r0.blend(r1.rearrange(UP_1), HIGH_1);
      FloatVector s1 = r0.rearrange(DOWN_1).blend(r1, HIGH_1);
      FloatVector s2 = r2.blend(r3.rearrange(UP_1), HIGH_1);
      FloatVector s3 = r2.rearrange(DOWN_1).blend(r3, HIGH_1);
      FloatVector t0 = s0.blend(s2.rearrange(UP_2), HIGH_2);
      FloatVector t2 = s0.rearrange(DOWN_2).blend(s2, HIGH_2);
      FloatVector t1 = s1.blend(s3.rearrange(UP_2), HIGH_2);
      FloatVector t3 = s1.rearrange(DOWN_2).blend(s3, HIGH_2);
      t0.intoArray(dst, to);
      t1.intoArray(dst, to + width);
      t2.intoArray(dst, to + 2 * width);
      t3.intoArray(dst, to + 3 * width);
    }
    for (int i = 0; i < 4; i++) {
      VectorProductKernel.packColumn(depth - p, src, s + i * ld + p, dst, d + p * width + i, width);
    }
  }
}
