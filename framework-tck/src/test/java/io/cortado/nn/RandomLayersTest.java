package io.cortado.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.autograd.Randoms;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers that draw: which numbers there are, how many of each, and that seeds repeat them. */
class RandomLayersTest {

  private static final Offset<Float> ROUNDING = within(1e-5f);

  /** Six deviations of the mean and of the variance of 20000 numbers. */
  private static final Offset<Double> CHANCE = within(0.06);

  /** Six deviations of which part of 300 channels is kept. */
  private static final Offset<Double> FEW = within(0.15);

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  static Stream<Layer> all() {
    return Stream.of(
        new Dropout1d(0.3),
        new Dropout2d(0.3),
        new AlphaDropout(0.3),
        new FeatureAlphaDropout(0.3),
        new RReLU());
  }

  private float[] output(Layer layer, long seed) {
    device.seed(seed);
    try (Step step = device.step()) {
      return layer.forward(step.full(-1, 5, 4, 3)).toFloatArray();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void seedsRepeatThemAndEvaluationDrawsNothing(Layer layer) {
    float[] first = output(layer, 1);
    assertThat(output(layer, 1)).isEqualTo(first);
    assertThat(output(layer, 2)).isNotEqualTo(first);
    layer.eval();
    float expected = layer instanceof RReLU ? -(1 / 8f + 1 / 3f) / 2 : -1;
    for (float y : output(layer, 1)) {
      assertThat(y).isCloseTo(expected, ROUNDING);
    }
  }

  @Test
  void channelsAreDroppedAsAWhole() {
    int[][] shapes = {{600, 4, 3}, {400, 3}, {600, 4, 3, 2}, {300, 4, 2, 2, 2}, {300, 2, 2, 2}};
    int[] perChannel = {3, 3, 6, 8, 8};
    Layer[] layers = {
      new Dropout1d(0.25),
      new Dropout1d(0.25),
      new Dropout2d(0.25),
      new Dropout3d(0.25),
      new Dropout3d(0.25)
    };
    for (int i = 0; i < layers.length; i++) {
      try (Step step = device.step()) {
        Tensor x = step.ones(shapes[i]).requiresGrad(true);
        Tensor y = layers[i].forward(x);
        float[] values = y.toFloatArray();
        y.sum().backward();
        assertThat(Objects.requireNonNull(x.grad()).toFloatArray()).isEqualTo(values);
        double kept = 0;
        for (int k = 0; k < values.length; k++) {
          assertThat(values[k]).isEqualTo(values[k / perChannel[i] * perChannel[i]]);
          assertThat(values[k])
              .satisfiesAnyOf(
                  v -> assertThat(v).isZero(), v -> assertThat(v).isCloseTo(4 / 3f, ROUNDING));
          kept += values[k] == 0 ? 0 : 1;
        }
        assertThat(kept / values.length).isCloseTo(0.75, FEW);
      }
    }
  }

  @Test
  void alphaDropoutKeepsMeanAndVariance() {
    for (Layer layer : new Layer[] {new AlphaDropout(0.2), new FeatureAlphaDropout(0.2)}) {
      try (Step step = device.step()) {
        Tensor x = Randoms.normal(device, 0, 1, 5000, 4);
        Tensor y = layer.forward(x);
        assertThat((double) y.mean().item()).isCloseTo(0, CHANCE);
        assertThat((double) y.var().item()).isCloseTo(1, CHANCE);
        double alpha = 1.7580993408473766;
        double a = 1 / Math.sqrt((alpha * alpha * 0.2 + 1) * 0.8);
        float dropped = (float) (alpha * a * (0.2 - 1));
        float[] in = x.toFloatArray();
        float[] out = y.toFloatArray();
        int count = 0;
        for (int i = 0; i < out.length; i++) {
          float kept = (float) (a * in[i] + alpha * a * 0.2);
          boolean gone = Math.abs(out[i] - dropped) < 1e-5;
          count += gone ? 1 : 0;
          assertThat(gone || Math.abs(out[i] - kept) < 1e-5).isTrue();
        }
        assertThat(count / (double) out.length).isCloseTo(0.2, within(0.02));
        assertThat(new AlphaDropout(1).forward(x).abs().sum().item()).isZero();
      }
    }
  }

  @Test
  void slopesAreSpreadEvenly() {
    try (Step step = device.step()) {
      Tensor x = step.full(-2, 4000).requiresGrad(true);
      Tensor y = new RReLU(0.1, 0.5).forward(x);
      y.sum().backward();
      float[] slopes = Objects.requireNonNull(x.grad()).toFloatArray();
      float[] values = y.toFloatArray();
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < slopes.length; i++) {
        assertThat(slopes[i]).isBetween(0.1f, 0.5f);
        assertThat(values[i]).isCloseTo(-2 * slopes[i], ROUNDING);
        sum += slopes[i];
        squares += (slopes[i] - 0.3) * (slopes[i] - 0.3);
      }
      assertThat(sum / slopes.length).isCloseTo(0.3, within(0.011));
      assertThat(squares / slopes.length).isCloseTo(0.4 * 0.4 / 12, within(0.0012));
      assertThat(new RReLU().forward(step.ones(3)).toFloatArray()).containsOnly(1f);
    }
  }

  @Test
  void wrongOnesAreRefused() {
    assertThatThrownBy(() -> new Dropout2d(1.5)).hasMessageContainingAll("dropout", "1.5");
    assertThatThrownBy(() -> new RReLU(0.5, 0.1)).hasMessageContainingAll("rrelu", "0.5", "0.1");
    try (Step step = device.step()) {
      assertThatThrownBy(() -> new Dropout2d(0.5).forward(step.ones(2, 3)))
          .hasMessageContainingAll("Dropout2d", "[2, 3]", "4 are needed");
      assertThatThrownBy(() -> new Dropout1d(0.5).forward(step.ones(2, 3, 1, 1)))
          .hasMessageContainingAll("Dropout1d", "[2, 3, 1, 1]", "3 are needed", "2 without");
      assertThatThrownBy(() -> new FeatureAlphaDropout(0.5).forward(step.ones(2)))
          .hasMessageContainingAll("[2]", "channels");
      assertThatThrownBy(() -> new GLU(1).forward(step.ones(2, 3)))
          .hasMessageContainingAll("glu", "[2, 3]", "even");
      assertThatThrownBy(() -> new Softmax2d().forward(step.ones(2, 3)))
          .hasMessageContainingAll("softmax2d", "[2, 3]");
    }
  }
}
