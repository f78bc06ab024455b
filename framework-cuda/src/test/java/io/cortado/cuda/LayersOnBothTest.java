package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Step;
import io.cortado.StepGraph;
import io.cortado.Tensor;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import io.cortado.nn.AlphaDropout;
import io.cortado.nn.AttentionMasks;
import io.cortado.nn.Dropout2d;
import io.cortado.nn.Embedding;
import io.cortado.nn.FeatureAlphaDropout;
import io.cortado.nn.Layer;
import io.cortado.nn.Linear;
import io.cortado.nn.Module;
import io.cortado.nn.MultiheadAttention;
import io.cortado.nn.MultiheadAttentionOptions;
import io.cortado.nn.Parametrizations;
import io.cortado.nn.RReLU;
import io.cortado.optim.Optimizer;
import io.cortado.optim.SGD;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Layers that draw, and layers whose calls change their state: the same on both backends. */
@OnEmulator
final class LayersOnBothTest {

  /** Differences of single roundings. */
  private static final float ROUNDING = 1e-5f;

  private static final int STEPS = 6;

  @BeforeEach
  void fresh() {
    Emulator.load();
    Emulator.reset();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(Emulator.reportLeaks()).isZero();
    assertThat(Emulator.errors()).isEmpty();
  }

  @Test
  void randomLayersDrawTheSame() {
    List<float[]> cpu = drawn(Device.cpu());
    List<float[]> cuda = drawn(TrainingTest.cuda());
    for (int i = 0; i < cpu.size(); i++) {
      assertNear("output " + i, cuda.get(i), cpu.get(i));
      assertThat(cpu.get(i)).as("something is drawn").isNotEqualTo(cpu.get((i + 1) % cpu.size()));
    }
  }

  private static List<float[]> drawn(Device opened) {
    List<float[]> all = new ArrayList<>();
    try (Device device = opened) {
      device.seed(3);
      var attention = new MultiheadAttention(4, 2, MultiheadAttentionOptions.DEFAULTS.dropout(0.4));
      attention.init(device, 1);
      Layer[] layers = {
        new AlphaDropout(0.3), new FeatureAlphaDropout(0.3), new Dropout2d(0.3), new RReLU()
      };
      for (int i = 0; i < 2; i++) {
        try (Step step = device.step()) {
          Tensor x = step.full(-1.5f, 3, 5, 4);
          for (Layer layer : layers) {
            all.add(layer.forward(x).toFloatArray());
          }
          all.add(attention.attend(x, x, x, AttentionMasks.CAUSAL).toFloatArray());
          all.add(
              attention.forward(x, x, x, AttentionMasks.NONE, true, true).output().toFloatArray());
        }
      }
    }
    return all;
  }

  private static void assertNear(String what, float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i]))
          .as(what + "[" + i + "] is " + actual[i] + ", the CPU's " + expected[i])
          .isLessThanOrEqualTo(ROUNDING * Math.max(1, Math.abs(expected[i])));
    }
  }

  /** A table whose rows are shortened and weights that are normed, in training. */
  private static final class Normed extends Module {
    final Embedding table = child("table", new Embedding(6, 4).maxNorm(0.8).scaleGradByFreq(true));
    final Linear first = child("first", Parametrizations.spectralNorm(new Linear(4, 5)));
    final Linear second = child("second", Parametrizations.weightNorm(new Linear(5, 1)));

    Tensor loss(Tensor[] in) {
      return second.forward(first.forward(table.forward(in[0])).tanh()).square().mean();
    }
  }

  @Test
  void stateIsChangedByRecordedStepsToo() {
    Map<String, float[]> cpu = trained(Device.cpu(), false);
    Map<String, float[]> eager = trained(TrainingTest.cuda(), false);
    Map<String, float[]> captured = trained(TrainingTest.cuda(), true);
    assertThat(captured.keySet()).contains("first.parametrizations.weight.0._u");
    cpu.forEach((name, values) -> {
      assertThat(captured.get(name)).as(name).isEqualTo(eager.get(name));
      assertNear(name, captured.getOrDefault(name, new float[0]), values);
    });
  }

  private static Map<String, float[]> trained(Device opened, boolean capture) {
    Map<String, float[]> state = new TreeMap<>();
    try (Device device = opened) {
      Normed model = new Normed();
      model.init(device, 1);
      Optimizer optimizer = new SGD(0.5).attach(model);
      StepGraph.Body body =
          in -> {
            Tensor loss = model.loss(in);
            loss.backward();
            optimizer.step();
            return loss;
          };
      StepGraph graph = device.capture(body);
      for (int i = 0; i < STEPS; i++) {
        try (Scope scope = device.scope()) {
          Tensor in = scope.tensor(new int[] {i, 2, 2, (i + 3) % 6, 2}, 5);
          if (capture) {
            Tensor unused = graph.run(in);
          } else {
            try (Step _ = device.step()) {
              Tensor unused = body.run(new Tensor[] {in});
            }
          }
        }
      }
      assertThat(graph.replays()).isEqualTo(capture ? STEPS - 1 : 0);
      model.stateDict().forEach((name, t) -> state.put(name, t.toFloatArray()));
    }
    return state;
  }
}
