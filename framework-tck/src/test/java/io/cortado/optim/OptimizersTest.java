package io.cortado.optim;

import static io.cortado.loss.Losses.mse;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.sequential;
import static io.cortado.nn.Layers.tanh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.io.Weights;
import io.cortado.nn.Linear;
import io.cortado.nn.Parameter;
import io.cortado.nn.Sequential;
import io.cortado.tck.reference.ReferenceBackend;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What all optimizers do alike: they can be saved, count for each parameter, and refuse nonsense.
 */
final class OptimizersTest {

  private static final Predicate<Parameter> MATRICES = p -> p.shape().rank() == 2;

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private Sequential model() {
    Sequential model = sequential(linear(2, 3), tanh(), linear(3, 1));
    model.init(device, 5);
    return model;
  }

  static List<Supplier<Optimizer>> optimizers() {
    return List.of(
        () -> new SGD(0.1).momentum(0.9),
        () -> new SGD(0.01).momentum(0.9).maximize(true),
        () -> new Adam(0.01),
        () -> new AdamW(0.01).amsgrad(true),
        () -> new Adamax(0.01),
        () -> new NAdam(0.01),
        () -> new RAdam(0.01),
        () -> new Adagrad(0.1).lrDecay(0.1).initialAccumulatorValue(0.1),
        Adadelta::new,
        () -> new RMSprop(0.01).momentum(0.9).centered(true),
        () -> new Rprop(0.01),
        () -> new ASGD(0.1).t0(3),
        () -> new Adafactor(0.1),
        () -> new Muon(0.1),
        () -> new LBFGS(0.1).maxIter(2).historySize(3),
        () -> new LBFGS().maxIter(2).strongWolfe(true));
  }

  private static void attach(Optimizer optimizer, Sequential model) {
    Optimizer unused =
        optimizer instanceof Muon ? optimizer.attach(model, MATRICES) : optimizer.attach(model);
  }

  private void steps(Sequential model, Optimizer optimizer, int from, int to) {
    for (int i = from; i < to; i++) {
      Random random = new Random(i);
      float[] x = {random.nextFloat(), random.nextFloat(), random.nextFloat(), 0.5f};
      optimizer.setLr(optimizer.groups().getLast().initialLr() / (1 + i / 3));
      Supplier<Tensor> loss =
          () -> {
            Step step = device.currentStep("test");
            Tensor y = model.forward(step.tensor(x, 2, 2));
            Tensor value = mse().forward(y, step.tensor(new float[] {0.25f, -1}, 2, 1));
            value.backward();
            return value;
          };
      if (optimizer instanceof LBFGS lbfgs) {
        double unused = lbfgs.step(loss);
      } else {
        try (Step _ = device.step()) {
          Tensor unused = loss.get();
          optimizer.step();
        }
      }
    }
  }

  /**
   * Also between steps of different rates, by files, and into an optimizer that was used before.
   */
  @ParameterizedTest
  @MethodSource("optimizers")
  void whatIsSavedGoesOnWithTheSameBits(Supplier<Optimizer> kind, @TempDir Path folder) {
    Sequential unbroken = model();
    Optimizer first = kind.get();
    attach(first, unbroken);
    steps(unbroken, first, 0, 7);
    unbroken.save(folder.resolve("model.safetensors"));
    Weights.save(folder.resolve("optimizer.safetensors"), first.stateDict(), Map.of());

    Sequential resumed = model();
    Optimizer second = kind.get();
    attach(second, resumed);
    steps(resumed, second, 0, 2);
    resumed.load(folder.resolve("model.safetensors"));
    Weights.load(folder.resolve("optimizer.safetensors"), second.stateDict());
    second.stateLoaded();
    assertThat(resumed.store().toFloatArray()).isEqualTo(unbroken.store().toFloatArray());

    steps(unbroken, first, 7, 12);
    steps(resumed, second, 7, 12);
    assertThat(resumed.store().toFloatArray()).isEqualTo(unbroken.store().toFloatArray());
  }

