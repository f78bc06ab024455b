package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.Backend;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.tck.BackendConformance;
import org.junit.jupiter.api.AfterAll;

/**
 * The conformance kit on the emulated libraries, where no figure is a GPU's; on a GPU with {@code
 * CORTADO_CUDA=real}.
 *
 * <p>Each operand is an allocation of its own and ends where that does, so that the emulator sees
 * each access beyond its end. {@link CudaPooledMemoryTest} is the same with the pool.
 */
final class CudaConformanceTest extends BackendConformance {

  @Override
  protected Backend open() {
    if (!Emulator.isReplacedByAGpu()) {
      System.setProperty("cortado.tck.guards", "false");
    }
    CudaUnderTest.limitPrograms();
    return CudaUnderTest.open(true);
  }

  @AfterAll
  static void nothingWasFound() {
    CudaUnderTest.checkAfterwards();
    if (!Emulator.isReplacedByAGpu()) {
      assertThat(Session.missing(Session.calls().keySet()))
          .as("functions that Session leaves out, so that CudaFailureTest does not make them fail")
          .isEmpty();
    }
  }
}
