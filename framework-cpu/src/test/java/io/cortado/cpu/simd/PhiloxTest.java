package io.cortado.cpu.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The known answers that Random123 publishes. */
@Tag("width")
@ExtendWith(OnProcessorsThatHaveIt.class)
final class PhiloxTest {

  static List<VectorOps> ops() {
    return List.of(new SimdVectorOps(), new ScalarVectorOps());
  }

  private static int[] block(VectorOps ops, int key0, int key1, int c0, int c1, int c2, int c3) {
    int[] words = new int[4];
    ops.philox(key0, key1, c0, c1, c2, c3, 1, words);
    return words;
  }

  @ParameterizedTest
  @MethodSource("ops")
  void givesTheKnownAnswers(VectorOps ops) {
    assertThat(block(ops, 0, 0, 0, 0, 0, 0))
        .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertThat(block(ops, -1, -1, -1, -1, -1, -1))
        .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertThat(block(ops, 0xa4093822, 0x299f31d0, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344))
        .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  /** As many blocks as make whole vectors and a tail, over the end of the counter's word. */
  @ParameterizedTest
  @MethodSource("ops")
  void manyBlocksAreTheBlocksOneByOne(VectorOps ops) {
    int blocks = 29;
    int[] words = new int[4 * blocks];
    ops.philox(1, 2, -11, 4, 5, 6, blocks, words);
    for (int b = 0; b < blocks; b++) {
      assertThat(Arrays.copyOfRange(words, 4 * b, 4 * b + 4))
          .as("block %d", b)
          .isEqualTo(block(new ScalarVectorOps(), 1, 2, b - 11, 4, 5, 6));
    }
  }
}