  /** A step's number, and what follows from it, are each parameter's own. */
  @ParameterizedTest
  @MethodSource("optimizers")
  void parametersThatAreTrainedLessOftenCountTheirOwnSteps(Supplier<Optimizer> kind) {
    if (kind.get() instanceof LBFGS) {
      return; // has one direction for all
    }
    float[] both = halves(kind.get(), true);
    float[] first = halves(kind.get(), false);
    assertThat(first[0]).isEqualTo(both[0]);
    assertThat(first[1]).as("trained in six steps of nine").isNotEqualTo(both[1]);
    assertThat(halves(kind.get(), false)).isEqualTo(first);
  }

  /** Trains two weights by losses of their own, the second one in all steps or in some. */
  private float[] halves(Optimizer optimizer, boolean always) {
    Linear a = linear(1, 1, false);
    Linear b = linear(1, 1, false);
    Sequential model = sequential(a, b);
    model.init(device, 1);
    attach(optimizer, model);
    for (int i = 0; i < 9; i++) {
      try (Step step = device.step()) {
        Tensor x = step.full(1 + 0.1f * i, 1, 1);
        Tensor loss = a.forward(x).sub(2).square().sum();
        if (always || i % 3 != 1) {
          loss = loss.add(b.forward(x).add(1).square().sum());
        }
        loss.backward();
        optimizer.step();
      }
    }
    return new float[] {a.weight().value().item(), b.weight().value().item()};
  }

  /** ASGD's next rate follows from the last one, which two weights have had at other times. */
  @Test
  void weightsOfEqualCountsAndUnequalNumbersStayApart() {
    float[] together = atTimes(List.of(0, 1, 3, 4), List.of(1, 2, 3, 4));
    assertThat(atTimes(List.of(0, 1, 3, 4), List.of())[0]).isEqualTo(together[0]);
    assertThat(atTimes(List.of(), List.of(1, 2, 3, 4))[1]).isEqualTo(together[1]);
  }

  /** Trains two weights, each at some of five steps. */
  private float[] atTimes(List<Integer> ofFirst, List<Integer> ofSecond) {
    Linear a = linear(1, 1, false);
    Linear b = linear(1, 1, false);
    Sequential model = sequential(a, b);
    model.init(device, 1);
    Optimizer optimizer = new ASGD(1).lambd(0.5).attach(model);
    for (int i = 0; i < 5; i++) {
      optimizer.setLr(0.1 / (1 + i));
      try (Step step = device.step()) {
        Tensor x = step.ones(1, 1);
        if (ofFirst.contains(i)) {
          a.forward(x).sub(2).square().sum().backward();
        }
        if (ofSecond.contains(i)) {
          b.forward(x).sub(2).square().sum().backward();
        }
        optimizer.step();
      }
    }
    return new float[] {a.weight().value().item(), b.weight().value().item()};
  }

  @Test
  void twoOptimizersShareAModel() {
    Sequential model = model();
    Sequential alone = model();
    Optimizer muon = new Muon(0.1).attach(model, MATRICES);
    Optimizer others = new AdamW(0.01).attach(model, MATRICES.negate());
    Optimizer onlyMuon = new Muon(0.1).attach(alone, MATRICES);
    try (Step step = device.step()) {
      for (Sequential m : List.of(model, alone)) {
        mse().forward(m.forward(step.ones(2, 2)), step.ones(2, 1)).backward();
      }
      muon.step();
      onlyMuon.step();
      assertThat(model.store().toFloatArray()).isEqualTo(alone.store().toFloatArray());
      others.step();
    }
    assertThat(model.store().hasGradients()).isFalse();
    assertThat(alone.store().hasGradients()).isTrue();
    for (Parameter p : model.parameters()) {
      Parameter left = alone.namedParameters().get(p.name());
      float[] value = p.value().toFloatArray();
      if (MATRICES.test(p)) {
        assertThat(value).isEqualTo(left.value().toFloatArray());
      } else {
        assertThat(value).isNotEqualTo(left.value().toFloatArray());
      }
    }
  }

  /** A variance of equal numbers is 0, which rounding may make negative. */
  @Test
  void aCenteredRootIsNeverOfANegativeNumber() {
    Linear model = linear(1, 1, false);
    model.init(device, 1);
    Optimizer optimizer = new RMSprop(1e-4).alpha(0.5).centered(true).eps(1e-3).attach(model);
    for (int i = 0; i < 200; i++) {
      try (Step step = device.step()) {
        model.forward(step.full(0.1f, 1, 1)).sum().backward();
        optimizer.step();
      }
    }
    assertThat(model.weight().value().item()).isFinite();
  }

