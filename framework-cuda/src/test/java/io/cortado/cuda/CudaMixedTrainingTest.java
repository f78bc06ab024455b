package io.cortado.cuda;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.loss.Losses.mse;
import static io.cortado.nn.Layers.avgPool2d;
import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.flatten;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.sequential;
import static io.cortado.nn.Layers.tanh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.StepGraph;
import io.cortado.Tensor;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.MathPrecision;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.nn.Layer;
import io.cortado.optim.Adam;
import io.cortado.optim.GradScaler;
import io.cortado.optim.SGD;
import io.cortado.train.Callback;
import io.cortado.train.EpochResult;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingContext;
import io.cortado.train.TrainingResult;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training at each precision, and loss scaling, on the emulated libraries, no GPU. */
final class CudaMixedTrainingTest {

  private static final int SIDE = 12;
  private static final int BATCH = 16;

  @BeforeEach
  void fresh() {
    Emulator.load();
    Emulator.reset();
    Emulator.configure("log", 0);
  }

  private static Device open(MathPrecision precision) {
    return Device.of(CudaBackend.open(BackendOptions.DEFAULTS.withPrecision(precision), false));
  }

  private static void assertClean() {
    assertThat(Emulator.reportLeaks()).as("%s", Emulator.errors()).isZero();
    assertThat(Emulator.errors()).isEmpty();
  }

  /** LeNet-5 in small. */
  private static Layer leNet(Device device) {
    return sequential(
            conv2d(1, 4, 5).padding(2),
            tanh(),
            avgPool2d(2),
            conv2d(4, 8, 3),
            tanh(),
            avgPool2d(2),
            flatten(),
            linear(8 * 2 * 2, 16),
            tanh(),
            linear(16, 3))
        .init(device, 7);
  }

