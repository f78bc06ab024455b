package io.cortado.optim;

import static io.cortado.loss.Losses.mse;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.sequential;
import static io.cortado.nn.Layers.tanh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.data.ArrayDataset;
import io.cortado.data.Field;
import io.cortado.nn.Layer;
import io.cortado.nn.Parameter;
import io.cortado.tck.reference.ReferenceBackend;
import io.cortado.train.EpochResult;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingResult;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Loss scaling around an optimizer; the kernels are the kit's. */
final class GradScalerTest {

  private static final float BAD = Float.POSITIVE_INFINITY;

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private Layer model() {
    return sequential(linear(2, 3), tanh(), linear(3, 1)).init(device, 5);
  }

  static List<Supplier<Optimizer>> optimizers() {
    return List.of(
        () -> new SGD(0.1),
        () -> new SGD(0.1).momentum(0.9).dampening(0.5).weightDecay(0.01),
        () -> new SGD(0.1).momentum(0.9).maximize(true),
        () -> new Adam(0.01),
        () -> new Adam(0.01).amsgrad(true),
        () -> new AdamW(0.01),
        () -> new Adamax(0.01),
        () -> new NAdam(0.01),
        () -> new RAdam(0.01).betas(0.9, 0.9),
        () -> new Adagrad(0.1).lrDecay(0.1),
        () -> new Adadelta(),
        () -> new RMSprop(0.01).momentum(0.9).centered(true),
        () -> new Rprop(0.01),
        () -> new ASGD(0.1).t0(1),
        () -> new Adafactor(0.1));
  }

  /** Takes a step by one sample, whose first number decides whether gradients are finite. */
  private void step(
      Layer model, Optimizer optimizer, @Nullable GradScaler scaler, float x, double clip) {
    try (Step step = device.step()) {
      Tensor input = step.tensor(new float[] {x, 0.5f}, 1, 2);
      Tensor loss = mse().forward(model.forward(input), step.tensor(new float[] {0.25f}, 1, 1));
      if (scaler == null) {
        loss.backward();
      } else {
        scaler.scale(loss).backward();
        if (clip > 0) {
          scaler.unscale(optimizer);
        }
      }
      if (clip > 0) {
        Tensor unused = model.store().clipGradNorm(clip);
      }
      if (scaler == null) {
        optimizer.step();
      } else {
        scaler.step(optimizer);
        scaler.update();
      }
    }
  }

  /**
   * Scales are powers of two, so that what is scaled and unscaled has the same bits; and bad steps
   * leave nothing behind, the first ones neither.
   */
  @ParameterizedTest
  @MethodSource("optimizers")
  void scaledStepsAreTheSameBitsAndBadOnesChangeNothing(Supplier<Optimizer> kind) {
    for (double clip : new double[] {0, 0.1}) {
      Layer plain = model();
      Optimizer plainOptimizer = kind.get().attach(plain);
      Layer scaled = model();
      Optimizer optimizer = kind.get().attach(scaled);
      GradScaler scaler = new GradScaler();
      float[] samples = {BAD, 1, BAD, BAD, -1, 0.3f, Float.NaN, 2, 0.1f};
      double scale = 65536;
      for (float x : samples) {
        float[] before = scaled.store().toFloatArray();
        step(scaled, optimizer, scaler, x, clip);
        if (Float.isFinite(x)) {
          step(plain, plainOptimizer, null, x, clip);
          assertThat(scaled.store().toFloatArray()).isEqualTo(plain.store().toFloatArray());
          assertThat(scaled.store().toFloatArray()).isNotEqualTo(before);
        } else {
          scale /= 2;
          assertThat(scaled.store().toFloatArray()).isEqualTo(before);
        }
        assertThat(scaler.scale()).isEqualTo(scale);
      }
      assertThat(scaler.skippedSteps()).isEqualTo(4);
      if (optimizer.countsSteps() || optimizer.keptNames().contains(Optimizer.STEP)) {
        for (Parameter p : scaled.store().parameters()) {
          assertThat(optimizer.stepsTaken(p)).isEqualTo(5);
        }
      }
    }
  }

  @Test
  void theScaleGrowsAfterTheInterval() {
    Layer model = model();
    Optimizer optimizer = new SGD(0.01).attach(model);
    GradScaler scaler =
        new GradScaler().initScale(8).growthFactor(4).backoffFactor(0.25).growthInterval(3);
    assertThat(scaler.scale()).isEqualTo(8);
    assertThat(scaler.skippedSteps()).isZero();
    double[] expected = {8, 8, 32, 32, 32, 128, 32, 32, 32, 128};
    for (int i = 0; i < expected.length; i++) {
      step(model, optimizer, scaler, i == 6 ? BAD : 0.1f, 0);
      assertThat(scaler.scale()).as("step %d", i).isEqualTo(expected[i]);
    }
  }

