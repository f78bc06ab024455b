package io.cortado.cuda.dnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.backend.BackendException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PiecesTest {

  private static List<Long> sizes(long batch, long sample) {
    List<Long> sizes = new ArrayList<>();
    Pieces.of(batch, sample, Limits.DEFAULT, "a spec")
        .each((first, count) -> {
          assertThat(first).isEqualTo(sizes.stream().mapToLong(n -> n).sum());
          assertThat(count * sample).isLessThan(1L << 31);
          sizes.add((long) count);
        });
    return sizes;
  }

  @Test
  void whatFitsIsNotCut() {
    assertThat(sizes(256, 1 << 20)).containsExactly(256L);
    assertThat(sizes((1L << 31) - 1, 1)).containsExactly((1L << 31) - 1);
  }

  @Test
  void aBatchIsCutWhereMemoryIsAligned() {
    // a softmax of [512, 2048, 2048], a convolution's output [256, 64, 512, 512]
    assertThat(sizes(512, 2048 * 2048)).containsExactly(448L, 64L);
    assertThat(sizes(256, 64 * 512 * 512)).containsExactly(64L, 64L, 64L, 64L);
    assertThat(sizes(8, 700_000_000)).containsExactly(2L, 2L, 2L, 2L);
    assertThat(sizes(3, (1L << 31) - 1)).containsExactly(1L, 1L, 1L);
    assertThat(sizes(1L << 32, 1).stream().mapToLong(n -> n).sum()).isEqualTo(1L << 32);
  }

  @Test
  void aSampleThatIsTooLargeIsSaid() {
    assertThatThrownBy(() -> sizes(1, 1L << 31))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("a spec: one sample is a tensor of 2147483648 elements")
        .hasMessageContaining("at most 2147483647: use smaller samples");
  }
}