  static Stream<Arguments> nonsense() {
    return Stream.of(
        wrong(() -> new Adam(-1e-3), "Adam: the learning rate is -0.001"),
        wrong(() -> new RMSprop(Double.NaN), "RMSprop: the learning rate is NaN"),
        wrong(() -> new NAdam().betas(1, 0.9), "NAdam: the first beta is 1.0", "below 1"),
        wrong(() -> new RAdam().betas(0.9, -0.1), "RAdam: the second beta is -0.1"),
        wrong(() -> new Adamax().eps(-1), "Adamax: the eps is -1.0"),
        wrong(() -> new Adagrad().lrDecay(-1), "Adagrad: the learning-rate decay is -1.0"),
        wrong(() -> new Adadelta().rho(1.5), "Adadelta: the rho is 1.5", "from 0 to 1"),
        wrong(() -> new ASGD().weightDecay(-1), "ASGD: the weight decay is -1.0"),
        wrong(() -> new Rprop().etas(1.2, 0.5), "Rprop: the etas are 1.2 and 0.5"),
        wrong(() -> new Rprop().stepSizes(2, 1), "Rprop: the step sizes go from 2.0 to 1.0"),
        wrong(() -> new Rprop().group(MATRICES, 0.1, 0.01), "Rprop", "0.01", "has none"),
        wrong(() -> new Adafactor().d(0.5), "Adafactor: the clipping threshold d is 0.5"),
        wrong(() -> new Adafactor().beta2Decay(0.8), "Adafactor: the beta2 decay is 0.8"),
        wrong(() -> new Muon().nsSteps(100), "Muon: the number of iterations is 100", "5"),
        wrong(() -> new LBFGS().historySize(0), "LBFGS: the history size is 0", "at least 1"),
        wrong(
            () -> new LBFGS().group(MATRICES, 0.1, 0),
            "LBFGS: a group with a learning rate of 0.1",
            "use another optimizer"),
        wrong(() -> AveragedModel.getEmaAvgFn(1.1), "the decay is 1.1", "0.999"),
        wrong(() -> new SWALR(-1), "SWALR: swaLr is -1.0"));
  }

  private static Arguments wrong(ThrowingCallable call, String... parts) {
    return Arguments.of(parts[0], call, List.of(parts));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("nonsense")
  void nonsenseIsRefused(String name, ThrowingCallable call, List<String> parts) {
    assertThatIllegalArgumentException()
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  @Test
  void muonRefusesAVectorByItsName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Muon().attach(model()))
        .withMessageContaining("Muon: parameter 0.bias [3] is no matrix")
        .withMessageContaining("attach(model, p -> p.shape().rank() == 2)");
  }

  @Test
  void lbfgsSaysWhatItNeeds() {
    Sequential model = model();
    LBFGS optimizer = new LBFGS();
    assertThatIllegalStateException()
        .isThrownBy(() -> optimizer.step(() -> device.ones(1)))
        .withMessageContaining("attach(model)");
    optimizer.attach(model);
    assertThatIllegalStateException()
        .isThrownBy(optimizer::step)
        .withMessageContaining("LBFGS: a step computes the loss several times");
    assertThatIllegalStateException()
        .isThrownBy(() -> optimizer.step(() -> device.ones()))
        .withMessageContaining("LBFGS: the closure left no gradient; call backward()");
    GradScaler scaler = new GradScaler();
    try (Step step = device.step()) {
      Tensor loss = mse().forward(model.forward(step.ones(1, 2)), step.ones(1, 1));
      scaler.scale(loss).backward();
      assertThatIllegalStateException()
          .isThrownBy(() -> scaler.step(optimizer))
          .withMessageContaining("use no GradScaler");
      assertThatIllegalStateException()
          .isThrownBy(() -> optimizer.step(() -> loss))
          .withMessageContaining("a step that records is open already");
    }
  }

  @Test
  void optionsAreSetBeforeAttach() {
    NAdam optimizer = new NAdam();
    optimizer.attach(model());
    assertThatIllegalStateException().isThrownBy(() -> optimizer.maximize(true));
    assertThatIllegalStateException().isThrownBy(() -> optimizer.betas(0.5, 0.5));
  }
}
