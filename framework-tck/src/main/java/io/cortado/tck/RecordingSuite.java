package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.Recording;
import io.cortado.backend.RecordingException;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.UnaryOp;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Work that is recorded and replayed.
 *
 * <p>A backend that executes at once has to say so: that is all that is asked of it here.
 */
public abstract class RecordingSuite extends BackendSuite {

  private static final int N = 12;

  /** For subclasses. */
  protected RecordingSuite() {}

  /** Runs a test where the backend records, and the test of what does not elsewhere. */
  private void recording(Runnable test) {
    if (backend().canRecord()) {
      test.run();
    } else {
      boolean[] ran = {false};
      assertThatThrownBy(() -> backend().record(() -> ran[0] = true))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining(backend().name());
      assertThat(ran[0]).as("the work of a recording that is not made").isFalse();
    }
  }

  private Buffer floats(float... values) {
    Buffer buffer = backend().allocate(DType.FLOAT32, values.length);
    backend().upload(values, 0, buffer, 0, values.length);
    return buffer;
  }

  private Buffer full(float value) {
    Buffer buffer = backend().allocate(DType.FLOAT32, N);
    backend().fill(buffer, N, value);
    return buffer;
  }

  private float first(Buffer buffer) {
    float[] values = new float[N];
    backend().download(buffer, 0, values, 0, N);
    for (float v : values) {
      assertThat(v).isEqualTo(values[0]);
    }
    return values[0];
  }

  @Test
  void recordedWorkIsDoneWhenItIsReplayed() {
    recording(() -> {
      Backend backend = backend();
      Buffer x = full(1);
      backend.axpby(N, 2, x, 1, x); // what it takes to execute is there before recording
      backend.synchronize();
      try (Recording twice = backend.record(() -> backend.axpby(N, 1, x, 1, x))) {
        assertThat(first(x)).as("recorded, not executed").isEqualTo(3);
        twice.replay();
        assertThat(first(x)).isEqualTo(6);
        backend.fill(x, N, 5);
        twice.replay();
        twice.replay();
        assertThat(first(x)).as("reads what is there at the replay").isEqualTo(20);
      }
      backend.release(x);
    });
  }

  @Test
  void memoryOfARecordingIsNobodyElses() {
    recording(() -> {
      Backend backend = backend();
      Buffer x = full(3);
      Buffer y = full(0);
      Runnable work =
          () -> {
            Buffer between = backend.allocate(DType.FLOAT32, N);
            backend.unary(UnaryOp.SQUARE, N, x, between);
            backend.unary(UnaryOp.affine(-1, 0), N, between, y);
            backend.release(between);
          };
      work.run();
      long before = backend.memory().inUseBytes();
      Recording recording = backend.record(work);
      Buffer[] others = new Buffer[50];
      for (int i = 0; i < others.length; i++) {
        others[i] = full(i);
      }
      recording.replay();
      assertThat(first(y)).isEqualTo(-9);
      for (int i = 0; i < others.length; i++) {
        assertThat(first(others[i])).isEqualTo(i);
        backend.release(others[i]);
      }
      recording.close();
      recording.close();
      assertThat(backend.memory().inUseBytes()).as("given back by close").isEqualTo(before);
      backend.release(x);
      backend.release(y);
    });
  }

  @Test
  void whatIsAllocatedWhileRecordingAndKeptOutlivesIt() {
    recording(() -> {
      Backend backend = backend();
      Buffer x = full(3);
      long before = backend.memory().inUseBytes();
      Buffer[] kept = {x};
      Recording recording =
          backend.record(() -> {
            kept[0] = backend.allocate(DType.FLOAT32, N);
            backend.unary(UnaryOp.SQUARE, N, x, kept[0]);
          });
      recording.replay();
      recording.close();
      assertThat(first(kept[0])).isEqualTo(9);
      backend.release(kept[0]);
      assertThat(backend.memory().inUseBytes()).isEqualTo(before);
      backend.release(x);
    });
  }

  @Test
  void matrixProductsAndCopiesAreRecorded() {
    recording(() -> {
      Backend backend = backend();
      Buffer a = floats(1, 2, 3, 4);
      Buffer b = floats(1, 0, 0, 1);
      Buffer c = floats(0, 0, 0, 0);
      Runnable work =
          () -> {
            backend.gemm(GemmSpec.of(2, 2, 2, false, true), 1, a, b, 0, c);
            backend.copy(c, 0, b, 0, 4);
          };
      work.run();
      try (Recording product = backend.record(work)) {
        product.replay();
      }
      float[] values = new float[4];
      backend.download(b, 0, values, 0, 4);
      // The run made b = a, the replay b = a a'.
      assertThat(values).containsExactly(5, 11, 11, 25);
      List.of(a, b, c).forEach(backend::release);
    });
  }

  @Test
  void whatTheHostTakesPartInIsNotRecorded() {
    recording(() -> {
      Backend backend = backend();
      Buffer x = full(2);
      float[] host = new float[1];
      List<Runnable> works =
          List.of(
              () -> backend.download(x, 0, host, 0, 1),
              () -> backend.upload(host, 0, x, 0, 1),
              backend::synchronize,
              () -> backend.record(() -> {}).close());
      for (Runnable work : works) {
        long before = backend.memory().inUseBytes();
        assertThatThrownBy(() ->
                backend.record(() -> {
                  backend.fill(x, N, 9);
                  Buffer some = backend.allocate(DType.FLOAT32, N);
                  try {
                    work.run();
                  } finally {
                    backend.release(some);
                  }
                }))
            .isInstanceOf(RecordingException.class)
            .hasMessageContaining("being recorded");
        assertThat(first(x)).as("nothing was executed").isEqualTo(2);
        assertThat(backend.memory().inUseBytes()).isEqualTo(before);
      }
      backend.release(x);
    });
  }

  @Test
  void anExceptionEndsARecordingAndNothingElse() {
    recording(() -> {
      Backend backend = backend();
      Buffer x = full(2);
      assertThatThrownBy(() ->
              backend.record(() -> {
                backend.fill(x, N, 9);
                throw new IllegalArgumentException("of the body");
              }))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("of the body");
      assertThat(first(x)).isEqualTo(2);
      try (Recording recording = backend.record(() -> backend.fill(x, N, 4))) {
        recording.replay();
      }
      assertThat(first(x)).isEqualTo(4);
      backend.release(x);
    });
  }
}
