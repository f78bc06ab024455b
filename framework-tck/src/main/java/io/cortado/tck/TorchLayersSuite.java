package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.tck.TorchLayers.FamilyCase;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** torch.nn's layers with their options: values and gradients as PyTorch 1.13.1 gave them. */
public abstract class TorchLayersSuite extends DeviceSuite {

  /** How far a value may be from PyTorch's, relatively. */
  private static final double VALUE_TOLERANCE = 1e-5;

  /** How far a gradient may be from PyTorch's, relatively. */
  private static final double GRADIENT_TOLERANCE = 1e-4;

  /** For subclasses. */
  protected TorchLayersSuite() {}

  static Stream<FamilyCase> cases() {
    return TorchLayers.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void asPyTorch(FamilyCase c) {
    TorchLayerComparison comparison = TorchLayerComparison.compare(device, c);
    assertThat(comparison.valueError())
        .as("value of %s%s", c, comparison.numbers())
        .isLessThan(VALUE_TOLERANCE);
    assertThat(comparison.gradientError())
        .as("gradient of %s%s", c, comparison.numbers())
        .isLessThan(GRADIENT_TOLERANCE);
  }

  /** What is compared here is not said to be absent or compared elsewhere. */
  @Test
  void eachClassIsInOnePlace() {
    Set<String> compared =
        cases()
            .map(c -> TorchLossOptions.torchClass(c.recorded()))
            .collect(Collectors.toCollection(TreeSet::new));
    compared.retainAll(TorchLayerNotes.withNotes());
    assertThat(compared).as("compared, and said not to be in TorchLayerNotes").isEmpty();
  }
}
