package io.cortado;

import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.cortado.autograd.Attention;
import io.cortado.autograd.AttentionOptions;
import io.cortado.autograd.Autograd;
import io.cortado.autograd.CustomFunction;
import io.cortado.autograd.Dropout;
import io.cortado.autograd.GradCheck;
import io.cortado.autograd.Randoms;
import io.cortado.nn.BatchNorm;
import io.cortado.nn.GRU;
import io.cortado.nn.Layer;
import io.cortado.nn.Layers;
import io.cortado.nn.RNNBase;
import io.cortado.nn.RNNState;
import io.cortado.optim.SGD;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Gradients of some tensors alone, checkpoints, functions of one's own, and overwritten values. */
class AutogradApiTest {

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private Tensor leaf(float... values) {
    return device.root().tensor(values, values.length).requiresGrad(true);
  }

  private static float[] grad(Tensor t) {
    return Objects.requireNonNull(t.grad(), "no gradient").toFloatArray();
  }

  // ---------------------------------------------------------------- some tensors alone

  @Test
  void gradientsOfSomeTensorsLeaveAllOthersAlone() {
    Tensor x = leaf(2, 3);
    Tensor w = leaf(5, 7);
    Tensor bias = leaf(1, 1);
    try (Step step = device.step()) {
      x.sum().backward();
      Tensor product = x.mul(w);
      Tensor y = product.mul(product).add(bias.mul(x)).sum();
      List<Tensor> g = Autograd.grad(y, w, product);
      assertThat(g.get(0).toFloatArray()).containsExactly(2 * 10 * 2, 2 * 21 * 3);
      assertThat(g.get(1).toFloatArray()).containsExactly(20, 42);
      assertThat(step.recording()).isTrue();
    }
    assertThat(grad(x)).containsExactly(1, 1);
    assertThat(w.grad()).isNull();
    assertThat(bias.grad()).isNull();
  }

  @Test
  void aGradientStartsFromTheOneGiven() {
    Tensor x = leaf(2, 3);
    try (Step step = device.step()) {
      Tensor start = step.tensor(new float[] {10, 100}, 2);
      assertThat(Autograd.gradFrom(x.square(), start, x).getFirst().toFloatArray())
          .containsExactly(40, 600);
    }
  }

