package io.cortado.models.onnx;

import static io.cortado.nn.Layers.adaptiveAvgPool2d;
import static io.cortado.nn.Layers.adaptiveMaxPool1d;
import static io.cortado.nn.Layers.adaptiveMaxPool2d;
import static io.cortado.nn.Layers.alphaDropout;
import static io.cortado.nn.Layers.avgPool2d;
import static io.cortado.nn.Layers.batchNorm1d;
import static io.cortado.nn.Layers.batchNorm2d;
import static io.cortado.nn.Layers.channelShuffle;
import static io.cortado.nn.Layers.conv1d;
import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.convTranspose2d;
import static io.cortado.nn.Layers.dropout;
import static io.cortado.nn.Layers.flatten;
import static io.cortado.nn.Layers.glu;
import static io.cortado.nn.Layers.groupNorm;
import static io.cortado.nn.Layers.identity;
import static io.cortado.nn.Layers.instanceNorm1d;
import static io.cortado.nn.Layers.leakyRelu;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.logSoftmax;
import static io.cortado.nn.Layers.lpPool2d;
import static io.cortado.nn.Layers.maxPool2d;
import static io.cortado.nn.Layers.pixelShuffle;
import static io.cortado.nn.Layers.pixelUnshuffle;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.rrelu;
import static io.cortado.nn.Layers.sequential;
import static io.cortado.nn.Layers.softmax;
import static io.cortado.nn.Layers.softmax2d;
import static io.cortado.nn.Layers.softmin;
import static io.cortado.nn.Layers.unflatten;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnxruntime.OrtException;
import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.autograd.Padding;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.models.InputException;
import io.cortado.models.alexnet.AlexNet;
import io.cortado.models.lenet.LeNet5;
import io.cortado.models.mlp.Mlp;
import io.cortado.nn.Activation;
import io.cortado.nn.AdaptivePool;
import io.cortado.nn.BatchNorm;
import io.cortado.nn.FeatureAlphaDropout;
import io.cortado.nn.GroupNorm;
import io.cortado.nn.InstanceNorm;
import io.cortado.nn.Layer;
import io.cortado.nn.LocalResponseNorm;
import io.cortado.nn.PReLU;
import io.cortado.nn.PaddingLayers;
import io.cortado.nn.Residual;
import io.cortado.nn.Sequential;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is exported, run by ONNX Runtime, which has kernels of its own. */
final class OnnxFileTest {

  @TempDir Path dir;
  private final Device device = Device.cpu();

  /**
   * Version 1.29 reports to its maker unless told not to, and crashes if Java's command line is
   * long.
   */
  @BeforeAll
  static void onnxRuntimeKeepsToItself() {
    assertThat(System.getenv("ORT_DISABLE_TELEMETRY"))
        .as("ORT_DISABLE_TELEMETRY; set it to 1, as Maven does")
        .isEqualTo("1");
  }

  @AfterEach
  void close() {
    device.close();
  }

  @Test
  void theZoosClassifiersGiveTheSameOutputs() throws OrtException {
    agree(Mlp.network(784, 10), 1, 28, 28);
    agree(Mlp.network(64, 10), 1, 8, 8);
    agree(LeNet5.classic(1, 28, 28, 10), 1, 28, 28);
    agree(LeNet5.modern(1, 28, 28, 10), 1, 28, 28);
    agree(LeNet5.modern(3, 32, 30, 7), 3, 32, 30);
    agree(AlexNet.forCifar(3, 32, 32, 10), 3, 32, 32);
  }

