package io.cortado.cpu.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.backend.BackendException;
import org.junit.jupiter.api.Test;

/** Memory that operations work in. */
class ScratchTest {

  /** No virtual machine has an array as long as the largest int. */
  private static final int TOO_LONG = Integer.MAX_VALUE;

  @Test
  void saysWhatThereIsNoMemoryForAndWhatHelps() {
    FloatScratch floats = new FloatScratch();
    floats.get(3);
    assertThatThrownBy(() -> floats.get(TOO_LONG))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("needs 8589934588 bytes to work in")
        .hasMessageContaining("-Xmx")
        .hasCauseInstanceOf(OutOfMemoryError.class);
    assertThat(floats.get(5)).hasSizeGreaterThanOrEqualTo(5);
    DoubleScratch doubles = new DoubleScratch();
    doubles.zeros(3);
    assertThatThrownBy(() -> doubles.zeros(TOO_LONG))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("needs 17179869176 bytes to work in");
    assertThat(doubles.zeros(5)).containsOnly(0);
  }
}
