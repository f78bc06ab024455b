package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.cuda.dnn.Limits;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import io.cortado.tck.BatchNormSuite;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The kit on a cuDNN of which little is asked: what is beyond its limits in fact has no room. */
@OnEmulator
final class CudnnLimitsConformanceTest {

  @BeforeAll
  static void fresh() {
    Emulator.load();
    Emulator.reset();
  }

  @AfterAll
  static void nothingWasFound() {
    CudaUnderTest.checkAfterwards();
  }

  private static Backend open(Limits limits) {
    return CudaBackend.open(BackendOptions.DEFAULTS, true, CtcChoice.OWN, limits);
  }

  /** Batches of more images than cuDNN is asked to normalise. */
  @Nested
  final class ManyImages extends BatchNormSuite {
    @Override
    protected Backend open() {
      return CudnnLimitsConformanceTest.open(new Limits(1 << 20, Integer.MAX_VALUE, 0));
    }

    @AfterAll
    void noneIsCudnns() {
      assertThat(Emulator.counter("call.cudnnBatchNormalizationForwardTraining")).isZero();
      assertThat(Emulator.counter("call.cudnnBatchNormalizationBackward")).isZero();
      assertThat(Emulator.counter("kernel.batch_norm_batch_gradient")).isPositive();
    }
  }
}
