package io.cortado.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.DType;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.tck.reference.ReferenceBackend;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What core's own operations hold for themselves is given back where a call of theirs fails. */
final class FailingCallsTest {

  private static BackendException failure() {
    return new BackendException("the device is gone");
  }

  private final Backend backend =
      new ForwardingBackend(new ReferenceBackend()) {
        @Override
        public void clipNorm(long n, float maxNorm, Buffer x, Buffer norm) {
          throw failure();
        }
      };

  private static final RnnCell CELL =
      new RnnCell() {
        @Override
        public void forward(
            RnnSpec s,
            int t,
            @Nullable Buffer lengths,
            Buffer reserve,
            Buffer recurrent,
            @Nullable Buffer biasIh,
            @Nullable Buffer biasHh,
            Buffer y) {
          throw failure();
        }

        @Override
        public void backward(
            RnnSpec s,
            int t,
            @Nullable Buffer lengths,
            Buffer reserve,
            Buffer dy,
            Buffer dh,
            @Nullable Buffer dc) {
          throw failure();
        }
      };

  @AfterEach
  void close() {
    backend.close();
  }

  private Buffer floats(long n) {
    Buffer b = backend.allocate(DType.FLOAT32, n);
    backend.fill(b, n, 1);
    return b;
  }

  private void holdsNothing(ThrowingCallable call) {
    long before = backend.memory().inUseBytes();
    assertThatThrownBy(call).hasMessageContaining("the device is gone");
    assertThat(backend.memory().inUseBytes()).isEqualTo(before);
  }

  @Test
  void aNorm() {
    Buffer x = floats(9);
    Buffer norm = floats(1);
    holdsNothing(() -> FusedDefaults.vectorNorm(backend, 9, x, norm));
  }

  @Test
  void aRecurrentLayer() {
    RnnSequences rnn = new RnnSequences(backend, CELL);
    RnnSpec s = new RnnSpec(RnnSpec.Kind.LSTM, 2, 1, 3, 4, 0, 1);
    RnnWeights w = new RnnWeights(floats(48), floats(64), null, null);
    Buffer x = floats(6);
    Buffer y = floats(8);
    Buffer state = floats(4);
    Buffer reserve = floats(s.reserveSize());
    holdsNothing(() -> rnn.forward(s, null, x, null, null, w, y, state, state, null));
    holdsNothing(() -> rnn.forward(s, null, x, null, null, w, y, state, state, reserve));
    holdsNothing(
        () -> rnn.backwardData(s, null, y, null, null, w, reserve, 0, x, 0, state, 0, state));
  }
}
