package io.cortado.tck;

import static io.cortado.backend.spec.Reduction.SUM;
import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.loss.HingeEmbeddingLoss;
import io.cortado.loss.L1Loss;
import io.cortado.loss.SmoothL1Loss;
import io.cortado.loss.SoftMarginLoss;
import io.cortado.tck.TorchFixtures.Case;
import io.cortado.tck.TorchLosses.Comparison;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** torch.nn's losses with their options: values and gradients as PyTorch 1.13.1 gave them. */
public abstract class TorchLossesSuite extends DeviceSuite {

  /** How far a value may be from PyTorch's, relatively. */
  private static final double VALUE_TOLERANCE = 1e-5;

  /** How far a gradient may be from PyTorch's, relatively. */
  private static final double GRADIENT_TOLERANCE = 1e-4;

  /** How many combinations of options each loss is compared with. */
  private static final long FEWEST_CASES = 8;

  /** For subclasses. */
  protected TorchLossesSuite() {}

  static Stream<Case> cases() {
    return TorchLosses.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void asPyTorch(Case c) {
    Comparison comparison = TorchLosses.compare(device, c);
    if (comparison.reason().isEmpty()) {
      assertThat(comparison.valueError())
          .as("value of %s%s", c, comparison.numbers())
          .isLessThan(VALUE_TOLERANCE);
      assertThat(comparison.gradientError())
          .as("gradient of %s%s", c, comparison.numbers())
          .isLessThan(GRADIENT_TOLERANCE);
    } else {
      assertThat(Math.max(comparison.valueError(), comparison.gradientError()))
          .as("%s is said to differ: %s", c, comparison.reason())
          .isGreaterThan(GRADIENT_TOLERANCE);
    }
  }

  /** Each difference that is on purpose is what it is said to be. */
  @Test
  void differencesOnPurpose() {
    try (Step step = device.step()) {
      Tensor x = step.tensor(new float[] {-1e4f, 1e4f}, 2).requiresGrad(true);
      Tensor soft =
          new SoftMarginLoss().reduction(SUM).forward(x, step.tensor(new float[] {1, -1}, 2));
      Tensor equal = step.ones(1).requiresGrad(true);
      Tensor smooth = new SmoothL1Loss().beta(0).reduction(SUM).forward(equal, step.ones(1));
      Tensor nan = step.full(Float.NaN, 1).requiresGrad(true);
      Tensor l1 = new L1Loss().reduction(SUM).forward(nan, step.ones(1));
      Tensor other = step.full(Float.NaN, 1).requiresGrad(true);
      Tensor hinge = new HingeEmbeddingLoss().reduction(SUM).forward(other, step.full(-1, 1));
      assertThat(soft.item()).isEqualTo(2e4f);
      soft.add(smooth).add(l1).add(hinge).backward();
      assertThat(gradient(x)).containsExactly(-1, 1);
      assertThat(gradient(equal)).containsExactly(0);
      assertThat(gradient(nan)).containsExactly(Float.NaN);
      assertThat(gradient(other)).containsExactly(-1);
    }
  }

  private static float[] gradient(Tensor x) {
    Tensor gradient = x.grad();
    return gradient == null ? new float[0] : gradient.toFloatArray();
  }

  @Test
  void eachLossHasEnoughCases() {
    Map<String, Long> counts =
        cases().collect(Collectors.groupingBy(TorchLossOptions::torchClass, Collectors.counting()));
    assertThat(counts)
        .isNotEmpty()
        .allSatisfy((_, n) -> assertThat(n).isGreaterThanOrEqualTo(FEWEST_CASES));
  }
}
