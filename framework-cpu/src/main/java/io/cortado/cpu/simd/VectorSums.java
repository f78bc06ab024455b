package io.cortado.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of a vector's lanes in a fixed order; reduceLanes promises none, and compiled code differs
 * from interpreted.
 */
final class VectorSums {

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.LENGTH;

  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  private VectorSums() {}

  private static VectorShuffle<Float> rotation(int by) {
    return VectorShuffle.fromOp(S, i -> (i + by) % L);
  }

  /** Adds the lanes, halves first. */
  static float sum(FloatVector v) {
    FloatVector s = v;
    if (L >= 16) {
      s = s.add(s.rearrange(BY_8));
    }
    if (L >= 8) {
      s = s.add(s.rearrange(BY_4));
    }
    s = s.add(s.rearrange(BY_2));
    return s.add(s.rearrange(BY_1)).lane(0);
  }
}
