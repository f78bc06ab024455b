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
 * <p>Each operand is an allocation of its own and ends where that does, so that the emulator sees
 * each access beyond its end. {@link CudaPooledMemoryTest} is the same with the pool.
 */
final class CudaConformanceTest extends BackendConformance {

  @Override
  protected Backend open() {
    System.setProperty("cortado.tck.guards", "false");
    Emulator.load();
    return CudaBackend.open(BackendOptions.DEFAULTS, true);
  }

  @AfterAll
  static void theEmulatorFoundNothing() {
    assertThat(Emulator.reportLeaks()).isZero();
    assertThat(Emulator.errors()).isEmpty();
    assertThat(Session.missing(Session.calls().keySet()))
        .as("functions that Session does not call, so that CudaFailureTest does not make them fail")
        .isEmpty();
  }
}
