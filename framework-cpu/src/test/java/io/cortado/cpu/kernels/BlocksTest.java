package io.cortado.cpu.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BlocksTest {

  @Test
  void theLastBlockEndsWithTheLargestArray() {
    int n = Integer.MAX_VALUE;
    int last = (Blocks.count(n, Blocks.LIGHT) - 1) * Blocks.LIGHT;
    assertThat(Blocks.end(last, Blocks.LIGHT, n)).isEqualTo(n);
    assertThat(Blocks.end(0, Blocks.LIGHT, n)).isEqualTo(Blocks.LIGHT);
    assertThat(Blocks.end(0, Blocks.LIGHT, 5)).isEqualTo(5);
  }
}
