package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.cuda.dnn.Limits;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import io.cortado.tck.BatchNormSuite;
import io.cortado.tck.ConvSuite;
import io.cortado.tck.LrnSuite;
import io.cortado.tck.PoolSuite;
import io.cortado.tck.RnnLayerSuite;
import io.cortado.tck.SoftmaxSuite;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

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

  /** Opens a cuDNN of smaller tensors, which refuses larger ones. */
  private static Backend openSmall(long elements) {
    Emulator.configure("cudnn.elements", elements + 1);
    Emulator.resetCounters();
    return open(new Limits(1 << 20, elements, Integer.MAX_VALUE));
  }

  /** Convolutions, of which those of several larger images have to be cut. */
  @Nested
  final class Convolutions extends ConvSuite {
    @Override
    protected Backend open() {
      return openSmall(5600);
    }
  }

  /** Softmaxes, of which the one of two rows of 1000 is cut. */
  @Nested
  final class Softmaxes extends SoftmaxSuite {
    @Override
    protected Backend open() {
      return openSmall(1000);
    }
  }

  /** Poolings, by own kernels beyond the limit. */
  @Nested
  final class Poolings extends PoolSuite {
    @Override
    protected Backend open() {
      return openSmall(0);
    }

    @AfterAll
    void noneIsCudnns() {
      assertThat(Emulator.counter("call.cudnnPoolingForward")).isZero();
    }
  }

  @Nested
  final class LocalResponses extends LrnSuite {
    @Override
    protected Backend open() {
      return openSmall(0);
    }

    @AfterAll
    void noneIsCudnns() {
      assertThat(Emulator.counter("call.cudnnLRNCrossChannelForward")).isZero();
    }
  }

  @Nested
  final class BatchNorms extends BatchNormSuite {
    @Override
    protected Backend open() {
      return openSmall(20);
    }
  }

  @Nested
  final class RecurrentLayers extends RnnLayerSuite {
    @Override
    protected Backend open() {
      return openSmall(20);
    }
  }

  @Test
  void aSampleThatIsTooLargeIsRefusedInWords() {
    try (Backend backend = openSmall(100)) {
      Buffer x = backend.allocate(DType.FLOAT32, 202);
      SoftmaxSpec spec = new SoftmaxSpec(new AxisSpec(2, 101, 1), false);
      assertThatThrownBy(() -> backend.softmax(spec, x, x))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("SoftmaxSpec")
          .hasMessageContaining("101 elements")
          .hasMessageContaining("smaller samples");
      backend.release(x);
    }
    assertThat(Emulator.errors()).isEmpty();
  }
}