  /** Bars that lie, stand or lean, with noise. */
  private static Dataset bars(int n) {
    Random random = new Random(11);
    float[] x = new float[n * SIDE * SIDE];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = i % 3;
      int at = 3 + random.nextInt(SIDE - 6);
      for (int a = 0; a < SIDE; a++) {
        for (int b = 0; b < SIDE; b++) {
          int distance = labels[i] == 0 ? a - at : labels[i] == 1 ? b - at : a - b;
          float bar = Math.abs(distance) < 2 ? 1 : 0;
          x[(i * SIDE + a) * SIDE + b] = bar + 0.3f * (float) random.nextGaussian();
        }
      }
    }
    return ArrayDataset.of(x, labels, 3, 1, SIDE, SIDE);
  }

  private static List<EpochResult> train(MathPrecision precision) {
    try (Device device = open(precision)) {
      return Trainer.of(leNet(device))
          .loss(crossEntropy())
          .optimizer(new Adam(0.01))
          .epochs(6)
          .batchSize(BATCH)
          .fit(bars(4 * BATCH))
          .history();
    }
  }

  /** How far a loss may be from float32's after some steps, in units of the precision's epsilon. */
  private static final double DRIFT = 16;

  @ParameterizedTest
  @EnumSource(names = {"TF32", "BFLOAT16", "FLOAT16"})
  void theLossFallsAsInFloat32(MathPrecision precision) {
    List<EpochResult> exact = train(MathPrecision.FLOAT32);
    List<EpochResult> rounded = train(precision);
    double first = exact.getFirst().loss();
    assertThat(exact.getLast().loss()).isLessThan(first / 4);
    assertThat(rounded.getLast().loss()).isLessThan(first / 4);
    boolean differs = false;
    for (int i = 0; i < exact.size(); i++) {
      assertThat(rounded.get(i).loss())
          .as("epoch %d", i + 1)
          .isCloseTo(exact.get(i).loss(), within(DRIFT * precision.epsilon() * first));
      differs |= rounded.get(i).loss() != exact.get(i).loss();
    }
    assertThat(differs).isTrue();
    if (precision == MathPrecision.FLOAT16) {
      assertThat(rounded.getLast().value("loss_scale")).isEqualTo(65536);
      assertThat(rounded.getLast().value("skipped_steps")).isZero();
    } else {
      assertThat(rounded.getLast().values()).doesNotContainKey("loss_scale");
    }
    assertClean();
  }

  /** The gradient is 2^-28 and less: nothing in float16, but something times 65536. */
  @ParameterizedTest
  @EnumSource
  void tinyGradientsSurviveFloat16OnlyIfTheLossIsScaled(MathPrecision precision) {
    try (Device device = open(precision)) {
      for (boolean scaled : new boolean[] {false, true}) {
        Layer model = linear(4, 1).init(device, 1);
        var optimizer = new SGD(1).attach(model);
        GradScaler scaler = new GradScaler();
        float[] before = model.store().toFloatArray();
        try (Step step = device.step()) {
          Tensor x = step.tensor(new float[] {1, 2, 3, 4, 1, 1, 1, 1}, 2, 4);
          Tensor loss = model.forward(x).sum().mul(0x1p-28f);
          if (scaled) {
            scaler.scale(loss).backward();
            scaler.unscale(optimizer);
          } else {
            loss.backward();
          }
          float[] g = new float[4];
          device.backend().download(model.store().gradients(), 0, g, 0, 4);
          boolean vanishes = precision == MathPrecision.FLOAT16 && !scaled;
          for (int i = 0; i < 4; i++) {
            assertThat(g[i]).isEqualTo(vanishes ? 0 : (i + 2) * 0x1p-28f);
          }
        }
        assertThat(model.store().toFloatArray()).isEqualTo(before);
      }
    }
    assertClean();
  }

  /** Everything that loss scaling decides is on the device, so that a replayed step decides too. */
  @Test
  void aCapturedStepScalesSkipsAndGrowsAsAnyOther() {
    float[][] weights = new float[2][];
    double[][] numbers = new double[2][];
    for (int captured = 0; captured < 2; captured++) {
      try (Device device = open(MathPrecision.FLOAT16)) {
        Layer model = leNet(device);
        Seen seen = new Seen();
        TrainingResult result =
            Trainer.of(model)
                .loss(crossEntropy())
                .optimizer(new Adam(0.01))
                .clipGradNorm(1)
                .lossScaling(new GradScaler().initScale(0x1p24).growthInterval(5))
                .captureSteps(captured == 1)
                .on(seen)
                .epochs(5)
                .batchSize(BATCH)
                .fit(bars(4 * BATCH));
        weights[captured] = model.store().toFloatArray();
        numbers[captured] =
            result.history().stream()
                .flatMap(e ->
                    List.of(e.loss(), e.value("skipped_steps"), e.value("loss_scale")).stream())
                .mapToDouble(Double::doubleValue)
                .toArray();
        double skipped = result.history().stream().mapToDouble(e -> e.value("skipped_steps")).sum();
        assertThat(skipped).isBetween(3.0, 15.0);
        if (captured == 1) {
          assertThat(seen.replays).as("%s", seen.reasons).isGreaterThan(15);
        }
      }
    }
    assertThat(numbers[1]).isEqualTo(numbers[0]);
    assertThat(weights[1]).isEqualTo(weights[0]);
    assertClean();
  }

  /** Notes how many steps were replayed. */
  private static final class Seen implements Callback {

    private long replays;
    private String reasons = "";

    @Override
    public void onStepEnd(TrainingContext context) {
      StepGraph graph = context.graph();
      replays = graph == null ? 0 : graph.replays();
      reasons = graph == null ? "" : graph.eagerSteps().toString();
    }
  }

  /** No step waits for the device because of its scale. */
  @Test
  void scalingNeverWaits() {
    try (Device device = open(MathPrecision.FLOAT16)) {
      Layer model = linear(3, 2).init(device, 1);
      var optimizer = new Adam(0.1).attach(model);
      GradScaler scaler = new GradScaler().attach(device);
      Tensor x = device.ones(4, 3);
      Tensor y = device.zeros(4, 2);
      for (int i = 0; i < 6; i++) {
        if (i == 2) {
          device.backend().synchronize();
          Emulator.resetCounters();
        }
        try (Step step = device.step()) {
          scaler.scale(mse().forward(model.forward(x), y)).backward();
          scaler.unscale(optimizer);
          Tensor unused = model.store().clipGradNorm(1);
          scaler.step(optimizer);
          scaler.update();
        }
      }
      assertThat(Emulator.counter("synchronisations")).isZero();
      assertThat(Emulator.counter("h2d_copies")).isZero();
      assertThat(Emulator.counter("d2h_copies")).isZero();
      assertThat(Emulator.counter("allocations")).isZero();
      assertThat(scaler.skippedSteps()).isZero();
    }
    assertClean();
  }
}
