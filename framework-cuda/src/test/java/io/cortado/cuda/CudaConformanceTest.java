package io.cortado.cuda;

import io.cortado.backend.Backend;
import io.cortado.tck.BackendConformance;
import org.junit.jupiter.api.AfterAll;

/**
 * The conformance kit on the emulated libraries, where no figure is a GPU's; on a GPU with {@code
 * CORTADO_CUDA=real}.
 *
 * <p>Each operand is an allocation of its own, so that the emulator sees its bounds.
 */
final class CudaConformanceTest extends BackendConformance {

  @Override
  protected Backend open() {
    return CudaUnderTest.open(true);
  }

  @AfterAll
  static void nothingWasFound() {
    CudaUnderTest.checkAfterwards();
  }
}
