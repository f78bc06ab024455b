package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.ForwardingBackend;
import io.cortado.backend.Recording;
import io.cortado.backend.spec.CtcSpec;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.tck.SequenceLossSuite;
import io.cortado.tck.TorchLossesSuite;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;

/**
 * The kit's CTC losses by cuDNN; on the emulated libraries, or on a GPU with {@code
 * CORTADO_CUDA=real}.
 */
final class CudnnCtcConformanceTest {

  @AfterAll
  static void nothingWasFound() {
    CudaUnderTest.checkAfterwards();
  }

  /** The kit's cases, each as it is called. */
  @Nested
  final class Eager extends SequenceLossSuite {
    @Override
    protected Backend open() {
      return CudaUnderTest.open(true, CtcChoice.CUDNN);
    }

    @AfterAll
    void cudnnWasCalled() {
      if (!Emulator.isReplacedByAGpu()) {
        assertThat(Emulator.counter("call.cudnnCTCLoss_v8")).isGreaterThan(20);
      }
    }
  }

  /** The kit's cases, each out of a captured graph. */
  @Nested
  final class Captured extends SequenceLossSuite {
    @Override
    protected Backend open() {
      return new Recorded(CudaUnderTest.open(true, CtcChoice.CUDNN));
    }
  }

  /** PyTorch's values. */
  @Nested
  final class Torch extends TorchLossesSuite {
    @Override
    protected Backend open() {
      return CudaUnderTest.open(true, CtcChoice.CUDNN);
    }
  }

  /** Has each loss come out of the replay of a recording. */
  private static final class Recorded extends ForwardingBackend {
    Recorded(Backend delegate) {
      super(delegate);
    }

    @Override
    public void ctcLoss(
        CtcSpec s,
        Buffer x,
        Buffer targets,
        Buffer inputLengths,
        Buffer targetLengths,
        Buffer losses,
        @Nullable Buffer gradient) {
      Runnable work =
          () -> delegate().ctcLoss(s, x, targets, inputLengths, targetLengths, losses, gradient);
      work.run();
      if (s.batch() == 0) {
        return; // nothing is launched, and so nothing recorded
      }
      try (Recording recording = delegate().record(work)) {
        delegate().fill(losses, losses.length(), Float.NaN);
        if (gradient != null) {
          delegate().fill(gradient, gradient.length(), Float.NaN);
        }
        recording.replay();
        delegate().synchronize();
      }
    }
  }
}
