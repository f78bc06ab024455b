package io.cortado.cuda;

import io.cortado.backend.Backend;
import io.cortado.tck.BackendConformance;
import org.junit.jupiter.api.AfterAll;

/** The conformance kit with the pool of memory, as it is used outside of tests. */
final class CudaPooledMemoryTest extends BackendConformance {

  @Override
  protected Backend open() {
    CudaUnderTest.limitPrograms();
    return CudaUnderTest.open(false);
  }

  @AfterAll
  static void nothingWasFound() {
    CudaUnderTest.checkAfterwards();
  }
}
