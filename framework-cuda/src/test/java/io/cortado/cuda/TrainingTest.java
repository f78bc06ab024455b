package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.autograd.Dropout;
import io.cortado.backend.BackendOptions;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.optim.Optimizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole trainings: as on the CPU, and the same bits whether steps are replayed or not. */
final class TrainingTest {

  /** The largest relative difference of a loss from the CPU's. */
  private static final float AS_ON_THE_CPU = 1e-5f;

  private static final int STEPS = 50;
  private static final int EAGER_STEPS = 8;
  private static final int SAMPLES = 16;

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

  static Device cuda() {
    return Device.of(CudaBackend.open(BackendOptions.DEFAULTS, false));
  }

  static Stream<Arguments> trainings() {
    List<Arguments> all = new ArrayList<>();
    for (Networks network : Networks.values()) {
      all.add(Arguments.of(network, "SGD with momentum", Training.SGD));
      all.add(Arguments.of(network, "Adam", Training.ADAM));
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("trainings")
  void lossesAreThoseOfTheCpu(Networks network, String name, Supplier<Optimizer> optimizer) {
    float[] cpu;
    float[] captured;
    try (Training training = new Training(Device.cpu(), network, optimizer, false)) {
      cpu = training.losses(STEPS, SAMPLES);
    }
    try (Training training = new Training(cuda(), network, optimizer, true)) {
      captured = training.losses(STEPS, SAMPLES);
      assertThat(training.graph().replays()).isEqualTo(STEPS - 1);
    }
    try (Training training = new Training(cuda(), network, optimizer, false)) {
      assertThat(training.losses(EAGER_STEPS, SAMPLES))
          .as("the same bits without a graph")
          .isEqualTo(Arrays.copyOf(captured, EAGER_STEPS));
    }
    assertThat(cpu[STEPS - 1]).as("it learns").isLessThan(0.8f * cpu[0]);
    float worst = 0;
    for (int i = 0; i < STEPS; i++) {
      worst = Math.max(worst, Math.abs(captured[i] - cpu[i]) / Math.abs(cpu[i]));
    }
    System.out.printf("%s, %s: largest relative difference %.2g%n", network, name, worst);
    assertThat(worst).isLessThan(AS_ON_THE_CPU);
  }

  @Test
  void dropoutMasksAreThoseOfTheCpu() {
    int steps = 5;
    List<float[]> cpu = masks(Device.cpu(), steps, false);
    List<float[]> eager = masks(cuda(), steps, false);
    List<float[]> captured = masks(cuda(), steps, true);
    for (int i = 0; i < cpu.size(); i++) {
      assertThat(eager.get(i)).isEqualTo(cpu.get(i));
      assertThat(captured.get(i)).isEqualTo(cpu.get(i));
      assertThat(cpu.get(i)).contains(0, 2);
      assertThat(i == 0 ? new float[0] : cpu.get(i - 1)).isNotEqualTo(cpu.get(i));
    }
  }

  /** What two dropouts make of ones, and what an inference step draws between two steps. */
  private static List<float[]> masks(Device device, int steps, boolean capture) {
    List<float[]> masks = new ArrayList<>();
    try (device;
        Scope scope = device.scope()) {
      device.seed(123);
      Tensor ones = scope.ones(33, 31);
      Tensor[] out = {scope.zeros(33, 31), scope.zeros(33, 31)};
      var graph =
          device.capture(in -> {
            for (Tensor y : out) {
              Tensor x = Dropout.dropout(in[0], 0.5f);
              device.backend().copy(x.buffer(), 0, y.buffer(), 0, x.size());
            }
            return in[0];
          });
      for (int i = 0; i < steps; i++) {
        if (capture) {
          Tensor unused = graph.run(ones);
        } else {
          try (Step step = device.step()) {
            for (Tensor y : out) {
              Tensor x = Dropout.dropout(ones, 0.5f);
              device.backend().copy(x.buffer(), 0, y.buffer(), 0, x.size());
            }
          }
        }
        for (Tensor y : out) {
          masks.add(y.toFloatArray());
        }
        try (Step _ = device.inference()) {
          masks.add(Dropout.dropout(ones, 0.5f).toFloatArray());
        }
      }
      assertThat(ones.shape()).isEqualTo(Shape.of(33, 31));
    }
    return masks;
  }
}
