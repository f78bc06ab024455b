package io.cortado.cuda;

import static io.cortado.loss.Losses.mse;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.sequential;
import static io.cortado.nn.Layers.tanh;
import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Step;
import io.cortado.StepGraph;
import io.cortado.Tensor;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import io.cortado.nn.Sequential;
import io.cortado.optim.ASGD;
import io.cortado.optim.Adafactor;
import io.cortado.optim.Adam;
import io.cortado.optim.AveragedModel;
import io.cortado.optim.GradScaler;
import io.cortado.optim.Muon;
import io.cortado.optim.NAdam;
import io.cortado.optim.Optimizer;
import io.cortado.optim.RAdam;
import io.cortado.optim.RMSprop;
import io.cortado.optim.Rprop;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Optimizers that are made of programs step alike in recorded steps and in ordinary ones: numbers
 * that change from step to step, steps that a loss scale skips, and averages of the weights.
 */
@OnEmulator
final class StepGraphOptimizersTest {

  private static final int STEPS = 10;
  private static final int BAD_STEP = 5;
  private static final int LOADED_STEP = 7;

  @BeforeEach
  void fresh() {
    Emulator.load();
    Emulator.reset();
    Emulator.configure("log", 0);
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(Emulator.reportLeaks()).isZero();
    assertThat(Emulator.errors()).isEmpty();
  }

  static Stream<Arguments> optimizers() {
    return Stream.of(
        of("Adam", () -> new Adam(0.01).amsgrad(true).maximize(true)),
        of("NAdam", () -> new NAdam(0.01).weightDecay(0.1).decoupledWeightDecay(true)),
        of("RAdam", () -> new RAdam(0.01).betas(0.9, 0.9)),
        of("RMSprop", () -> new RMSprop(0.01).momentum(0.9).centered(true)),
        of("Rprop", () -> new Rprop(0.01)),
        of("ASGD", () -> new ASGD(0.1).t0(3)),
        of("Adafactor", () -> new Adafactor(0.1)),
        of("Muon", () -> new Muon(0.1)));
  }

  private static Arguments of(String name, Supplier<Optimizer> kind) {
    return Arguments.of(name, kind);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("optimizers")
  void stepsAreTheSameBits(String name, Supplier<Optimizer> kind) {
    for (boolean scaled : new boolean[] {false, true}) {
      List<float[]> ordinary = train(kind.get(), scaled, false);
      List<float[]> captured = train(kind.get(), scaled, true);
      assertThat(captured).usingRecursiveComparison().isEqualTo(ordinary);
      if (scaled) {
        assertThat(captured.get(BAD_STEP)).as("skipped").isEqualTo(captured.get(BAD_STEP - 1));
        assertThat(captured.get(BAD_STEP + 1)).isNotEqualTo(captured.get(BAD_STEP));
      }
    }
  }

  /** Returns the weights after each step, the optimizer's state, and the averaged weights. */
  private static List<float[]> train(Optimizer optimizer, boolean scaled, boolean captured) {
    List<float[]> seen = new ArrayList<>();
    try (Device device = TrainingTest.cuda()) {
      Sequential model = sequential(linear(4, 3, false), tanh(), linear(3, 2, false));
      model.init(device, 5);
      optimizer.attach(model);
      AveragedModel average = new AveragedModel(model);
      GradScaler scaler = new GradScaler().attach(device);
      StepGraph.Body body =
          in -> {
            Tensor loss = mse().forward(model.forward(in[0]), in[1]);
            if (scaled) {
              scaler.scale(loss).backward();
              scaler.step(optimizer);
              scaler.update();
            } else {
              loss.backward();
              optimizer.step();
            }
            average.updateParameters();
            return loss;
          };
      try (StepGraph graph = device.capture(body)) {
        for (int i = 0; i < STEPS; i++) {
          optimizer.setLr(optimizer.groups().getLast().initialLr() / (1 + i / 4));
          step(device, body, captured ? graph : null, i, scaled && i == BAD_STEP);
          if (i == LOADED_STEP) { // as it is: what was recorded is recorded anew
            assertThat(optimizer.stateDict()).isNotEmpty();
            optimizer.stateLoaded();
          }
          seen.add(model.store().toFloatArray());
        }
        assertThat(graph.replays()).isEqualTo(captured ? STEPS - 1 : 0);
      }
      optimizer.stateDict().values().forEach(t -> seen.add(floats(t)));
      average.stateDict().values().forEach(t -> seen.add(floats(t)));
    }
    return seen;
  }

  private static float[] floats(Tensor t) {
    return switch (t.dtype()) {
      case FLOAT32 -> t.toFloatArray();
      case INT32 -> new float[] {t.toIntArray()[0]};
    };
  }

  private static void step(
      Device device, StepGraph.Body body, @Nullable StepGraph graph, int number, boolean bad) {
    Random random = new Random(number);
    float[] x = new float[8];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat();
    }
    x[3] = bad ? Float.POSITIVE_INFINITY : x[3];
    try (Scope scope = device.scope()) {
      Tensor[] in = {scope.tensor(x, 2, 4), scope.tensor(new float[] {1, 0.5f, -1, 0}, 2, 2)};
      if (graph != null) {
        Tensor unused = graph.run(in);
      } else {
        try (Step _ = device.step()) {
          Tensor unused = body.run(in);
        }
      }
    }
  }
}
