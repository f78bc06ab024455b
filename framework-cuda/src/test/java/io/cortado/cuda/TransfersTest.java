package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cuda.emulated.Emulator;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies through page-locked memory, which the host and the device write in turn. */
final class TransfersTest {

  private Backend backend;

  @BeforeEach
  void open() {
    Emulator.load();
    Emulator.reset();
    Emulator.configure("log", 0);
    backend = CudaBackend.open(BackendOptions.DEFAULTS, false);
  }

  @AfterEach
  void close() {
    backend.close();
    assertThat(Emulator.reportLeaks()).isZero();
    assertThat(Emulator.errors()).isEmpty();
  }

  private static float[] numbers(int n, float first) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = first + i;
    }
    return values;
  }

  /** More uploads than there are staging buffers, and nothing in between that waits. */
  @Test
  void eachUploadArrivesThoughTheStagingBuffersAreUsedAgain() {
    for (int seed = 1; seed <= 5; seed++) {
      Emulator.setSeed(seed);
      Buffer x = backend.allocate(DType.FLOAT32, 300 * 16);
      for (int i = 0; i < 300; i++) {
        backend.upload(numbers(16, 100 * i), 0, x, 16 * i, 16);
      }
      float[] got = new float[300 * 16];
      backend.download(x, 0, got, 0, got.length);
      for (int i = 0; i < 300; i++) {
        assertThat(got[16 * i]).isEqualTo(100f * i);
        assertThat(got[16 * i + 15]).isEqualTo(100f * i + 15);
      }
      backend.release(x);
    }
  }

  /** In pieces, of which there are more than staging buffers. */
  @Test
  void aLargeArrayArrivesWhole() {
    int n = 10 * (1 << 20) + 7;
    Buffer x = backend.allocate(DType.FLOAT32, n);
    float[] values = numbers(n, 0);
    backend.upload(values, 0, x, 0, n);
    float[] got = new float[n];
    backend.download(x, 0, got, 0, n);
    assertThat(got).isEqualTo(values);
    int[] ints = {3, 1, 2};
    Buffer y = backend.allocate(DType.INT32, 3);
    backend.upload(ints, 0, y, 0, 3);
    int[] back = new int[3];
    backend.download(y, 0, back, 0, 3);
    assertThat(back).isEqualTo(ints);
  }

  /** Landing places are for speed: where there is no memory for one, uploads go without. */
  @Test
  void uploadsArriveWhereThereIsNoRoomForLandingPlaces() {
    int n = 3 * (1 << 20);
    Buffer x = backend.allocate(DType.FLOAT32, n);
    for (int failing = 1; failing <= 2; failing++) { // none at all, then one
      Emulator.failNth("cuMemAlloc", failing, CudaErrors.OUT_OF_MEMORY);
      float[] values = numbers(n, failing);
      backend.upload(values, 0, x, 0, n);
      float[] got = new float[n];
      backend.download(x, 0, got, 0, n);
      assertThat(got).isEqualTo(values);
      backend.close();
      open();
      x = backend.allocate(DType.FLOAT32, n);
    }
  }

  @Test
  void aLandingPlaceThatHasNoEventsIsGivenBack() {
    float[] values = numbers(1 << 16, 0);
    for (int failing = 2; failing <= 3; failing++) { // the first is the staging buffer's
      Buffer x = backend.allocate(DType.FLOAT32, values.length);
      Emulator.failNth("cuEventCreate", failing, 999);
      assertThatThrownBy(() -> backend.upload(values, 0, x, 0, values.length))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("cuEventCreate");
      backend.upload(values, 0, x, 0, values.length);
      backend.close();
      open();
    }
  }

  @Test
  void anyThreadMayUseADevice() {
    float[] got = new float[4];
    CompletableFuture.runAsync(
            () -> {
              Buffer x = backend.allocate(DType.FLOAT32, 4);
              backend.upload(numbers(4, -2), 0, x, 0, 4);
              backend.unary(UnaryOp.RELU, 4, x, x);
              backend.download(x, 0, got, 0, 4);
              backend.release(x);
            })
        .join();
    assertThat(got).containsExactly(0, 0, 0, 1);
  }
}
