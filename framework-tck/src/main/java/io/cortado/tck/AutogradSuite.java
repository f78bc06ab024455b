package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.autograd.Convolution;
import io.cortado.autograd.Dropout;
import io.cortado.autograd.Losses;
import io.cortado.autograd.MatMul;
import io.cortado.autograd.Pooling;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.Reduction;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.tck.AutogradCases.Case;
import io.cortado.tck.reference.Numbers;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gradient of every differentiable function of tensors, on one device, against finite
 * differences.
 */
public abstract class AutogradSuite extends DeviceSuite {

  /**
   * How far apart all inputs are: differences must not step over a kink or change which is largest.
   */
  private static final float GAP = 0.03f;

  private static final double STEP = 0.01;

  /** Differences of single-precision values: their roundings, and the curvature within a step. */
  private static final Tolerance AS_DIFFERENCES = new Tolerance("finite differences", 2e-3);

  private long inUse;

  /** For subclasses. */
  protected AutogradSuite() {}

  /** Makes the buffer of the step number, which lives as long as the device. */
  @BeforeAll
  void countSteps() {
    device.random().step();
  }

  @BeforeEach
  void rememberMemory() {
    inUse = device.backend().memory().inUseBytes();
  }

  @AfterEach
  void checkMemory() {
    long now = device.backend().memory().inUseBytes();
    if (now != inUse) {
      throw new AssertionError(
          "%d bytes were in use before the test, %d are after its steps closed"
              .formatted(inUse, now));
    }
  }

  /** Empty batches pass through every layer, forward and backward, as in PyTorch. */
  @Test
  void emptyBatchesPassThrough() {
    try (Step step = device.step()) {
      Tensor x = step.zeros(0, 2, 4, 4).requiresGrad(true);
      Tensor w = step.ones(3, 2, 3, 3).requiresGrad(true);
      ConvSpec conv = new ConvSpec(0, 2, 4, 4, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1, UnaryOp.TANH);
      Tensor y = Convolution.conv2d(conv, x, w, null);
      for (PoolSpec.Mode mode : PoolSpec.Mode.values()) {
        y =
            Pooling.pool2d(
                new PoolSpec(
                    mode, 0, 3, y.dim(2), y.dim(3), y.dim(2), y.dim(3), 1, 1, 1, 1, 0, 0, 1, 1,
                    false),
                y);
      }
      Tensor dense = step.ones(5, 48).requiresGrad(true);
      Tensor logits =
          MatMul.linear(Dropout.dropout(y.flatten(1), 0.5f), dense, null, UnaryOp.RELU)
              .mul(step.ones(5));
      Tensor loss =
          Losses.crossEntropy(logits, step.tensor(new int[0], 0), null, -100, 0, Reduction.SUM);
      loss.add(logits.softmax(1).transpose(0, 1).sum()).backward();
      assertThat(loss.item()).isZero();
      assertThat(w.grad())
          .isNotNull()
          .satisfies(g -> assertThat(g.toFloatArray()).containsOnly(0f));
      assertThat(dense.grad())
          .isNotNull()
          .satisfies(g -> assertThat(g.toFloatArray()).containsOnly(0f));
      assertThat(step.zeros(0, 3).mean().item()).isNaN();
      assertThat(step.zeros(3, 0).sum(1, false).toFloatArray()).containsExactly(0, 0, 0);
      assertThat(step.zeros(2, 0).matmul(step.zeros(0, 3)).toFloatArray()).containsOnly(0f);
      assertThat(step.zeros(0, 4).argmax(1).toIntArray()).isEmpty();
    }
  }

  static List<Case> cases() {
    return AutogradCases.all();
  }

  @Test
  void everyFunctionHasACase() {
    Set<String> methods =
        AutogradCases.CLASSES.stream()
            .flatMap(c -> Arrays.stream(c.getDeclaredMethods()))
            .filter(m -> Modifier.isPublic(m.getModifiers()))
            .filter(m -> m.getReturnType() == Tensor.class)
            .map(m -> m.getDeclaringClass().getSimpleName() + "." + m.getName())
            .collect(Collectors.toCollection(TreeSet::new));
    methods.removeAll(AutogradCases.NOT_DIFFERENTIABLE);
    cases().forEach(c -> methods.remove(c.method()));
    if (!methods.isEmpty()) {
      throw new AssertionError("add cases to AutogradCases for " + methods);
    }
  }

