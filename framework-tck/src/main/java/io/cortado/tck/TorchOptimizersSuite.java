package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.tck.TorchFixtures.Case;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** torch.optim's optimizers with their options: parameters and state after 50 steps. */
public abstract class TorchOptimizersSuite extends DeviceSuite {

  /** How far a parameter may be from PyTorch's, relatively. */
  private static final double PARAMETER_TOLERANCE = 1e-5;

  /**
   * How far the optimizer's state may be from PyTorch's, relatively: a gradient near the minimum,
   * which Rprop keeps, is what is left of larger numbers.
   */
  private static final double STATE_TOLERANCE = 1e-3;

  /** How many combinations of options each optimizer is compared with. */
  private static final long FEWEST_CASES = 4;

  /** For subclasses. */
  protected TorchOptimizersSuite() {}

  static Stream<Case> cases() {
    return TorchOptimizerComparison.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void asPyTorch(Case c) {
    TorchOptimizerComparison comparison = TorchOptimizerComparison.compare(device, c);
    assertThat(comparison.parameterError())
        .as("parameters of %s%s", c, comparison.numbers())
        .isLessThan(PARAMETER_TOLERANCE);
    if (!Double.isNaN(comparison.stateError())) {
      assertThat(comparison.stateError())
          .as("state of %s%s", c, comparison.numbers())
          .isLessThan(STATE_TOLERANCE);
    }
  }

  @Test
  void eachOptimizerHasEnoughCases() {
    Map<String, Long> counts =
        cases().collect(Collectors.groupingBy(TorchLossOptions::torchClass, Collectors.counting()));
    assertThat(counts)
        .isNotEmpty()
        .allSatisfy((_, n) -> assertThat(n).isGreaterThanOrEqualTo(FEWEST_CASES));
  }
}
