package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.tck.BackendConformance;
import org.junit.jupiter.api.AfterAll;

/**
 * The conformance kit on the emulated libraries: no GPU, and no figure from here is a GPU's.
 *
 * <p>Each operand is an allocation of its own, so that the emulator sees its bounds.
 */
final class CudaConformanceTest extends BackendConformance {

  @Override
  protected Backend open() {
    Emulator.load();
    return CudaBackend.open(BackendOptions.DEFAULTS, true);
  }

  @AfterAll
  static void theEmulatorFoundNothing() {
    assertThat(Emulator.reportLeaks()).isZero();
    assertThat(Emulator.errors()).isEmpty();
  }
}
