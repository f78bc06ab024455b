package io.cortado;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhiloxTest {

  /** The known-answer vectors that Random123 is published with (kat_vectors, philox4x32 10). */
  @ParameterizedTest
  @CsvSource({
    "00000000 00000000 00000000 00000000, 00000000 00000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0, d16cfe09 94fdcceb 5001e420 24126ea1"
  })
  void computesRandom123sVectors(String counter, String key, String expected) {
    int[] c = hex(counter);
    int[] k = hex(key);
    int[] out = new int[4];
    Philox.block((long) k[1] << 32 | k[0] & 0xFFFFFFFFL, c[0], c[1], c[2], c[3], out);
    assertThat(out).containsExactly(hex(expected));
  }

  private static int[] hex(String words) {
    return Arrays.stream(words.split(" ")).mapToInt(w -> Integer.parseUnsignedInt(w, 16)).toArray();
  }

  @Test
  void walksThroughTheBlocksOfItsRun() {
    long step = 0x0123_4567_89AB_CDEFL;
    Philox random = new Philox(42, RandomStream.SHUFFLE, 7, step);
    int[] block = new int[4];
    for (int b = 0; b < 3; b++) {
      Philox.block(42, b, 7, 0x89ABCDEF, 2 << 24 | 0x234567, block);
      for (int w : block) {
        assertThat(random.nextInt()).isEqualTo(w);
      }
    }
  }

  @Test
  void streamsOrdinalsStepsAndSeedsAreIndependent() {
    long[] firsts = {
      new Philox(1, RandomStream.INIT, 0, 0).nextLong(),
      new Philox(2, RandomStream.INIT, 0, 0).nextLong(),
      new Philox(1, RandomStream.DROPOUT, 0, 0).nextLong(),
      new Philox(1, RandomStream.INIT, 1, 0).nextLong(),
      new Philox(1, RandomStream.INIT, 0, 1).nextLong(),
      new Philox(1, RandomStream.INIT, 0, 1L << 32).nextLong()
    };
    assertThat(firsts).doesNotHaveDuplicates();
  }

  @Test
  void normalNumbersHaveTheMomentsOfTheNormalDistribution() {
    Philox random = new Philox(3, RandomStream.USER, 0, 0);
    int n = 200_000;
    double sum = 0;
    double squares = 0;
    double fourth = 0;
    for (int i = 0; i < n; i++) {
      double x = random.nextGaussian();
      sum += x;
      squares += x * x;
      fourth += x * x * x * x;
    }
    // Five standard errors each: 1, sqrt 2 and sqrt 96 over sqrt n.
    assertThat(sum / n).isBetween(-0.0112, 0.0112);
    assertThat(squares / n).isBetween(1 - 0.0159, 1 + 0.0159);
    assertThat(fourth / n).isBetween(3 - 0.11, 3 + 0.11);
  }

  @Test
  void permutationsHoldEachIndexOnceAndAreUnbiased() {
    int[] order = new int[5];
    int[] firstIsZero = new int[5];
    Philox random = new Philox(9, RandomStream.SHUFFLE, 0, 0);
    int n = 20_000;
    for (int i = 0; i < n; i++) {
      random.permutation(order);
      for (int k = 0; k < 5; k++) {
        if (order[k] == 0) {
          firstIsZero[k]++;
        }
      }
      assertThat(Arrays.stream(order).sorted().toArray()).containsExactly(0, 1, 2, 3, 4);
    }
    for (int count : firstIsZero) {
      assertThat(count).isBetween(n / 5 - 300, n / 5 + 300); // five standard errors of 57
    }
  }
}