  @Test
  void whatWasNotUsedHasNoGradient() {
    Tensor x = leaf(2, 3);
    Tensor other = leaf(1);
    try (Step step = device.step()) {
      assertThat(step.recording()).isTrue();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Autograd.grad(x.sum(), x, other))
          .withMessageContainingAll("grad", "input 1", "[1]", "not used");
      Tensor constant = step.ones(2);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Autograd.grad(x.mul(constant).sum(), constant))
          .withMessageContainingAll("grad", "[2]", "requiresGrad");
    }
  }

  // ---------------------------------------------------------------- checkpoints

  private static Tensor block(Tensor[] in) {
    Tensor h = in[0].matmul(in[1]).tanh();
    return Dropout.dropout(h, 0.5f).matmul(in[1]).sigmoid();
  }

  private float[][] trained(Function<Tensor[], Tensor> block) {
    Tensor x = device.root().full(0.3f, 4, 4).requiresGrad(true);
    Tensor w = device.root().full(0.2f, 4, 4).requiresGrad(true);
    device.seed(5);
    try (Step step = device.step()) {
      Tensor y = block.apply(new Tensor[] {x, w});
      Tensor after = Dropout.dropout(y.mul(x), 0.5f);
      after.sum().backward();
      return new float[][] {y.toFloatArray(), after.toFloatArray(), grad(x), grad(w)};
    }
  }

  @Test
  void aCheckpointChangesNoNumber() {
    float[][] plain = trained(AutogradApiTest::block);
    assertThat(trained(in -> Autograd.checkpoint(AutogradApiTest::block, in))).isEqualTo(plain);
    Function<Tensor[], Tensor> inner = in -> Autograd.checkpoint(AutogradApiTest::block, in);
    assertThat(trained(in -> Autograd.checkpoint(inner, in))).isEqualTo(plain);
  }

  @Test
  void aCheckpointOfAnInputItselfPassesItsGradient() {
    Tensor x = leaf(2, 3);
    try (Step step = device.step()) {
      assertThat(step.recording()).isTrue();
      Autograd.checkpoint(in -> in[0], x).square().sum().backward();
    }
    assertThat(grad(x)).containsExactly(4, 6);
  }

  @Test
  void aCheckpointKeepsItsResultAlone() {
    Tensor x = device.root().full(0.3f, 100, 100).requiresGrad(true);
    Function<Tensor[], Tensor> deep = in -> in[0].tanh().sigmoid().exp().sqrt().tanh();
    try (Step step = device.step()) {
      long before = device.backend().memory().inUseBytes();
      Tensor y = Autograd.checkpoint(deep, x);
      assertThat(device.backend().memory().inUseBytes() - before).isEqualTo(40_000);
      List<Tensor> g = Autograd.grad(y.sum(), x);
      assertThat(g.getFirst().shape()).isEqualTo(x.shape());
      assertThat(x.grad()).isNull();
      assertThat(step.isOpen()).isTrue();
    }
  }

  // ---------------------------------------------------------------- functions of one's own

  private static CustomFunction cube(float factor) {
    return new CustomFunction() {
      @Override
      public String name() {
        return "cube";
      }

      @Override
      public Tensor forward(Context context, Tensor... in) {
        context.save(in[0]);
        return in[0].mul(in[0]).mul(in[0]);
      }

      @Override
      public List<@Nullable Tensor> backward(Context context, Tensor upstream) {
        return List.of(upstream.mul(context.saved(0).square()).mul(factor));
      }
    };
  }

  @Test
  void aFunctionHasTheGradientThatItGives() {
    Tensor x = leaf(2, 3);
    try (Step step = device.step()) {
      Tensor y = Autograd.apply(cube(3), x);
      assertThat(y.toFloatArray()).containsExactly(8, 27);
      y.mul(2).add(x).sum().backward();
      assertThat(step.recording()).isTrue();
    }
    assertThat(grad(x)).containsExactly(25, 55);
  }

  @Test
  void whatAFunctionSavedMustStayAsItIs() {
    Tensor x = leaf(2, 3);
    try (Step step = device.step()) {
      Tensor y = Autograd.apply(cube(3), x).sum();
      x.set(new float[] {1, 1});
      assertThatIllegalStateException()
          .isThrownBy(y::backward)
          .withMessageContainingAll("cube", "[2]", "overwritten");
      assertThat(step.recording()).isTrue();
    }
  }

  @Test
  void aStraightThroughEstimatorCountsForwardsOnly() {
    Tensor x = leaf(0.4f, 0.6f);
    try (Step step = device.step()) {
      Tensor rounded = step.tensor(new float[] {0, 1}, 2);
      Tensor y = Autograd.straightThrough(x, rounded);
      assertThat(y.toFloatArray()).containsExactly(0, 1);
      y.mul(7).sum().backward();
      assertThat(Autograd.stopGradient(x).requiresGrad()).isFalse();
    }
    assertThat(grad(x)).containsExactly(7, 7);
  }

  // ---------------------------------------------------------------- checks of gradients

  @Test
  void aCheckNamesTheWorstElement() {
    Tensor x = leaf(0.5f, 2, 1);
    GradCheck.Report right = GradCheck.of(in -> Autograd.apply(cube(3), in)).run(x).require();
    assertThat(right.checked()).isEqualTo(3);
    GradCheck.Report wrong = GradCheck.of(in -> Autograd.apply(cube(2), in)).run(x);
    assertThat(wrong.passed()).isFalse();
    assertThat(wrong.element()).isEqualTo(1);
    assertThat(wrong.gradient()).isCloseTo(wrong.difference() * 2 / 3, within(0.05));
    assertThatIllegalStateException()
        .isThrownBy(wrong::require)
        .withMessageContainingAll("gradCheck", "element 1 of input 0");
  }

  @Test
  void aCheckLeavesTheStreamsWhereTheyWere() {
    Tensor x = leaf(0.5f, 2, 1, -3, 4);
    device.seed(3);
    float[][] plain = drawnAround(() -> {});
    device.seed(3);
    assertThat(drawnAround(() -> GradCheck.of(in -> Dropout.dropout(in[0], 0.5f)).run(x)))
        .isEqualTo(plain);
    assertThat(plain[0]).isNotEqualTo(plain[1]);
  }

  /** Draws in an inference step before and after something, within it, and in a step after it. */
  private float[][] drawnAround(Runnable between) {
    float[][] drawn = new float[4][];
    try (Step step = device.inference()) {
      drawn[0] = Randoms.uniform(device, 0, 1, 5).toFloatArray();
      between.run();
      drawn[1] = Randoms.uniform(device, 0, 1, 5).toFloatArray();
      assertThat(step.isOpen()).isTrue();
    }
    between.run();
    try (Step step = device.inference()) {
      drawn[2] = Randoms.uniform(device, 0, 1, 5).toFloatArray();
      assertThat(step.isOpen()).isTrue();
    }
    try (Step step = device.step()) {
      drawn[3] = Randoms.uniform(device, 0, 1, 5).toFloatArray();
      assertThat(step.isOpen()).isTrue();
    }
    return drawn;
  }

  private static Offset<Double> within(double bound) {
    return Offset.offset(bound);
  }

  @Test
  void aCheckDrawsTheSameNumbersEachTime() {
    Tensor x = leaf(0.5f, 2, 1, -3, 4);
    GradCheck.of(in -> Dropout.dropout(in[0].square(), 0.5f)).run(x).require();
  }

  // ---------------------------------------------------------------- overwritten values

  @Test
  void whatTheBackwardPassReadsMustStayAsItIs() {
    Tensor x = leaf(2, 3);
    Tensor w = device.root().tensor(new float[] {5, 7}, 2);
    try (Step step = device.step()) {
      Tensor y = x.mul(w.reshape(2)).sum();
      w.set(new float[] {1, 1});
      assertThatIllegalStateException()
          .isThrownBy(y::backward)
          .withMessageContainingAll("backward", "mul", "[2]", "overwritten", "set()");
      assertThat(step.recording()).isTrue();
    }
  }

  @Test
  void whatItDoesNotReadMayChange() {
    Tensor x = leaf(2, 3);
    Tensor w = device.root().tensor(new float[] {5, 7}, 2);
    try (Step step = device.step()) {
      w.set(new float[] {6, 6});
      Tensor y = x.add(w).sum();
      w.set(new float[] {1, 1});
      y.backward();
      assertThat(step.recording()).isTrue();
    }
    assertThat(grad(x)).containsExactly(1, 1);
  }

  @Test
  void anOptimizerMustNotStepBetweenForwardAndBackward() {
    Layer first = linear(2, 3);
    Layer model = sequential(first, linear(3, 1)).init(device, 1);
    SGD optimizer = new SGD(0.1);
    optimizer.attach(model);
    try (Step step = device.step()) {
      Tensor x = step.ones(4, 2);
      model.forward(x).sum().backward();
      Tensor late = model.forward(x).sum();
      optimizer.step();
      assertThatIllegalStateException()
          .isThrownBy(late::backward)
          .withMessageContainingAll("backward", "linear", "[1, 3]", "optimizer");
    }
    try (Step step = device.step()) { // and the next step is as good as ever
      model.forward(step.ones(4, 2)).sum().backward();
      optimizer.step();
    }
  }

  @Test
  void noneOfARecurrentLayersWeightsMustChangeEither() {
    for (RNNBase layer : List.of(Layers.gru(2, 3), Layers.lstm(2, 3), Layers.rnn(2, 3))) {
      layer.init(device, 1);
      SGD optimizer = new SGD(0.1);
      optimizer.attach(layer);
      try (Step step = device.step()) {
        Tensor x = step.ones(2, 4, 2).requiresGrad(true);
        Tensor first = layer.forward(x).sum();
        Tensor late = layer.forward(x).sum();
        first.backward();
        optimizer.step();
        assertThatIllegalStateException()
            .isThrownBy(late::backward)
            .withMessageContainingAll("backward", "overwritten", "optimizer");
      }
    }
  }

  @Test
  void aCarriedStateMustNotChangeBeforeTheWayBackIsDone() {
    GRU layer = Layers.gru(2, 3);
    layer.init(device, 1);
    List<Consumer<RNNState>> changes =
        List.of(RNNState::zero, s -> new RNNState(s.h().mul(2).detach(), null).copyTo(s));
    for (Consumer<RNNState> change : changes) {
      RNNState carried = new RNNState(device.root().ones(1, 4, 3), null);
      try (Step step = device.step()) {
        Tensor y = layer.forward(step.ones(2, 4, 2), carried).output().sum();
        change.accept(carried);
        assertThatIllegalStateException()
            .isThrownBy(y::backward)
            .withMessageContainingAll("backward", "overwritten", "[1, 4, 3]");
      }
    }
  }

  @Test
  void runningStatisticsMayMoveOnBeforeTheWayBackIsDone() {
    assertThat(scaleGradient(true)).isEqualTo(scaleGradient(false));
  }

  private float[] scaleGradient(boolean moves) {
    BatchNorm norm = Layers.batchNorm1d(2);
    norm.init(device, 1);
    try (Step step = device.step()) {
      Tensor x = step.tensor(new float[] {1, -2, 3, 0.5f, 4, 8}, 3, 2);
      norm.eval();
      Tensor y = norm.forward(x);
      if (moves) {
        norm.train();
        norm.forward(x);
      }
      y.square().sum().backward();
      return grad(norm.parameters().getFirst().value());
    }
  }

  // ---------------------------------------------------------------- seeds between there and back

  @Test
  void aSeedSetAfterTheForwardPassLeavesItsMasks() {
    Tensor x = device.root().ones(64).requiresGrad(true);
    try (Step step = device.step()) {
      Tensor y = Dropout.dropout(x, 0.5f);
      device.seed(77);
      float[] other = Dropout.dropout(x, 0.5f).toFloatArray();
      y.sum().backward();
      assertThat(grad(x)).isEqualTo(y.toFloatArray()).isNotEqualTo(other);
      device.seed(77);
      assertThat(Dropout.dropout(x, 0.5f).toFloatArray()).isEqualTo(other);
      assertThat(step.recording()).isTrue();
    }
    List<Function<Tensor[], Tensor>> all =
        List.of(
            in -> Attention.scaledDotProductAttention(in[0], in[1], in[0], options()),
            in -> Autograd.checkpoint(AutogradApiTest::block, in));
    for (Function<Tensor[], Tensor> function : all) {
      assertThat(trained(function, true)).isEqualTo(trained(function, false));
    }
  }

  private static AttentionOptions options() {
    return AttentionOptions.DEFAULTS.dropoutP(0.5);
  }

  private float[][] trained(Function<Tensor[], Tensor> function, boolean seeded) {
    Tensor x = device.root().full(0.3f, 4, 4).requiresGrad(true);
    Tensor w = device.root().full(0.2f, 4, 4).requiresGrad(true);
    device.seed(5);
    try (Step step = device.step()) {
      Tensor y = function.apply(new Tensor[] {x, w});
      if (seeded) {
        device.random().set(6, 9);
      }
      y.square().sum().backward();
      assertThat(step.recording()).isTrue();
    }
    return new float[][] {grad(x), grad(w)};
  }
}