  @Test
  void eachSettingOfALayerIsExported() throws OrtException {
    agree(
        sequential(
            conv2d(4, 6, 3).kernel(3, 2).stride(2, 1).padding(1, 0).dilation(1, 2).groups(2),
            batchNorm2d(6),
            leakyRelu(0.1),
            new LocalResponseNorm(3, new LocalResponseNorm.Options(0.1, 0.75, 2)),
            maxPool2d(3).stride(2).padding(1).dilation(2)),
        4,
        13,
        11);
    agree(sequential(conv2d(2, 3, 4).paddingSame().noBias()), 2, 7, 7);
    agree(sequential(convTranspose2d(2, 3, 3).stride(2).padding(1).outputPadding(1)), 2, 4, 5);
    agree(
        sequential(new Residual(linear(5, 5)), new Residual(relu(), linear(5, 5)), new PReLU()), 5);
    agree(sequential(linear(6, 12), unflatten(1, 3, 2, 2), conv2d(3, 2, 1)), 6);
    agree( // the 2012 form of AlexNet, smaller
        sequential(
            conv2d(3, 8, 11).stride(4),
            relu(),
            new LocalResponseNorm(5, new LocalResponseNorm.Options(5e-4, 0.75, 2)),
            maxPool2d(3).stride(2),
            conv2d(8, 12, 5).padding(2).groups(2),
            relu(),
            new LocalResponseNorm(5, new LocalResponseNorm.Options(5e-4, 0.75, 2)),
            maxPool2d(3).stride(2),
            flatten(),
            dropout(0.5),
            linear(12 * 3 * 3, 5)),
        3,
        67,
        67);
    agree(sequential(conv1d(2, 3, 4).padding(3), flatten(), linear(3 * 12, 4, false)), 2, 9);
    agree(sequential(avgPool2d(3).stride(2).padding(1)), 2, 8, 9);
    agree(sequential(avgPool2d(3).stride(2).padding(1).countIncludePad(false)), 2, 8, 9);
    agree(sequential(avgPool2d(2).divisorOverride(3)), 2, 8, 8);
    agree(sequential(linear(5, 4), linear(4, 3, false)), 2, 6, 5);
    agree(sequential(identity(), sequential(linear(5, 4), dropout(0.5)), batchNorm1d(4)), 5);
    agree(sequential(new BatchNorm(3, 4, new BatchNorm.Options(0.1, 0.1, false, true))), 3, 2, 2);
    agree(sequential(linear(5, 4), softmax(-1)), 5);
    agree(sequential(conv2d(2, 3, 1), logSoftmax(1)), 2, 3, 3);
  }

  @Test
  void normsOfEachSampleAreExported() throws OrtException {
    agree(sequential(groupNorm(2, 6)), 6, 4, 5);
    agree(sequential(groupNorm(6, 6), flatten(), groupNorm(3, 120)), 6, 4, 5);
    agree(sequential(new GroupNorm(3, 6, new GroupNorm.Options(0.1, false))), 6);
    agree(sequential(instanceNorm1d(3)), 3, 9);
    agree(sequential(new InstanceNorm(3, 4, new InstanceNorm.Options(0.1, true))), 3, 4, 5);
  }

  @Test
  void poolingsThatRoundUpAreExported() throws OrtException {
    for (int padding = 0; padding <= 1; padding++) {
      agree(sequential(maxPool2d(3).stride(2).padding(padding).ceilMode(true)), 2, 8, 6);
      agree(sequential(avgPool2d(3).stride(2).padding(padding).ceilMode(true)), 2, 8, 6);
      agree(
          sequential(
              avgPool2d(3).stride(4, 3).padding(padding).ceilMode(true).countIncludePad(false)),
          2,
          8,
          6);
      agree(
          sequential(avgPool2d(3).stride(2).padding(padding).ceilMode(true).divisorOverride(4)),
          2,
          8,
          6);
    }
    agree(sequential(maxPool2d(2).stride(3).dilation(3, 2).ceilMode(true)), 1, 9, 8);
    agree(sequential(maxPool2d(2).stride(3).ceilMode(true)), 1, 3, 3); // the last would lie outside
  }

  @Test
  void adaptivePoolingsAreExported() throws OrtException {
    agree(sequential(adaptiveAvgPool2d(1, 1)), 2, 5, 7);
    agree(sequential(adaptiveMaxPool2d(1, 1)), 2, 5, 7);
    agree(sequential(adaptiveAvgPool2d(2, 3)), 2, 4, 9);
    agree(sequential(adaptiveMaxPool1d(3)), 2, 9);
    agree(sequential(new AdaptivePool(PoolSpec.Mode.SUM, 2, 1)), 2, 4, 3);
  }

