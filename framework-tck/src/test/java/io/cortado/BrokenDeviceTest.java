package io.cortado;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.backend.BackendException;
import io.cortado.backend.Buffer;
import io.cortado.backend.ForwardingBackend;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device that fails in the middle of a step. */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BrokenDeviceTest {

  /** Gives no memory back once it is broken, as a CUDA context does. */
  private static final class Breaking extends ForwardingBackend {
    private boolean broken;

    Breaking() {
      super(new ReferenceBackend());
    }

    @Override
    public void release(Buffer buffer) {
      if (broken) {
        throw new BackendException("the device has failed");
      }
      super.release(buffer);
    }
  }

  @Test
  void closingEndsThoughAStepCouldNotGiveItsMemoryBack() {
    Breaking backend = new Breaking();
    Device device = Device.of(backend);
    assertThatThrownBy(
            () -> {
              try (Step step = device.step()) {
                Tensor unused = step.full(1, 3);
                backend.broken = true;
              }
            })
        .isInstanceOf(BackendException.class);
    backend.broken = false;
    device.close();
  }
}
