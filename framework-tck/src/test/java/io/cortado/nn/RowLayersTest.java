package io.cortado.nn;

import static io.cortado.nn.Layers.embedding;
import static io.cortado.nn.Layers.groupNorm;
import static io.cortado.nn.Layers.instanceNorm2d;
import static io.cortado.nn.Layers.layerNorm;
import static io.cortado.nn.Layers.localResponseNorm;
import static io.cortado.nn.Layers.rmsNorm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.optim.SGD;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Layers that normalise each sample, and tables: PyTorch's parameters, defaults and values. */
class RowLayersTest {

  private static final Offset<Float> ROUNDING = within(1e-5f);

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private static String parameters(Module module) {
    return module.parameters().stream()
        .map(p -> p.name() + " " + p.shape())
        .collect(Collectors.joining(", "));
  }

  private float[] output(Layer layer, float[] x, int... shape) {
    layer.init(device, 1);
    try (Step step = device.inference()) {
      return layer.forward(step.tensor(x, shape)).toFloatArray();
    }
  }

  /** The values are worked out by hand: mean 2, variance 2 / 3, mean square 14 / 3. */
  @Test
  void rowsAreNormalisedByTheirOwnStatistics() {
    float[] x = {1, 2, 3, 11, 12, 13};
    float spread = (float) (1 / Math.sqrt(2.0 / 3 + 1e-5));
    float[] expected = {-spread, 0, spread, -spread, 0, spread};
    assertThat(output(layerNorm(3), x, 2, 3)).containsExactly(expected, ROUNDING);
    assertThat(output(groupNorm(2, 6), x, 1, 6)).containsExactly(expected, ROUNDING);
    assertThat(output(instanceNorm2d(2), x, 1, 2, 1, 3)).containsExactly(expected, ROUNDING);
    float root = (float) Math.sqrt(14.0 / 3);
    float[] first = Arrays.copyOf(output(rmsNorm(3), x, 2, 3), 3);
    assertThat(first).containsExactly(new float[] {1 / root, 2 / root, 3 / root}, ROUNDING);
  }

  @Test
  void parametersAreNamedAndShapedAsPyTorchs() {
    assertThat(parameters(layerNorm(2, 3))).isEqualTo("weight [2, 3], bias [2, 3]");
    LayerNorm.Options withoutBias = new LayerNorm.Options(1e-5, true, false);
    assertThat(parameters(new LayerNorm(Shape.of(4), withoutBias))).isEqualTo("weight [4]");
    assertThat(parameters(rmsNorm(4))).isEqualTo("weight [4]");
    assertThat(parameters(groupNorm(2, 6))).isEqualTo("weight [6], bias [6]");
    assertThat(parameters(instanceNorm2d(6))).isEmpty();
    assertThat(parameters(localResponseNorm(5))).isEmpty();
    assertThat(parameters(embedding(5, 3))).isEqualTo("weight [5, 3]");
  }

  /** {@code 10 / (1 + 1e-4 / 2 * (10^2 + 20^2))^0.75}: the window leans back. */
  @Test
  void localResponseHasPyTorchsDefaults() {
    float[] y = output(localResponseNorm(2), new float[] {20, 10}, 1, 2);
    assertThat(y[0]).isCloseTo((float) (20 / Math.pow(1.02, 0.75)), ROUNDING);
    assertThat(y[1]).isCloseTo((float) (10 / Math.pow(1.025, 0.75)), ROUNDING);
  }

  @Test
  void thePaddingRowIsZeroAndStaysIt() {
    Embedding table = embedding(4, 3).paddingIdx(-2);
    table.init(device, 1);
    SGD optimizer = new SGD(0.5);
    optimizer.attach(table);
    float[] before = table.weight().value().toFloatArray();
    assertThat(Arrays.copyOfRange(before, 6, 9)).containsOnly(0f);
    assertThat(Arrays.copyOfRange(before, 0, 6)).doesNotContain(0f);
    try (Step step = device.step()) {
      Tensor y = table.forward(step.tensor(new int[] {2, 0, 2, 3}, 2, 2));
      assertThat(y.shape()).isEqualTo(Shape.of(2, 2, 3));
      y.sum().backward();
      optimizer.step();
    }
    float[] after = table.weight().value().toFloatArray();
    for (int i = 0; i < after.length; i++) {
      boolean used = i / 3 == 0 || i / 3 == 3;
      assertThat(after[i]).isCloseTo(before[i] - (used ? 0.5f : 0), ROUNDING);
    }
  }

  /** At distance 0 PyTorch's gradient is 0 for every order. */
  @Test
  void equalVectorsHaveADistanceWithoutGradient() {
    for (double p : new double[] {0.5, 1, 2, 3, Double.POSITIVE_INFINITY}) {
      try (Step step = device.step()) {
        Tensor x = step.tensor(new float[] {1, 2, 3, 1, 2, 4}, 2, 3).requiresGrad(true);
        Tensor y = step.tensor(new float[] {1, 2, 3, 1, 2, 3}, 2, 3);
        Tensor d = new PairwiseDistance(p, 0, false).forward(x, y);
        d.sum().backward();
        assertThat(d.toFloatArray()).as("p = %s", p).containsExactly(0, 1);
        assertThat(Objects.requireNonNull(x.grad()).toFloatArray())
            .as("p = %s", p)
            .containsExactly(0, 0, 0, 0, 0, 1);
      }
    }
  }
}
