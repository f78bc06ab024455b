package io.cortado.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of the lanes of four vectors in a fixed order; reduceLanes promises none, and compiled code
 * differs from interpreted.
 */
final class VectorSums {

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.LENGTH;

  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  /** The lanes of the upper half, and of the upper half of each half. */
  private static final VectorMask<Float> HALF = upper(L / 2);

  private static final VectorMask<Float> QUARTER = upper(L / 4);
  private static final VectorShuffle<Float> BY_HALF = rotation(L / 2);
  private static final VectorMask<Float> NOT_HALF = HALF.not();
  private static final VectorMask<Float> NOT_QUARTER = QUARTER.not();
  private static final VectorShuffle<Float> SWAP_QUARTERS =
      VectorShuffle.fromOp(S, i -> i ^ (L / 4));

  private VectorSums() {}

  private static VectorMask<Float> upper(int block) {
    boolean[] lanes = new boolean[L];
    for (int i = 0; i < L; i++) {
      lanes[i] = (i & block) != 0;
    }
    return VectorMask.fromArray(S, lanes, 0);
  }

  private static VectorShuffle<Float> rotation(int by) {
    return VectorShuffle.fromOp(S, i -> (i + by) % L);
  }

  /**
   * Adds the lanes of four vectors at once: two become one of half sums, which lie side by side,
   * and two of those one of quarters.
   *
   * @param out receives four elements from {@code to} on
   */
  static void sums(
      FloatVector v0, FloatVector v1, FloatVector v2, FloatVector v3, float[] out, int to) {
    FloatVector w0 = v0.blend(v1, HALF).add(v0.blend(v1, NOT_HALF).rearrange(BY_HALF));
    FloatVector w1 = v2.blend(v3, HALF).add(v2.blend(v3, NOT_HALF).rearrange(BY_HALF));
    FloatVector s = w0.blend(w1, QUARTER).add(w0.blend(w1, NOT_QUARTER).rearrange(SWAP_QUARTERS));
    if (L >= 16) {
      s = s.add(s.rearrange(BY_2));
    }
    if (L >= 8) {
      s = s.add(s.rearrange(BY_1));
    }
    out[to] = s.lane(0);
    out[to + 1] = s.lane(L / 2);
    out[to + 2] = s.lane(L / 4);
    out[to + 3] = s.lane(L / 2 + L / 4);
  }
}
