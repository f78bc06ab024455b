package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.tck.BackendConformance;
import org.junit.jupiter.api.AfterAll;

/** The conformance kit with the pool of memory, as it is used outside of tests. */
final class CudaPooledMemoryTest extends BackendConformance {

  @Override
  protected Backend open() {
    Emulator.load();
    return CudaBackend.open(BackendOptions.DEFAULTS, false);
  }

  @AfterAll
  static void theEmulatorFoundNothing() {
    assertThat(Emulator.reportLeaks()).isZero();
    assertThat(Emulator.errors()).isEmpty();
  }
}
