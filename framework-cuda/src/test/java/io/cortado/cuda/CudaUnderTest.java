package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.BackendOptions;
import io.cortado.cuda.emulated.Emulator;

/** Opens what the tests that run everywhere run on: the emulated libraries, or a GPU. */
final class CudaUnderTest {

  private CudaUnderTest() {}

  /** Opens the device, which has to be there, with the CTC loss by own kernels. */
  static CudaBackend open(boolean exact) {
    return open(exact, CtcChoice.OWN);
  }

  /**
   * Opens the device, which has to be there.
   *
   * @param exact see {@link CudaBackend#open}
   */
  static CudaBackend open(boolean exact, CtcChoice ctcChoice) {
    if (!Emulator.isReplacedByAGpu()) {
      Emulator.load();
      return CudaBackend.open(BackendOptions.DEFAULTS, exact, ctcChoice);
    }
    // As the provider does it, and so with its sentence about what is missing.
    CudaBackend backend = (CudaBackend) new CudaProvider().open(BackendOptions.DEFAULTS);
    if (!exact && ctcChoice == CtcChoice.OWN) {
      return backend;
    }
    backend.close();
    return CudaBackend.open(BackendOptions.DEFAULTS, exact, ctcChoice);
  }

  /** Has the emulated device run some random programs only: it compiles most of them anew. */
  static void limitPrograms() {
    if (!Emulator.isReplacedByAGpu()) {
      System.setProperty("cortado.tck.programs", "50");
    }
  }

  /** Fails if the emulator found a mistake or a leak; a GPU has nobody who looks for them. */
  static void checkAfterwards() {
    if (!Emulator.isReplacedByAGpu()) {
      assertThat(Emulator.reportLeaks()).isZero();
      assertThat(Emulator.errors()).isEmpty();
    }
  }
}