  /** All inputs want their gradient. */
  @ParameterizedTest
  @MethodSource("cases")
  void gradientOfAllInputs(Case c) {
    boolean[] wanted = new boolean[c.shapes().size()];
    Arrays.fill(wanted, true);
    check(c, wanted, y -> y);
  }

  /** One input after the other wants its gradient, and the others none. */
  @ParameterizedTest
  @MethodSource("cases")
  void gradientOfOneInput(Case c) {
    for (int i = 0; c.shapes().size() > 1 && i < c.shapes().size(); i++) {
      boolean[] wanted = new boolean[c.shapes().size()];
      wanted[i] = true;
      check(c, wanted, y -> y);
    }
  }

  /**
   * Inputs that are used by something else too: the function's gradient is added to what is there.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void gradientIsAddedToOthers(Case c) {
    Case twice =
        new Case(
            c.method(),
            "twice, " + c.details(),
            c.range(),
            in -> c.function().of(in).add(c.function().of(in)),
            c.shapes());
    boolean[] wanted = new boolean[c.shapes().size()];
    Arrays.fill(wanted, true);
    check(twice, wanted, y -> y);
  }

  /**
   * A function in the midst of others: its upstream gradient is not the one that the walk starts
   * with.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void gradientInTheMidst(Case c) {
    boolean[] wanted = new boolean[c.shapes().size()];
    Arrays.fill(wanted, true);
    check(c, wanted, y -> y.mul(-0.5f).add(y.square()));
  }

  private void check(Case c, boolean[] wanted, UnaryOperator<Tensor> after) {
    float[][] inputs = AutogradCases.inputs(c, GAP);
    float[][] gradients = new float[inputs.length][];
    float[] dy;
    device.seed(7);
    try (Step step = device.step()) {
      Tensor[] tensors = tensors(c, inputs);
      for (int i = 0; i < tensors.length; i++) {
        tensors[i].requiresGrad(wanted[i]);
      }
      Tensor y = after.apply(c.function().of(tensors));
      dy = new Data(y.size()).between(y.size(), 0.5, 1.5);
      y.backward(step.tensor(dy, y.shape().toArray()));
      for (int i = 0; i < tensors.length; i++) {
        Tensor gradient = tensors[i].grad();
        if (wanted[i] != (gradient != null)) {
          throw new AssertionError(
              "input " + i + (wanted[i] ? " wants a gradient and has none" : " has a gradient"));
        }
        if (gradient != null) {
          gradients[i] = gradient.toFloatArray();
        }
      }
    }
    for (int i = 0; i < inputs.length; i++) {
      if (wanted[i]) {
        int input = i;
        double[] differences =
            GradientCheck.gradient(
                x -> value(c, after, inputs, input, x, dy), Numbers.doubles(inputs[i]), STEP);
        Expected.within(1, differences)
            .check(c + ": gradient of input " + i, gradients[i], AS_DIFFERENCES);
      }
    }
  }

  private Tensor[] tensors(Case c, float[][] values) {
    Tensor[] tensors = new Tensor[values.length];
    for (int i = 0; i < values.length; i++) {
      tensors[i] = device.tensor(values[i], c.shapes().get(i).toArray());
    }
    return tensors;
  }

  /** Returns {@code dy . f(inputs)} with one input replaced. */
  private double value(
      Case c, UnaryOperator<Tensor> after, float[][] inputs, int replaced, double[] x, float[] dy) {
    float[][] values = inputs.clone();
    values[replaced] = Numbers.floats(x);
    // The same step number as in the recorded run, so that the same random numbers are drawn.
    device.seed(7);
    try (Step step = device.step()) {
      Tensor y = after.apply(c.function().of(tensors(c, values)));
      return GradientCheck.dot(Numbers.doubles(y.toFloatArray()), Numbers.doubles(dy));
    }
  }
}
