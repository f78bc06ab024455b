package io.cortado.cpu.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The known answers that Random123 publishes. */
final class PhiloxTest {

  private static int[] block(int key0, int key1, int c0, int c1, int c2, int c3) {
    int[] words = new int[4];
    Philox.words(key0, key1, c0, c1, c2, c3, 1, words);
    return words;
  }

  @Test
  void givesTheKnownAnswers() {
    assertThat(block(0, 0, 0, 0, 0, 0))
        .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertThat(block(-1, -1, -1, -1, -1, -1))
        .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertThat(block(0xa4093822, 0x299f31d0, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344))
        .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  @Test
  void manyBlocksAreTheBlocksOneByOne() {
    int[] words = new int[28];
    Philox.words(1, 2, 3, 4, 5, 6, 7, words);
    for (int b = 0; b < 7; b++) {
      assertThat(words).containsSequence(block(1, 2, 3 + b, 4, 5, 6));
    }
  }
}
