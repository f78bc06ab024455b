package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.backend.Backend;
import io.cortado.tck.TorchFixtures.Case;
import io.cortado.tck.TorchLosses.Comparison;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** torch.nn's losses with their options: values and gradients as PyTorch 1.13.1 gave them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TorchLossesSuite {

  /** How far a value may be from PyTorch's, relatively. */
  private static final double VALUE_TOLERANCE = 1e-5;

  /** How far a gradient may be from PyTorch's, relatively. */
  private static final double GRADIENT_TOLERANCE = 1e-4;

  /** How many combinations of options each loss is compared with. */
  private static final long FEWEST_CASES = 8;

  private Device device;

  /** For subclasses. */
  protected TorchLossesSuite() {}

  /** Opens the backend under test; the suite closes it. */
  protected abstract Backend open();

  @BeforeAll
  void openDevice() {
    device = Device.of(open());
  }

  @AfterAll
  void closeDevice() {
    device.close();
  }

  static Stream<Case> cases() {
    return TorchLosses.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void asPyTorch(Case c) {
    Comparison comparison = TorchLosses.compare(device, c);
    if (comparison.reason().isEmpty()) {
      assertThat(comparison.valueError()).as("value of %s", c).isLessThan(VALUE_TOLERANCE);
      assertThat(comparison.gradientError())
          .as("gradient of %s", c)
          .isLessThan(GRADIENT_TOLERANCE);
    } else {
      assertThat(comparison.valueError())
          .as("%s is said to differ: %s", c, comparison.reason())
          .isGreaterThan(VALUE_TOLERANCE);
    }
  }

  @Test
  void eachLossHasEnoughCases() {
    Map<String, Long> counts =
        cases().collect(Collectors.groupingBy(TorchLossOptions::torchClass, Collectors.counting()));
    assertThat(counts).isNotEmpty().allSatisfy((_, n) -> assertThat(n).isGreaterThanOrEqualTo(FEWEST_CASES));
  }
}
