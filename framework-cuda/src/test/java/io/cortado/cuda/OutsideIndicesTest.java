package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.StepGraph;
import io.cortado.Tensor;
import io.cortado.autograd.Embeddings;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Indices that the host does not know, on a device that does not look at them by itself. */
@OnEmulator
final class OutsideIndicesTest {

  private static final int ROWS = 5;

  @BeforeEach
  void fresh() {
    Emulator.load();
    Emulator.reset();
    Emulator.configure("log", 0);
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(Emulator.reportLeaks()).isZero();
  }

  /** Integers of which the host knows nothing. */
  private static Tensor unknown(Device device, int... values) {
    Tensor t = device.root().empty(DType.INT32, Shape.of(values.length));
    device.backend().upload(values, 0, t.buffer(), 0, values.length);
    return t;
  }

  @Test
  void theStepsEndReportsOne() {
    try (Device device = TrainingTest.cuda()) {
      Tensor table = device.ones(ROWS, 3);
      Tensor bad = unknown(device, 1, ROWS, 0);
      assertThatThrownBy(
              () -> {
                try (Step _ = device.step()) {
                  Tensor y = Embeddings.embedding(bad, table, Embeddings.NO_PADDING);
                  assertThat(y.toFloatArray()[3]).isNaN();
                }
              })
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("embedding", "index 5", "0 to 4");
      try (Step _ = device.inference()) { // it is told once, and good ones go on
        Tensor y = table.indexSelect(0, unknown(device, 4, 0));
        assertThat(y.toFloatArray()).containsOnly(1);
      }
      assertThatThrownBy(
              () -> {
                try (Step _ = device.inference()) {
                  Tensor _ = table.indexSelect(0, unknown(device, -1));
                }
              })
          .hasMessageContainingAll("indexSelect", "index -1");
    }
  }

  @Test
  void aReplayedStepReportsOne() {
    try (Device device = TrainingTest.cuda();
        StepGraph graph =
            device.capture(
                in -> in[0].indexSelect(0, in[1].reshape(2)))) { // a view: nobody knows its range
      Tensor table = device.ones(ROWS, 3);
      for (int i = 0; i < 3; i++) {
        assertThat(graph.run(table, unknown(device, i, 4)).toFloatArray()).containsOnly(1);
      }
      assertThat(graph.replays()).isEqualTo(2);
      assertThatThrownBy(() -> graph.run(table, unknown(device, 9, 4)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("indexSelect", "index 9", "0 to 4");
      assertThat(graph.run(table, unknown(device, 1, 1)).toFloatArray()).containsOnly(1);
    }
  }

  @Test
  void whatTheHostKnowsIsNotLookedAt() {
    try (Device device = TrainingTest.cuda();
        Step _ = device.inference()) {
      Tensor x = device.ones(ROWS, 3);
      Emulator.resetCounters();
      Tensor _ = x.indexSelect(0, device.tensor(new int[] {1, 2}, 2));
      assertThat(Emulator.counter("launches")).isEqualTo(1);
    }
  }
}
