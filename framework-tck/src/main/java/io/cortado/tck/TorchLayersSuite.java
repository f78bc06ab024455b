package io.cortado.tck;

import static io.cortado.nn.Layers.avgPool2d;
import static io.cortado.nn.Layers.maxPool2d;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.nn.CosineSimilarity;
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

  /** {@code F.cosine_similarity(torch.tensor([[1., 2.]]), torch.tensor([[1.]]))} and the like. */
  @Test
  void cosinesOfInputsThatBroadcast() {
    CosineSimilarity cosine = new CosineSimilarity(1, 1e-8);
    try (Step step = device.step()) {
      Tensor x = step.tensor(new float[] {1, 2}, 1, 2);
      float[] column = cosine.forward(x, step.tensor(new float[] {1}, 1, 1)).toFloatArray();
      float[] row = cosine.forward(x, step.tensor(new float[] {1, 3}, 2)).toFloatArray();
      assertThat(column).containsExactly(new float[] {0.948683f}, within(1e-5f));
      assertThat(row).containsExactly(new float[] {0.989949f}, within(1e-5f));
    }
  }

  /** Counted up, there is a window even where it is larger than the input. */
  @Test
  void windowsLargerThanTheInput() {
    try (Step step = device.step()) {
      Tensor max = maxPool2d(2).ceilMode(true).forward(step.full(3, 1, 1, 1, 1));
      assertThat(max.shape()).isEqualTo(Shape.of(1, 1, 1, 1));
      assertThat(max.toFloatArray()).containsExactly(3);
      Tensor mean = avgPool2d(3).stride(2).ceilMode(true).forward(step.ones(1, 1, 2, 5));
      assertThat(mean.shape()).isEqualTo(Shape.of(1, 1, 1, 2));
      assertThat(mean.toFloatArray()).containsExactly(1, 1);
    }
  }

  @Test
  void zerosKeepTheirSigns() {
    try (Step step = device.step()) {
      Tensor x = step.tensor(new float[] {0f, -0f}, 2);
      assertThat(x.neg().toFloatArray()).containsExactly(-0f, 0f);
      assertThat(x.mul(2).toFloatArray()).containsExactly(0f, -0f);
      assertThat(x.div(4).toFloatArray()).containsExactly(0f, -0f);
    }
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