  @Test
  void whatMovesElementsIsExported() throws OrtException {
    agree(sequential(pixelShuffle(2)), 8, 3, 2);
    agree(sequential(pixelUnshuffle(2)), 3, 4, 6);
    agree(sequential(channelShuffle(3)), 6, 2, 5);
    agree(sequential(glu(1)), 6, 4);
    agree(sequential(glu(-1)), 3, 8);
    agree(sequential(PaddingLayers.constantPad2d(0.5f, 1, 2, 0, -1)), 2, 4, 5);
    agree(sequential(PaddingLayers.reflectionPad2d(1, 2, 0, 3)), 2, 4, 5);
    agree(sequential(PaddingLayers.replicationPad1d(2, 3)), 2, 5);
    agree(sequential(PaddingLayers.circularPad2d(1, 2, 0, 3)), 2, 4, 5);
    for (Padding.Mode mode : Padding.Mode.values()) {
      agree(sequential(conv2d(2, 3, 3).padding(2, 1).paddingMode(mode)), 2, 4, 5);
    }
    agree(sequential(conv2d(2, 3, 4).paddingSame().paddingMode(Padding.Mode.REFLECT)), 2, 7, 7);
    agree(sequential(softmin(1)), 5, 2);
    agree(sequential(softmax2d()), 4, 2, 3);
    agree(sequential(rrelu()), 5);
    agree(sequential(alphaDropout(0.5), linear(5, 2), new FeatureAlphaDropout(0.5)), 5);
  }

  @Test
  void windowsThatOtherProgramsWriteAreRead() throws OrtException {
    OnnxAgreement agreement = new OnnxAgreement(dir, device);
    for (String pool : List.of("MaxPool", "AveragePool")) {
      agreement.readsAlike(window(pool).with("pads", 0, 1, 1, 0), 2, 7, 8);
      agreement.readsAlike(window(pool).with("pads", 1, 2, 1, 2), 2, 7, 8);
      agreement.readsAlike(window(pool).with("ceil_mode", 1L).with("strides", 2, 2), 2, 8, 7);
    }
    agreement.readsAlike(
        window("AveragePool").with("pads", 0, 1, 2, 1).with("count_include_pad", 1L), 2, 7, 8);
    agreement.readsAlike(Node.of("DepthToSpace").with("blocksize", 2L), 8, 3, 2);
    agreement.readsAlike(
        Node.of("DepthToSpace").with("blocksize", 2L).with("mode", "CRD"), 8, 3, 2);
    agreement.readsAlike(Node.of("SpaceToDepth").with("blocksize", 2L), 3, 4, 6);
  }

  private static Node window(String pool) {
    return Node.of(pool).with("kernel_shape", 3, 3);
  }

  @ParameterizedTest
  @EnumSource(UnaryOp.Kind.class)
  void eachActivationIsExported(UnaryOp.Kind kind) throws OrtException {
    Activation f = new Activation(kind.name(), new UnaryOp(kind, 0.7f, 1.3f));
    Layer positive = new Activation("exp", UnaryOp.EXP); // a logarithm wants it
    agree(sequential(positive, f), 4, 5);
    if (kind != UnaryOp.Kind.LOG && kind != UnaryOp.Kind.SQRT && kind != UnaryOp.Kind.POW) {
      agree(sequential(f), 4, 5);
    }
  }

  @Test
  void aLayerThatCannotBeExportedIsNamedAndNothingIsWritten() {
    refused(sequential(conv2d(1, 1, 1), sequential(relu(), lpPool2d(3, 2))), "layer 1.1, LPPool2d");
    refused(
        sequential(adaptiveAvgPool2d(2, 4)),
        "layer 0, AdaptiveAvgPool2d(2x4)",
        "windows of several extents from [6, 6]");
    refused(
        sequential(new LocalResponseNorm(2, LocalResponseNorm.Options.DEFAULTS)),
        "window of even size");
    refused(
        sequential(new BatchNorm(1, 4, new BatchNorm.Options(1e-5, 0.1, true, false))),
        "no running statistics");
  }

  private void refused(Sequential model, String... parts) {
    Path file = dir.resolve("none.onnx");
    model.init(device, 1);
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> OnnxFile.write(file, "test", model, Shape.of(1, 6, 6), Map.of()))
        .satisfies(e -> assertThat(e.getMessage()).startsWith("export: ").contains(parts));
    assertThat(Files.exists(file)).isFalse();
  }

  private void agree(Sequential model, int... sample) throws OrtException {
    new OnnxAgreement(dir, device).check(model, sample);
  }
}