  /** The count of steps is the device's, also for runs of parameters that are planned anew. */
  @Test
  void skippedStepsAreNotCountedWhenOtherParametersHaveGradients() {
    Layer first = linear(2, 2);
    Layer second = linear(2, 1);
    Layer model = sequential(first, second).init(device, 3);
    Optimizer optimizer = new Adam(0.01).attach(model);
    GradScaler scaler = new GradScaler();
    for (float x : new float[] {1, BAD, BAD, 2}) {
      step(model, optimizer, scaler, x, 0);
    }
    try (Step step = device.step()) {
      Tensor y = second.forward(step.tensor(new float[] {1, 2}, 1, 2));
      scaler.scale(mse().forward(y, step.zeros(1, 1))).backward();
      scaler.step(optimizer);
      scaler.update();
    }
    assertThat(first.parameters()).allMatch(p -> optimizer.stepsTaken(p) == 2);
    assertThat(second.parameters()).allMatch(p -> optimizer.stepsTaken(p) == 3);
  }

  @Test
  void whatIsOutOfOrderIsTold() {
    Layer model = model();
    Optimizer optimizer = new SGD(0.1).attach(model);
    GradScaler scaler = new GradScaler();
    assertThatIllegalStateException()
        .isThrownBy(() -> scaler.unscale(optimizer))
        .withMessageContaining("call scale(loss) first");
    step(model, optimizer, scaler, 1, 0);
    assertThatIllegalStateException()
        .isThrownBy(scaler::update)
        .withMessageContaining("call step(optimizer) first");
    assertThatIllegalStateException()
        .isThrownBy(() -> scaler.growthInterval(3))
        .withMessageContaining("before it is used");
    try (Step step = device.step()) {
      Tensor x = step.tensor(new float[] {1, 1}, 1, 2);
      scaler.scale(model.forward(x).sum()).backward();
      scaler.unscale(optimizer);
      assertThatIllegalStateException()
          .isThrownBy(() -> scaler.unscale(optimizer))
          .withMessageContaining("unscaled already");
      Tensor again = model.forward(x).sum();
      assertThatIllegalStateException()
          .isThrownBy(() -> scaler.scale(again))
          .withMessageContaining("zeroGrad");
      optimizer.zeroGrad();
      scaler.scale(again).backward();
      scaler.step(optimizer);
      assertThatIllegalStateException()
          .isThrownBy(() -> scaler.step(optimizer))
          .withMessageContaining("update()");
      scaler.update();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> scaler.scale(x))
          .withMessageContaining("[1, 2]");
    }
    try (Device second = Device.of(new ReferenceBackend())) {
      assertThatIllegalStateException()
          .isThrownBy(() -> scaler.attach(second))
          .withMessageContaining("another device");
    }
  }

  @Test
  void valuesThatMakeNoSenseAreTold() {
    GradScaler s = new GradScaler();
    for (double bad : new double[] {0, -1, Double.NaN, 1e39, 1e-60}) {
      assertThatIllegalArgumentException().isThrownBy(() -> s.initScale(bad));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> s.growthFactor(1));
    assertThatIllegalArgumentException().isThrownBy(() -> s.backoffFactor(1));
    assertThatIllegalArgumentException().isThrownBy(() -> s.backoffFactor(0));
    assertThatIllegalArgumentException().isThrownBy(() -> s.growthInterval(0));
    assertThatIllegalArgumentException().isThrownBy(() -> s.growthInterval((1 << 24) + 1));
  }

  @Test
  void aTrainerReportsWhatWasSkipped() {
    float[] x = new float[24];
    float[] y = new float[12];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(i);
      y[i / 2] = 20 * x[i];
    }
    float[][] weights = new float[2][];
    for (int scaled = 0; scaled < 2; scaled++) {
      Layer model = model();
      Trainer trainer =
          Trainer.of(model).loss(mse()).optimizer(new Adam(0.01)).epochs(3).batchSize(4);
      if (scaled == 1) {
        // Even the first gradients are out of a float's range: some steps are lost until they fit.
        trainer.lossScaling(new GradScaler().initScale(0x1p127).growthInterval(2));
      }
      TrainingResult result =
          trainer.fit(
              ArrayDataset.builder().floats(Field.INPUTS, x, 2).floats(Field.LABELS, y, 1).build());
      weights[scaled] = model.store().toFloatArray();
      EpochResult last = result.history().get(2);
      if (scaled == 1) {
        double skipped = result.history().stream().mapToDouble(e -> e.value("skipped_steps")).sum();
        assertThat(last.value("loss_scale")).isGreaterThan(1);
        assertThat(skipped).isBetween(1.0, 8.0);
      } else {
        assertThat(last.values()).doesNotContainKeys("skipped_steps", "loss_scale");
      }
    }
    assertThat(weights[1]).isNotEqualTo(weights[0]);
  }

  /** One scaler, two optimizers, as Muon is used beside AdamW: each gradient is divided once. */
  @Test
  void severalOptimizersHaveAStepEachAndOneUpdate() {
    Layer plain = model();
    Layer scaled = model();
    GradScaler scaler = new GradScaler().initScale(1024);
    List<Optimizer> of = split(plain);
    List<Optimizer> scaledOf = split(scaled);
    float[] samples = {1, BAD, -1, 0.5f};
    for (float x : samples) {
      float[] before = scaled.store().toFloatArray();
      try (Step step = device.step()) {
        Tensor right = step.tensor(new float[] {0.25f}, 1, 1);
        Tensor input = step.tensor(new float[] {x, 0.5f}, 1, 2);
        if (Float.isFinite(x)) {
          mse().forward(plain.forward(input), right).backward();
          of.forEach(Optimizer::step);
        }
        scaler.scale(mse().forward(scaled.forward(input), right)).backward();
        scaler.unscale(scaledOf.getFirst());
        scaler.step(scaledOf.getFirst());
        scaler.unscale(scaledOf.getLast());
        assertThatIllegalStateException()
            .isThrownBy(scaler::update)
            .withMessageContaining("every optimizer whose gradients are unscaled");
        scaler.step(scaledOf.getLast());
        scaler.update();
      }
      assertThat(scaled.store().toFloatArray())
          .isEqualTo(Float.isFinite(x) ? plain.store().toFloatArray() : before);
    }
    assertThat(scaler.skippedSteps()).isOne();
    assertThat(scaler.scale()).isEqualTo(512);
  }

  /** Matrices and vectors lie in turns. */
  private static List<Optimizer> split(Layer model) {
    return List.of(
        new SGD(0.1).attach(model, p -> p.shape().rank() == 2),
        new SGD(0.2).attach(model, p -> p.shape().rank() != 2));
  }

  /** The plain step after a skipped one is the first, for the state that is saved too. */
  @Test
  void aSkippedStepIsNotCountedWhereAPlainOneFollows() {
    Layer second = linear(2, 1);
    Layer model = sequential(linear(2, 2), second).init(device, 3);
    Optimizer optimizer = new Adam(0.01).attach(model);
    GradScaler scaler = new GradScaler();
    step(model, optimizer, scaler, BAD, 0);
    step(model, optimizer, null, 1, 0);
    assertThat(Objects.requireNonNull(optimizer.stateDict().get("1.weight.step")).toIntArray())
        .containsExactly(1);
    assertThat(model.parameters()).allMatch(p -> optimizer.stepsTaken(p) == 1);

    Layer other = sequential(linear(2, 2), linear(2, 1)).init(device, 4);
    Optimizer resumed = new Adam(0.01).attach(other);
    step(other, resumed, null, 1, 0); // has all of its state
    copy(model.stateDict(), other.stateDict());
    copy(optimizer.stateDict(), resumed.stateDict());
    resumed.stateLoaded();
    step(model, optimizer, null, 2, 0);
    step(other, resumed, null, 2, 0);
    assertThat(other.store().toFloatArray()).isEqualTo(model.store().toFloatArray());
  }

  @Test
  void aSkippedStepIsNotCountedWhereOtherParametersFollowAPlainOne() {
    Layer first = linear(2, 2);
    Layer second = linear(2, 1);
    Layer model = sequential(first, second).init(device, 3);
    Optimizer optimizer = new Adam(0.01).attach(model);
    step(model, optimizer, new GradScaler(), BAD, 0);
    step(model, optimizer, null, 1, 0);
    step(second, optimizer, null, 1, 0);
    assertThat(first.parameters()).allMatch(p -> optimizer.stepsTaken(p) == 1);
    assertThat(second.parameters()).allMatch(p -> optimizer.stepsTaken(p) == 2);
  }

  private static void copy(Map<String, Tensor> from, Map<String, Tensor> to) {
    to.forEach((name, t) -> {
      Tensor source = Objects.requireNonNull(from.get(name), name);
      if (t.dtype() == DType.INT32) {
        t.set(source.toIntArray());
      } else {
        t.set(source.toFloatArray());
      }
    });
  }
}
