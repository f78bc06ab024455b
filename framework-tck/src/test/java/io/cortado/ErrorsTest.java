package io.cortado;

import static io.cortado.loss.Losses.bce;
import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.loss.Losses.mse;
import static io.cortado.nn.Layers.batchNorm2d;
import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.embedding;
import static io.cortado.nn.Layers.groupNorm;
import static io.cortado.nn.Layers.instanceNorm2d;
import static io.cortado.nn.Layers.layerNorm;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.localResponseNorm;
import static io.cortado.nn.Layers.maxPool2d;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.autograd.Convolution;
import io.cortado.backend.BackendException;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.nn.BatchNorm;
import io.cortado.nn.InstanceNorm;
import io.cortado.nn.Layer;
import io.cortado.nn.Linear;
import io.cortado.optim.Adam;
import io.cortado.optim.SGD;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What is wrong is refused before anything runs, by a message with the operation, the shapes and
 * the remedy.
 */
class ErrorsTest {

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private Tensor floats(int... shape) {
    return device.root().full(0.5f, shape);
  }

  private Tensor ints(int value, int... shape) {
    int[] values = new int[(int) Shape.of(shape).size()];
    java.util.Arrays.fill(values, value);
    return device.root().tensor(values, shape);
  }

  private DynamicTest refused(String name, ThrowingCallable call, String... parts) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          try (Step step = device.step()) {
            assertThat(step.recording()).isTrue();
            assertThatThrownBy(call)
                .isInstanceOfAny(IllegalArgumentException.class, IllegalStateException.class)
                .message()
                .contains(parts);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> wrongShapesTypesAndLabels() {
    Layer conv = conv2d(3, 8, 5).init(device, 1);
    Layer dense = linear(10, 4).init(device, 1);
    Layer norm = batchNorm2d(3).init(device, 1);
    Layer table = embedding(5, 4).init(device, 1);
    Tensor logits = floats(4, 3);
    return Stream.of(
        refused(
            "rank",
            () -> conv.forward(floats(3, 9, 9)),
            "conv2d",
            "[3, 9, 9]",
            "rank 3",
            "[N, C, H, W]",
            "batch axis"),
        refused(
            "channels",
            () -> conv.forward(floats(2, 1, 9, 9)),
            "conv2d",
            "[2, 1, 9, 9]",
            "[8, 3, 5, 5]",
            "3 input channels"),
        refused(
            "kernel larger than the image",
            () -> conv.forward(floats(2, 3, 4, 9)),
            "conv2d",
            "5x5 kernel",
            "[2, 3, 4, 9]",
            "padding"),
        refused(
            "kernel larger than the image by less than the stride",
            () ->
                Convolution.conv2d(
                    new ConvSpec(1, 1, 3, 5, 1, 4, 4, 2, 2, 0, 0, 1, 1, 1, UnaryOp.IDENTITY),
                    floats(1, 1, 3, 5),
                    floats(1, 1, 4, 4),
                    null),
            "conv2d",
            "4x4 kernel",
            "[1, 1, 3, 5]"),
        refused(
            "no channels",
            () ->
                Convolution.conv2d(
                    new ConvSpec(1, 0, 3, 3, 2, 3, 3, 1, 1, 0, 0, 1, 1, 1, UnaryOp.IDENTITY),
                    floats(1, 0, 3, 3),
                    floats(2, 0, 3, 3),
                    null),
            "conv2d",
            "0 input and 2 output channels"),
        refused(
            "rank of batch norm", () -> new BatchNorm(3, 6, BatchNorm.Options.DEFAULTS), "rank 6"),
        refused(
            "rank of instance norm",
            () -> new InstanceNorm(3, 2, InstanceNorm.Options.DEFAULTS),
            "instanceNorm",
            "rank 2"),
        refused(
            "features",
            () -> dense.forward(floats(2, 11)),
            "linear",
            "[2, 11]",
            "[4, 10]",
            "10 features"),
        refused(
            "window larger than the image",
            () -> maxPool2d(3).forward(floats(1, 1, 2, 5)),
            "maxPool2d",
            "3x3 window",
            "[1, 1, 2, 5]"),
        refused(
            "channels of a normalisation",
            () -> norm.forward(floats(2, 4, 5, 5)),
            "batchNorm",
            "[2, 4, 5, 5]",
            "made for 3"),
        refused(
            "one value per channel",
            () -> norm.forward(floats(1, 3, 1, 1)),
            "batchNorm",
            "[1, 3, 1, 1]",
            "larger batch"),
        refused(
            "normalised axes",
            () -> layerNorm(4).init(device, 1).forward(floats(2, 4, 3)),
            "layerNorm",
            "[2, 4, 3]",
            "[4]",
            "last axes"),
        refused(
            "channels of a group norm",
            () -> groupNorm(2, 4).init(device, 1).forward(floats(2, 6, 3)),
            "groupNorm",
            "[2, 6, 3]",
            "made for 4"),
        refused("groups", () -> groupNorm(4, 6), "groupNorm", "6 channels", "4 groups"),
        refused(
            "one value per channel of an instance",
            () -> instanceNorm2d(3).init(device, 1).forward(floats(8, 3, 1, 1)),
            "instanceNorm2d",
            "[8, 3, 1, 1]",
            "one value per channel"),
        refused(
            "no channel axis",
            () -> localResponseNorm(5).forward(floats(7)),
            "localResponseNorm",
            "[7]",
            "channel axis"),
        refused(
            "index outside of a table",
            () -> table.forward(ints(5, 2, 3)),
            "embedding",
            "index 5",
            "[2, 3]",
            "[5, 4]",
            "renumber"),
        refused("negative index", () -> table.forward(ints(-1, 2)), "embedding", "index -1"),
        refused("indices that are floats", () -> table.forward(floats(2)), "embedding", "int32"),
        refused("padding", () -> embedding(5, 4).paddingIdx(5), "embedding", "5", "5 rows"),
        refused("type", () -> ints(1, 2, 10).relu(), "relu", "INT32", "float32"),
        refused(
            "broadcasting",
            () -> floats(2, 3).mul(floats(2, 4)),
            "mul",
            "[2, 3]",
            "[2, 4]",
            "axis -1"),
        refused(
            "matrices",
            () -> floats(2, 3).matmul(floats(2, 3)),
            "matmul",
            "[2, 3]",
            "3 columns meet 2 rows"),
        refused("reshape", () -> floats(2, 3).reshape(4, -1), "reshape", "[2, 3]", "[4, -1]"),
        refused("slice", () -> floats(2, 3).slice(1, 2, 5), "slice", "[2, 3]", "2 to 5"),
        refused("permute", () -> floats(2, 3).permute(1, 1), "permute", "[1, 1]", "[2, 3]"),
        refused(
            "concat",
            () -> Tensor.concat(0, floats(2, 3), floats(2, 4)),
            "concat",
            "[2, 3]",
            "[2, 4]"),
        refused(
            "label too large",
            () -> crossEntropy(logits, ints(3, 4)),
            "crossEntropy",
            "label 3 at position 0",
            "0 to 2",
            "3 outputs"),
        refused("label negative", () -> crossEntropy(logits, ints(-1, 4)), "label -1", "0 to 2"),
        refused(
            "labels of another shape",
            () -> crossEntropy(logits, ints(0, 5)),
            "crossEntropy",
            "[4, 3]",
            "[5]",
            "[4]"),
        refused(
            "target's shape",
            () -> mse(floats(4, 1), floats(4)),
            "mse",
            "[4, 1]",
            "[4]",
            "reshape"),
        refused(
            "target that requires a gradient",
            () -> bce(floats(4), floats(4).requiresGrad(true)),
            "bce",
            "detach()"),
        refused(
            "weights of another number of classes",
            () -> io.cortado.loss.Losses.crossEntropy().weight(1, 2).forward(logits, ints(0, 4)),
            "crossEntropy",
            "[4, 3]",
            "[2]"));
  }

  @Test
  void ignoredLabelsAreNoError() {
    try (Step step = device.inference()) {
      Tensor loss = crossEntropy(floats(2, 3), step.tensor(new int[] {-100, 2}, 2));
      assertThat(loss.item())
          .isCloseTo((float) Math.log(3), org.assertj.core.api.Assertions.within(1e-6f));
    }
  }

  @Test
  void modelsAndOptimizersHaveToBeReady() {
    Linear layer = linear(2, 3);
    try (Step step = device.step()) {
      assertThatThrownBy(() -> layer.forward(step.ones(1, 2)))
          .hasMessageContaining("parameter weight [3, 2] has no value yet")
          .hasMessageContaining("init(device, seed)");
    }
    assertThatThrownBy(() -> new Adam(1e-3).attach(layer))
        .hasMessageContaining("init(device, seed)");
    assertThatThrownBy(() -> new SGD(0.1).step()).hasMessageContaining("attach(model)");
    assertThatThrownBy(() -> new SGD(0.1).nesterov(true).attach(layer.init(device, 1)))
        .hasMessageContaining("Nesterov");
  }

  @Test
  void parametersOnAnotherDeviceAreRefused() {
    Layer layer = linear(2, 3).init(device, 1);
    try (Device other = Device.of(new ReferenceBackend());
        Step step = other.step()) {
      assertThatThrownBy(() -> layer.forward(step.ones(1, 2)))
          .hasMessageContaining("linear: tensors [1, 2] and [3, 2] live on two devices");
    }
  }

  @Test
  void unknownDevicesAreNamedWithTheRemedy() {
    assertThatThrownBy(() -> Device.open("cuda"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("no device 'cuda'")
        .hasMessageContaining("cortado-cuda");
    assertThatThrownBy(() -> Device.open("tpu")).hasMessageContaining("'tpu'");
  }

  @Test
  void emptyBatchesPassThrough() {
    Layer model =
        io.cortado.nn.Layers.sequential(linear(3, 4), io.cortado.nn.Layers.relu(), linear(4, 2))
            .init(device, 1);
    try (Step step = device.step()) {
      Tensor y = model.forward(step.zeros(0, 3));
      assertThat(y.shape()).isEqualTo(Shape.of(0, 2));
      Tensor loss = crossEntropy(y, step.tensor(new int[0], 0));
      assertThat(loss.item()).as("as PyTorch's").isNaN();
      assertThat(step.zeros(0, 3).sum().item()).isZero();
    }
  }
}
