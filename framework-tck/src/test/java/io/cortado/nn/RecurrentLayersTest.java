package io.cortado.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Recurrent layers: PyTorch's parameters and defaults, dropout between layers, and errors. */
class RecurrentLayersTest {

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  @Test
  void parametersHaveTorchsNames() {
    LSTM lstm = Layers.lstm(3, 2, RNNOptions.DEFAULTS.numLayers(2).bidirectional(true));
    assertThat(
            lstm.parameters().stream()
                .map(p -> p.name() + p.shape())
                .collect(Collectors.joining(" ")))
        .isEqualTo(
            "weight_ih_l0[8, 3] weight_hh_l0[8, 2] bias_ih_l0[8] bias_hh_l0[8]"
                + " weight_ih_l0_reverse[8, 3] weight_hh_l0_reverse[8, 2] bias_ih_l0_reverse[8]"
                + " bias_hh_l0_reverse[8] weight_ih_l1[8, 4] weight_hh_l1[8, 2] bias_ih_l1[8]"
                + " bias_hh_l1[8] weight_ih_l1_reverse[8, 4] weight_hh_l1_reverse[8, 2]"
                + " bias_ih_l1_reverse[8] bias_hh_l1_reverse[8]");
    assertThat(lstm).hasToString("LSTM(3, 2, num_layers=2, bidirectional)");
  }

  @Test
  void everyParameterStartsWithinItsBound() {
    GRU gru = Layers.gru(40, 16);
    gru.init(device, 3);
    for (Parameter p : gru.parameters()) {
      float[] values = p.value().toFloatArray();
      float most = 0;
      for (float v : values) {
        most = Math.max(most, Math.abs(v));
      }
      assertThat(most).as(p.name()).isBetween(0.2f, 0.25f);
    }
  }

  @Test
  void dropoutIsBetweenLayersWhileTrainingAlone() {
    RNN rnn = Layers.rnn(3, 8, RNNOptions.DEFAULTS.numLayers(2).dropout(1));
    rnn.init(device, 4);
    RNN same = Layers.rnn(3, 8, RNNOptions.DEFAULTS.numLayers(2));
    same.init(device, 4);
    try (Step step = device.step()) {
      Tensor x = step.ones(2, 3, 3);
      Tensor zero = step.zeros(2, 3, 3);
      float[] dropped = rnn.forward(x).toFloatArray();
      assertThat(dropped).isEqualTo(rnn.forward(zero).toFloatArray());
      assertThat(dropped).isNotEqualTo(same.forward(x).toFloatArray());
      rnn.eval();
      assertThat(rnn.forward(x).toFloatArray()).isEqualTo(same.forward(x).toFloatArray());
    }
  }

  private static float[] numbers(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) Math.sin(1 + i);
    }
    return values;
  }

  /** As in PyTorch, with states and gradients. */
  @Test
  void oneSequenceNeedsNoBatch() {
    for (boolean batchFirst : new boolean[] {false, true}) {
      LSTM lstm =
          Layers.lstm(
              3, 2, RNNOptions.DEFAULTS.bidirectional(true).numLayers(2).batchFirst(batchFirst));
      lstm.init(device, 5);
      try (Step step = device.step()) {
        Tensor x = step.tensor(numbers(12), 4, 3).requiresGrad(true);
        Tensor h = step.tensor(numbers(8), 4, 2);
        RNNOutput one = lstm.forward(x, new RNNState(h, h));
        Tensor same = x.reshape(batchFirst ? new int[] {1, 4, 3} : new int[] {4, 1, 3});
        Tensor states = h.reshape(4, 1, 2);
        RNNOutput batch = lstm.forward(same, new RNNState(states, states));
        assertThat(one.output().shape()).isEqualTo(Shape.of(4, 4));
        assertThat(one.state().h().shape()).isEqualTo(Shape.of(4, 2));
        assertThat(one.output().toFloatArray()).isEqualTo(batch.output().toFloatArray());
        assertThat(one.state().h().toFloatArray()).isEqualTo(batch.state().h().toFloatArray());
        Tensor c = Objects.requireNonNull(one.state().c());
        assertThat(c.shape()).isEqualTo(Shape.of(4, 2));
        one.output().sum().add(c.sum()).backward();
        assertThat(x.grad()).isNotNull();
      }
    }
  }

  @Test
  void aSummaryKnowsShapesAndWork() {
    Sequential model = Layers.sequential(Layers.lstm(3, 5), Layers.linear(5, 2));
    model.init(device, 1);
    Summary summary = model.summary(Shape.of(7, 2, 3));
    assertThat(summary.rows().getFirst().multiplyAdds()).isEqualTo(7L * 2 * 20 * 8);
    assertThat(summary.rows().getFirst().output()).isEqualTo(Shape.of(7, 2, 5));
  }

  @Test
  void wrongInputsAreNamed() {
    LSTM lstm = Layers.lstm(3, 2);
    lstm.init(device, 1);
    try (Step step = device.step()) {
      Tensor x = step.zeros(4, 2, 3);
      assertThatThrownBy(() -> lstm.forward(step.zeros(4, 2)))
          .hasMessageContainingAll("LSTM(3, 2)", "[4, 2]", "[steps, batch, 3]");
      assertThatThrownBy(() ->
              lstm.forward(
                  step.zeros(4, 3), new RNNState(step.zeros(1, 1, 2), step.zeros(1, 1, 2))))
          .hasMessageContainingAll("[1, 1, 2]", "[1, 2]", "without a batch");
      assertThatThrownBy(() -> lstm.forward(x, new int[] {5, 1}, null))
          .hasMessageContainingAll("lstm", "length 5", "1 to 4", "[4, 2, 3]");
      assertThatThrownBy(() -> lstm.forward(x, new int[] {0, 1}, null))
          .hasMessageContainingAll("length 0");
      assertThatThrownBy(() -> lstm.forward(x, new int[] {1}, null))
          .hasMessageContainingAll("[4, 2, 3]", "[1]", "one length for each of 2");
      assertThatThrownBy(() -> lstm.forward(x, new RNNState(step.zeros(1, 2, 2), null)))
          .hasMessageContaining("cell states");
      assertThatThrownBy(
              () -> lstm.forward(x, new RNNState(step.zeros(2, 2, 2), step.zeros(2, 2, 2))))
          .hasMessageContainingAll("[2, 2, 2]", "[1, batch, 2]");
      assertThatThrownBy(
              () -> lstm.forward(x, new RNNState(step.zeros(1, 3, 2), step.zeros(1, 3, 2))))
          .hasMessageContainingAll("[4, 2, 3]", "[1, 3, 2]");
      assertThatThrownBy(() -> lstm.forward(step.zeros(0, 2, 3))).hasMessageContaining("no steps");
    }
    assertThatThrownBy(() -> Layers.gru(0, 2)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> RNNOptions.DEFAULTS.dropout(1.5)).hasMessageContaining("1.5");
  }
}
