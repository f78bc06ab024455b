package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.SPECIES;
import static io.cortado.cpu.simd.ScalarPhilox.LOW;
import static io.cortado.cpu.simd.ScalarPhilox.MULTIPLIER_0;
import static io.cortado.cpu.simd.ScalarPhilox.MULTIPLIER_1;
import static io.cortado.cpu.simd.ScalarPhilox.ROUNDS;
import static io.cortado.cpu.simd.ScalarPhilox.WEYL_0;
import static io.cortado.cpu.simd.ScalarPhilox.WEYL_1;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Philox 4x32-10 by the Vector API: a block in each lane of 64 bits, the words in their low halves.
 *
 * <p>Bound: ten rounds of two products and eight simple operations, for four words of each lane.
 */
final class SimdPhilox {

  private static final VectorSpecies<Long> WIDE = SPECIES.withLanes(long.class);
  private static final int LENGTH = WIDE.length();

  /** The lanes' numbers. */
  private static final LongVector COUNT = LongVector.zero(WIDE).addIndex(1);

  /** Lanes of two vectors in turns: those of the first halves, and of the second ones. */
  private static final VectorShuffle<Long> FIRST = turns(0);

  private static final VectorShuffle<Long> SECOND = turns(LENGTH / 2);

  private SimdPhilox() {}

  static void words(
      int key0,
      int key1,
      int counter0,
      int counter1,
      int counter2,
      int counter3,
      int blocks,
      int[] out) {
    int b = 0;
    for (; b + LENGTH <= blocks; b += LENGTH) {
      LongVector x0 = COUNT.add(counter0 + b).and(LOW);
      LongVector x1 = LongVector.broadcast(WIDE, counter1 & LOW);
      LongVector x2 = LongVector.broadcast(WIDE, counter2 & LOW);
      LongVector x3 = LongVector.broadcast(WIDE, counter3 & LOW);
      int k0 = key0;
      int k1 = key1;
      for (int r = 0; r < ROUNDS; r++) {
        LongVector p0 = x0.mul(MULTIPLIER_0);
        LongVector p1 = x2.mul(MULTIPLIER_1);
        x0 = p1.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, x1);
        x0 = x0.lanewise(VectorOperators.XOR, k0 & LOW);
        x1 = p1.and(LOW);
        x2 = p0.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, x3);
        x2 = x2.lanewise(VectorOperators.XOR, k1 & LOW);
        x3 = p0.and(LOW);
        k0 += WEYL_0;
        k1 += WEYL_1;
      }
      LongVector low = x1.lanewise(VectorOperators.LSHL, 32).or(x0);
      LongVector high = x3.lanewise(VectorOperators.LSHL, 32).or(x2);
      low.rearrange(FIRST, high).reinterpretAsInts().intoArray(out, 4 * b);
      low.rearrange(SECOND, high).reinterpretAsInts().intoArray(out, 4 * b + 2 * LENGTH);
    }
    ScalarPhilox.words(key0, key1, counter0, counter1, counter2, counter3, b, blocks, out);
  }

  /** Takes lanes from {@code first} on, even ones from the first vector, odd from the second. */
  private static VectorShuffle<Long> turns(int first) {
    return VectorShuffle.fromOp(WIDE, i -> i % 2 == 0 ? first + i / 2 : first + i / 2 - LENGTH);
  }
}
