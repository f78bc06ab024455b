package io.cortado.tck;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.nn.GRU;
import io.cortado.nn.GRUCell;
import io.cortado.nn.LSTM;
import io.cortado.nn.LSTMCell;
import io.cortado.nn.RNN;
import io.cortado.nn.RNNBase;
import io.cortado.nn.RNNCell;
import io.cortado.nn.RNNCellBase;
import io.cortado.nn.RNNOptions;
import io.cortado.nn.RNNOutput;
import io.cortado.nn.RNNState;
import io.cortado.tck.TorchFixtures.Case;
import io.cortado.tck.reference.Numbers;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Recurrent modules against PyTorch's, by its parameters' names: layers, directions, lengths, the
 * order of axes, gradients of everything.
 */
public abstract class RecurrentLayersSuite {

  private static final Tolerance AS_TORCH = new Tolerance("as PyTorch", 2e-5);

  private Device device;

  /** For subclasses. */
  protected RecurrentLayersSuite() {}

  /** Opens the backend under test; the suite closes it. */
  protected abstract Backend open();

  @BeforeEach
  void openDevice() {
    device = Device.of(open());
  }

  @AfterEach
  void closeDevice() {
    device.close();
  }

  static Stream<Case> modules() {
    return TorchFixtures.cases("rnn_layers");
  }

  private RNNBase module(Case c) {
    int[] i = c.ints("ints");
    RNNOptions options = new RNNOptions(i[3], i[7] == 1, i[5] == 1, 0, i[4] == 1);
    RNNBase module =
        switch (i[0]) {
          case 0 -> new RNN(i[1], i[2], RNN.Nonlinearity.TANH, options);
          case 1 -> new RNN(i[1], i[2], RNN.Nonlinearity.RELU, options);
          case 2 -> new LSTM(i[1], i[2], options);
          default -> new GRU(i[1], i[2], options);
        };
    module.init(device, 1);
    module.stateDict().forEach((name, t) -> t.set(c.floats(name)));
    return module;
  }

  private static void expect(String what, @Nullable Tensor actual, float[] recorded) {
    if (actual == null) {
      throw new AssertionError(what + " is not there");
    }
    Expected.within(1, Numbers.doubles(recorded)).check(what, actual.toFloatArray(), AS_TORCH);
  }

  private static int[] shape(Case c) {
    int[] i = c.ints("ints");
    int batch = c.ints("lengths").length;
    int steps = c.floats("x").length / i[1] / batch;
    return i[5] == 1 ? new int[] {batch, steps, i[1]} : new int[] {steps, batch, i[1]};
  }

  @ParameterizedTest
  @MethodSource("modules")
  void asInTorch(Case c) {
    int[] i = c.ints("ints");
    boolean lstm = i[0] == 2;
    RNNBase module = module(c);
    int[] states = {i[3] * (1 + i[4]), c.ints("lengths").length, i[2]};
    try (Step step = device.step()) {
      Tensor x = step.tensor(c.floats("x"), shape(c)).requiresGrad(true);
      Tensor h0 = step.tensor(c.floats("h0"), states).requiresGrad(true);
      Tensor c0 = lstm ? step.tensor(c.floats("c0"), states).requiresGrad(true) : null;
      RNNState start = new RNNState(h0, c0);
      RNNOutput out =
          i[6] == 1 ? module.forward(x, c.ints("lengths"), start) : module.forward(x, start);
      expect("y", out.output(), c.floats("y"));
      expect("hn", out.state().h(), c.floats("hn"));
      Tensor total = dot(step, out.output(), c.floats("dy"));
      total = total.add(dot(step, out.state().h(), c.floats("dhn")));
      if (lstm) {
        expect("cn", out.state().c(), c.floats("cn"));
        total = total.add(dot(step, out.state().c(), c.floats("dcn")));
      }
      total.backward();
      expect("dx", x.grad(), c.floats("dx"));
      expect("dh0", h0.grad(), c.floats("dh0"));
      if (c0 != null) {
        expect("dc0", c0.grad(), c.floats("dc0"));
      }
      module
          .namedParameters()
          .forEach((name, p) -> expect("d" + name, p.value().grad(), c.floats("d" + name)));
    }
  }

  private static Tensor dot(Step step, @Nullable Tensor t, float[] weights) {
    if (t == null) {
      throw new AssertionError("a state is not there");
    }
    return t.mul(step.tensor(weights, t.shape().toArray())).sum();
  }

  /** What walks backwards has no parts, and a cell is of one layer. */
  static Stream<Case> simple() {
    return modules().filter(c -> c.setting(3) == 1 && c.setting(4) == 0);
  }

  /** A sequence step by step, the state carried over, is the sequence; and a cell is one step. */
  @ParameterizedTest
  @MethodSource("simple")
  void inPartsAndByCells(Case c) {
    int[] i = c.ints("ints");
    RNNBase module = module(c);
    RNNCellBase cell =
        switch (i[0]) {
          case 0 -> new RNNCell(i[1], i[2], i[7] == 1, RNN.Nonlinearity.TANH);
          case 1 -> new RNNCell(i[1], i[2], i[7] == 1, RNN.Nonlinearity.RELU);
          case 2 -> new LSTMCell(i[1], i[2], i[7] == 1);
          default -> new GRUCell(i[1], i[2], i[7] == 1);
        };
    cell.init(device, 2);
    cell.stateDict().forEach((name, t) -> t.set(c.floats(name + "_l0")));
    int batch = c.ints("lengths").length;
    int[] states = {1, batch, i[2]};
    try (Scope scope = device.scope()) {
      Tensor c0 = i[0] == 2 ? scope.tensor(c.floats("c0"), states) : null;
      RNNState kept = new RNNState(scope.tensor(c.floats("h0"), states), c0);
      RNNState one;
      try (Step _ = device.step()) {
        one =
            new RNNState(kept.h().reshape(batch, i[2]), c0 == null ? null : c0.reshape(batch, i[2]))
                .keep(scope);
      }
      int steps = shape(c)[0];
      for (int t = 0; t < steps; t++) {
        try (Step step = device.step()) {
          Tensor x = step.tensor(c.floats("x"), shape(c)).slice(0, t, t + 1);
          module.forward(x, kept).state().copyTo(kept);
          cell.forward(x.reshape(batch, i[1]), one).copyTo(one);
        }
      }
      expect("hn", kept.h(), c.floats("hn"));
      expect("hn by cells", one.h(), c.floats("hn"));
    }
  }
}
