package io.cortado.nn;

import static io.cortado.nn.Layers.adaptiveMaxPool3d;
import static io.cortado.nn.Layers.avgPool2d;
import static io.cortado.nn.Layers.channelShuffle;
import static io.cortado.nn.Layers.conv1d;
import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.conv3d;
import static io.cortado.nn.Layers.convTranspose2d;
import static io.cortado.nn.Layers.fractionalMaxPool2d;
import static io.cortado.nn.Layers.fractionalMaxPool3d;
import static io.cortado.nn.Layers.lpPool1d;
import static io.cortado.nn.Layers.maxPool1d;
import static io.cortado.nn.Layers.maxPool3d;
import static io.cortado.nn.Layers.maxUnpool2d;
import static io.cortado.nn.Layers.pixelShuffle;
import static io.cortado.nn.Layers.unflatten;
import static io.cortado.nn.Layers.upsample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.autograd.Padding.Mode;
import io.cortado.nn.init.Initializers;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Layers that move windows: what they refuse, and what PyTorch's values do not show. */
class WindowLayersTest {

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private static DynamicTest refused(String name, ThrowingCallable call, String... parts) {
    return DynamicTest.dynamicTest(
        name,
        () ->
            assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts));
  }

  private ThrowingCallable forward(Layer layer, int... shape) {
    return () -> {
      layer.init(device, 1);
      try (Step step = device.inference()) {
        layer.forward(step.zeros(shape));
      }
    };
  }

  @TestFactory
  Stream<DynamicTest> wrongGeometries() {
    return Stream.of(
        refused("stride", () -> conv3d(1, 1, 2).stride(1, 0, 1), "conv3d: stride", "1x0x1"),
        refused("numbers", () -> conv3d(1, 1, 2).padding(1, 2), "conv3d", "[1, 2]", "3 axes"),
        refused("groups", () -> conv1d(4, 6, 3).groups(4), "conv1d", "4 input", "6 output"),
        refused(
            "padding same", () -> conv2d(1, 1, 3).paddingSame().stride(2), "conv2d", "stride 2"),
        refused(
            "output padding",
            () -> convTranspose2d(1, 1, 3).stride(2).outputPadding(2),
            "convTranspose2d",
            "output padding 2",
            "less than the stride 2"),
        refused("kernel", () -> conv1d(1, 1, 0), "conv1d: kernel", "at least 1"),
        refused("window", () -> maxPool3d(0), "maxPool3d: window", "at least 1"),
        refused("divisor", () -> avgPool2d(2).divisorOverride(0), "avgPool2d", "positive"),
        refused("power", () -> lpPool1d(0, 2), "lpPool", "positive"),
        refused("unpooling", () -> new MaxUnpool(4, 2), "maxUnpool", "4 axes", "one to three"),
        refused("fractions of a line", () -> new FractionalMaxPool(1, 2), "1 axes", "two or three"),
        refused("fractional window", () -> fractionalMaxPool2d(0), "fractionalMaxPool2d: window"),
        refused(
            "ratio",
            () -> fractionalMaxPool3d(2).outputRatio(0.5, 1, 0.5),
            "fractionalMaxPool3d",
            "[0.5, 1.0, 0.5]",
            "below 1"),
        refused(
            "size and ratio",
            () -> fractionalMaxPool2d(2).outputSize(3).outputRatio(0.5),
            "fractionalMaxPool2d",
            "one of them"),
        refused(
            "ratio and size",
            () -> fractionalMaxPool2d(2).outputRatio(0.5).outputSize(3),
            "one of them"),
        refused("factor", () -> upsample(-1), "upsample", "-1.0"),
        refused("corners", () -> upsample(2).alignCorners(true), "upsample", "nearest"),
        refused("widths", () -> PaddingLayers.zeroPad2d(1, 2, 3), "zeroPad2d", "4"));
  }

  @TestFactory
  Stream<DynamicTest> wrongInputs() {
    return Stream.of(
        refused("line", forward(conv1d(1, 1, 5), 1, 1, 4), "conv1d", "5 kernel", "[1, 1, 4]"),
        refused("rank", forward(conv3d(1, 1, 1), 1, 1, 4, 4), "conv3d", "[N, C, D, H, W]"),
        refused(
            "volume",
            forward(conv3d(2, 1, 3).dilation(2), 1, 2, 4, 9, 9),
            "conv3d",
            "3x3x3 kernel of dilation 2"),
        refused(
            "channels",
            forward(convTranspose2d(3, 4, 2), 1, 2, 4, 4),
            "convTranspose2d",
            "3 input channels"),
        refused(
            "all cut off",
            forward(convTranspose2d(1, 1, 2).padding(2), 1, 1, 2, 2),
            "convTranspose2d",
            "[1, 1, 2, 2]",
            "padding"),
        refused(
            "reflection wider than the input",
            forward(conv2d(1, 1, 3).padding(3).paddingMode(Mode.REFLECT), 1, 1, 3, 8),
            "conv2d",
            "REFLECT",
            "[1, 1, 3, 8]",
            "0 to 2"),
        refused(
            "circular",
            forward(PaddingLayers.circularPad1d(4), 1, 1, 3),
            "circularPad1d",
            "0 to 3"),
        refused(
            "cut off", forward(PaddingLayers.zeroPad2d(-2), 1, 1, 3, 5), "zeroPad2d", "cut off"),
        refused("padding", forward(maxPool1d(2).padding(2), 1, 1, 9), "maxPool1d", "half"),
        refused("empty", forward(adaptiveMaxPool3d(1, 1, 1), 1, 1, 2, 0, 2), "adaptiveMaxPool3d"),
        refused("image", forward(maxPool3d(3), 1, 1, 4, 2, 4), "maxPool3d", "3x3x3 window"),
        refused(
            "places of padding",
            () -> {
              try (Step step = device.inference()) {
                maxPool3d(2)
                    .padding(1)
                    .dilation(3, 1, 1)
                    .forwardWithIndices(step.zeros(1, 1, 2, 4, 4));
              }
            },
            "maxPool3d",
            "[1, 1, 2, 4, 4]",
            "nothing but padding"),
        refused(
            "fractional output",
            forward(fractionalMaxPool2d(3).outputSize(4, 2), 1, 1, 5, 9),
            "fractionalMaxPool2d",
            "4x2",
            "3x3",
            "[1, 1, 5, 9]",
            "smaller output or window"),
        refused(
            "fractional window",
            forward(fractionalMaxPool3d(3).outputSize(1), 1, 1, 5, 2, 9),
            "fractionalMaxPool3d",
            "3x3x3",
            "[1, 1, 5, 2, 9]"),
        refused(
            "nothing of a ratio",
            forward(fractionalMaxPool2d(1).outputRatio(0.2), 1, 1, 4, 9),
            "fractionalMaxPool2d",
            "[1, 1, 4, 9]",
            "larger ratio"),
        refused(
            "fractional rank",
            forward(fractionalMaxPool2d(2).outputSize(2), 1, 4, 9),
            "fractionalMaxPool2d",
            "[1, 4, 9]",
            "[N, C, H, W]"),
        refused("pixels", forward(pixelShuffle(2), 1, 6, 2, 2), "pixelShuffle", "multiple of 4"),
        refused("shuffle", forward(channelShuffle(4), 1, 6, 2), "channelShuffle", "4 groups"),
        refused("unflatten", forward(unflatten(1, 4, -1), 2, 6), "unflatten", "[4, -1]"),
        refused("columns", forward(Fold.fold(4, 4, 2), 1, 4, 8), "fold", "[1, 4, 8]", "3x3"),
        refused("unfold", forward(Fold.unfold(5), 1, 4, 4, 8), "unfold", "5x5"),
        refused(
            "mode", forward(upsample(2).mode(Upsample.Mode.BILINEAR), 1, 1, 8), "upsample", "2"),
        refused("nothing left", forward(upsample(0.2), 1, 1, 4), "upsample", "larger factor"));
  }

  @Test
  void unpoolingRefusesIndicesOfAnotherShapeOrPlace() {
    try (Step step = device.step()) {
      Tensor x = step.ones(1, 1, 2, 2);
      MaxUnpool unpool = maxUnpool2d(2);
      Tensor three = step.tensor(new int[] {0, 1, 2}, 1, 1, 1, 3);
      assertThatThrownBy(() -> unpool.forward(x, three))
          .hasMessageContainingAll("maxUnpool", "[1, 1, 2, 2]", "[1, 1, 1, 3]");
      Tensor outside = step.tensor(new int[] {0, 1, 2, 16}, 1, 1, 2, 2);
      assertThatThrownBy(() -> unpool.forward(x, outside))
          .hasMessageContainingAll("maxUnpool", "16", "[4, 4]");
      assertThatThrownBy(() -> unpool.forward(x, x, 7, 4))
          .hasMessageContainingAll("maxUnpool2d", "[7, 4]", "stride of 2");
    }
  }

  @Test
  void fractionalPoolingRefusesSamplesOfAnotherShapeAndAMissingSize() {
    try (Step step = device.step()) {
      Tensor x = step.ones(2, 3, 5, 5);
      Tensor samples = step.zeros(2, 3, 3);
      assertThatThrownBy(() -> fractionalMaxPool2d(2).outputSize(3).forward(x, samples))
          .hasMessageContainingAll("fractionalMaxPool2d", "[2, 3, 3]", "[2, 3, 2]");
      assertThatThrownBy(() -> fractionalMaxPool2d(2).forward(x))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("fractionalMaxPool2d", "outputSize");
    }
  }

  /**
   * Each training step has windows of its own, the same after the same seed; evaluation keeps them.
   */
  @Test
  void fractionalWindowsFollowTheSeed() {
    FractionalMaxPool layer = fractionalMaxPool2d(2).outputSize(7);
    float[] numbers = new float[11 * 11];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i;
    }
    float[][] drawn = new float[3][];
    for (int run = 0; run < 2; run++) {
      device.seed(5);
      for (int i = 0; i < 3; i++) {
        if (run == 1) {
          try (Step step = device.inference()) {
            layer.forward(step.ones(1, 1, 9, 9));
          }
        }
        try (Step step = device.step()) {
          float[] y = layer.forward(step.tensor(numbers, 1, 1, 11, 11)).toFloatArray();
          if (run == 0) {
            drawn[i] = y;
          } else {
            assertThat(y).isEqualTo(drawn[i]);
          }
        }
      }
    }
    assertThat(drawn[0]).isNotEqualTo(drawn[1]);
    assertThat(drawn[1]).isNotEqualTo(drawn[2]);
  }

  /** Windows stay inside whatever the samples are, and NaN among them too. */
  @Test
  void samplesOutsideOfTheirRangeGiveWindowsInsideTheInput() {
    FractionalMaxPool layer = fractionalMaxPool2d(2).outputSize(4);
    try (Step step = device.step()) {
      float[] wild = {-7, 1e30f, Float.NaN, Float.NEGATIVE_INFINITY};
      var y = layer.forwardWithIndices(step.ones(1, 2, 9, 9), step.tensor(wild, 1, 2, 2));
      assertThat(y.values().toFloatArray()).containsOnly(1);
      assertThat(Arrays.stream(y.indices().toIntArray()).allMatch(i -> i >= 0 && i < 81)).isTrue();
    }
  }

  /** What overlapping windows took from one place is there once, and each gets the gradient. */
  @Test
  void whatWasTakenTwiceIsThereOnce() {
    try (Step step = device.step()) {
      Tensor x = step.tensor(new float[] {3, 3, 5}, 1, 1, 3).requiresGrad(true);
      Tensor indices = step.tensor(new int[] {1, 1, 4}, 1, 1, 3);
      Tensor y = new MaxUnpool(1, 3).stride(1).forward(x, indices);
      assertThat(y.toFloatArray()).containsExactly(0, 3, 0, 0, 5);
      y.backward(step.tensor(new float[] {1, 2, 3, 4, 5}, 1, 1, 5));
      assertThat(Objects.requireNonNull(x.grad()).toFloatArray()).containsExactly(2, 2, 5);
    }
  }

  @Test
  void transposedConvolutionsReachWhatStridesLeftOpen() {
    ConvTranspose2d layer = convTranspose2d(1, 1, 3).stride(3).padding(1);
    layer.init(device, 1);
    try (Step step = device.step()) {
      Tensor x = step.ones(1, 1, 2, 2);
      assertThat(layer.forward(x).shape()).isEqualTo(Shape.of(1, 1, 4, 4));
      assertThat(layer.forward(x, 5, 6).shape()).isEqualTo(Shape.of(1, 1, 5, 6));
      assertThat(layer.forward(x).shape()).isEqualTo(Shape.of(1, 1, 4, 4));
      assertThatThrownBy(() -> layer.forward(x, 7, 6))
          .hasMessageContainingAll("convTranspose2d", "[7, 6]", "stride 3");
    }
  }

  /** The methods that change a geometry keep how parameters start, and come before init. */
  @Test
  void geometriesAreSetBeforeInit() {
    Conv1d layer = conv1d(2, 3, 3).biasInit(Initializers.ones()).stride(2).padding(1);
    layer.init(device, 1);
    assertThat(Objects.requireNonNull(layer.bias()).value().toFloatArray()).containsOnly(1);
    assertThatThrownBy(() -> layer.stride(1)).isInstanceOf(IllegalStateException.class);
    assertThat(layer).hasToString("Conv1d(2, 3, kernel 3, stride 2, padding 1)");
    assertThat(convTranspose2d(2, 4, 3).stride(2, 3).outputPadding(1).groups(2))
        .hasToString("ConvTranspose2d(2, 4, kernel 3, stride 2x3, output padding 1, groups 2)");
    assertThat(maxPool3d(2).kernel(2, 3, 2)).hasToString("MaxPool3d(2x3x2)");
    assertThat(fractionalMaxPool2d(2).kernel(2, 3).outputSize(4))
        .hasToString("FractionalMaxPool2d(2x3, output 4)");
    assertThat(fractionalMaxPool3d(2).outputRatio(0.5))
        .hasToString("FractionalMaxPool3d(2, ratio [0.5, 0.5, 0.5])");
    assertThat(PaddingLayers.constantPad1d(2, 1)).hasToString("ConstantPad1d(1, value 2.0)");
    assertThat(upsample(2).mode(Upsample.Mode.LINEAR)).hasToString("Upsample(by 2.0, linear)");
  }

  /** Empty batches pass through, forward and backward. */
  @Test
  void emptyBatchesPassThrough() {
    Layer conv = conv3d(2, 3, 2).init(device, 1);
    Layer back = convTranspose2d(3, 2, 2).init(device, 1);
    try (Step step = device.step()) {
      Tensor x = step.zeros(0, 2, 4, 4, 4).requiresGrad(true);
      Tensor y = maxPool3d(2).forward(conv.forward(x)).reshape(0, 3, 1, 1);
      Tensor z = upsample(2).mode(Upsample.Mode.BILINEAR).forward(back.forward(y));
      assertThat(z.shape()).isEqualTo(Shape.of(0, 2, 4, 4));
      Tensor placed = maxPool3d(2).forwardWithIndices(x).values();
      Tensor drawn = fractionalMaxPool3d(2).outputSize(2).forward(x);
      assertThat(drawn.shape()).isEqualTo(Shape.of(0, 2, 2, 2, 2));
      z.sum().add(placed.sum()).add(drawn.sum()).backward();
      assertThat(Objects.requireNonNull(x.grad()).shape()).isEqualTo(x.shape());
    }
  }

  /** Values recorded from torch.nn.functional.interpolate, 2.13. */
  @Test
  void theNearestElementsAreTorchs() {
    try (Step step = device.inference()) {
      Tensor two = step.tensor(new float[] {0, 1}, 1, 1, 2);
      float[] y = Upsample.toSize(98).forward(two).toFloatArray();
      for (int i = 0; i < y.length; i++) {
        assertThat(y[i]).as("element %d", i).isEqualTo(i < 49 ? 0 : 1);
      }
      // Of a line the factor alone decides, of an image the extents do where they are equal.
      assertThat(upsample(1.3).forward(two).toFloatArray()).containsExactly(0, 0);
      assertThat(upsample(2.2).forward(two).toFloatArray()).containsExactly(0, 0, 0, 1);
      Tensor image = two.reshape(1, 1, 1, 2);
      assertThat(Upsample.byFactor(2, 1.3).forward(image).toFloatArray())
          .containsExactly(0, 1, 0, 1);
      assertThat(Upsample.byFactor(1, 2.2).forward(image).toFloatArray())
          .containsExactly(0, 0, 1, 1);
    }
  }
}
