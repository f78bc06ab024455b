package io.cortado.models.onnx;

import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.models.InputException;
import io.cortado.nn.Activations;
import io.cortado.nn.Layer;
import io.cortado.nn.LayerNorm;
import io.cortado.nn.PReLU;
import io.cortado.nn.Parallel;
import io.cortado.nn.PointwiseActivation;
import io.cortado.nn.RMSNorm;
import io.cortado.nn.Sequential;
import io.cortado.nn.Upsample;
import io.cortado.nn.init.Initializers;
import io.cortado.pointwise.Expr;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Formulas, norms over rows, branches and new extents in ONNX files, run by ONNX Runtime. */
final class FormulaExportTest {

  @TempDir Path dir;
  private final Device device = Device.cpu();
  private OnnxAgreement agreement;

  @BeforeEach
  void prepare() {
    agreement = new OnnxAgreement(dir, device);
  }

  @AfterEach
  void close() {
    device.close();
  }

  static List<PointwiseActivation> activations() {
    return List.of(
        Activations.relu6(),
        Activations.elu(0.7),
        Activations.celu(1.3),
        Activations.selu(),
        Activations.gelu(),
        Activations.geluTanh(),
        Activations.silu(),
        Activations.mish(),
        Activations.softplus(),
        Activations.softplus(2, 1.5),
        Activations.softsign(),
        Activations.hardtanh(),
        Activations.hardtanh(-0.5, 2),
        Activations.hardsigmoid(),
        Activations.hardswish(),
        Activations.logSigmoid(),
        Activations.threshold(0.3, -2),
        Activations.hardshrink(0.5),
        Activations.softshrink(0.5),
        Activations.tanhshrink());
  }

  @ParameterizedTest
  @MethodSource("activations")
  void eachActivationOfPyTorchsIsExported(PointwiseActivation f) throws Exception {
    agreement.check(sequential(f), 3, 7);
    agreement.check(sequential(times(6), f), 40);
  }

  private static Layer times(float factor) {
    return formula(x -> x.mul(factor));
  }

  private static PointwiseActivation formula(UnaryOperator<Expr> f) {
    return new PointwiseActivation("formula", f);
  }

  @Test
  void eachInstructionOfAFormulaIsExported() throws Exception {
    List<UnaryOperator<Expr>> formulas =
        List.of(
            x -> x.neg().add(x.abs()).sub(x.sign()),
            x -> x.mul(3).floor().add(x.mul(5).round()),
            x -> x.abs().add(0.5f).round().mul(0.5f).round(),
            x -> x.square().sqrt().add(x.square().add(1).rsqrt()).add(x.exp().reciprocal()),
            x -> x.expm1().add(x.square().log1p()).sub(x.abs().add(1).log()),
            x -> x.sin().mul(x.cos()).add(x.tanh()).mul(x.sigmoid()).add(x.erf()),
            x -> x.abs().pow(1.7f).div(x.exp().add(2)),
            x -> x.minimum(x.neg()).add(x.maximum(Expr.of(0.2f))),
            x -> x.lt(0.1f).add(x.le(-0.3f)).add(x.floor().eq(Expr.of(0))),
            x -> x.floor().ne(Expr.of(-1)).add(x.gt(0.5f)).mul(x),
            x -> x.floor().where(x, x.mul(2)),
            x -> x.lt(0).mul(x.gt(-1)).where(x.square(), Expr.of(3)),
            x -> Expr.of(4).sub(1));
    for (UnaryOperator<Expr> f : formulas) {
      agreement.check(sequential(formula(f)), 3, 5);
    }
  }

  @Test
  void aSlopeForEachChannelIsExported() throws Exception {
    agreement.check(sequential(random(new PReLU(3, 0.25))), 3, 4, 5);
    agreement.check(sequential(random(new PReLU(3, 0.25))), 3);
  }

  @Test
  void normsOverRowsAreExported() throws Exception {
    agreement.check(sequential(random(new LayerNorm(Shape.of(7), LayerNorm.Options.DEFAULTS))), 7);
    agreement.check(
        sequential(random(new LayerNorm(Shape.of(3, 5), new LayerNorm.Options(0.1, true, false)))),
        2,
        3,
        5);
    agreement.check(
        sequential(
            linear(5, 5), new LayerNorm(Shape.of(3, 5), new LayerNorm.Options(1e-5, false, false))),
        3,
        5);
    agreement.check(sequential(random(new RMSNorm(Shape.of(7), RMSNorm.Options.DEFAULTS))), 4, 7);
    agreement.check(
        sequential(random(new RMSNorm(Shape.of(3, 5), new RMSNorm.Options(0.1, true)))), 2, 3, 5);
    agreement.check(sequential(new RMSNorm(Shape.of(5), new RMSNorm.Options(1e-5, false))), 5);
  }

  private static Layer random(Layer layer) {
    layer.parameters().forEach(p -> p.initializer(Initializers.normal(1, 0.5)));
    return layer;
  }

  @Test
  void branchesAreExported() throws Exception {
    agreement.check(
        sequential(
            Parallel.concat(
                1,
                conv2d(2, 3, 1),
                sequential(conv2d(2, 2, 3).padding(1), Activations.silu()),
                Parallel.sum(conv2d(2, 1, 1), conv2d(2, 1, 3).padding(1), conv2d(2, 1, 1))),
            conv2d(6, 2, 3)),
        2,
        5,
        6);
    agreement.check(sequential(Parallel.concat(-1, linear(4, 3), relu())), 4);
    agreement.check(sequential(Parallel.sum(linear(4, 3)), linear(3, 2)), 4);
  }

  @Test
  void joinedBatchesAreRefused() {
    for (int axis : new int[] {0, -2}) {
      Sequential model = sequential(linear(4, 4), Parallel.concat(axis, relu(), linear(4, 4)));
      refused(model, "layer 1, Parallel(axis " + axis, "joins batches", 4);
    }
  }

  private void refused(Sequential model, String layer, String reason, int... sample) {
    model.init(device, 1);
    Path file = dir.resolve("none.onnx");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> OnnxFile.write(file, "test", model, Shape.of(sample), Map.of()))
        .satisfies(e -> assertThat(e.getMessage()).contains(layer, reason, "; "));
    assertThat(file).doesNotExist();
  }

  @Test
  void theNearestElementsAreExported() throws Exception {
    agreement.check(sequential(Upsample.byFactor(2)), 2, 3, 5);
    agreement.check(sequential(Upsample.byFactor(1.5, 0.7)), 2, 5, 10);
    agreement.check(sequential(Upsample.toSize(7, 3)), 2, 3, 5);
    agreement.check(sequential(Upsample.toSize(5)), 2, 7);
    agreement.check(sequential(Upsample.byFactor(3)), 1, 2, 3, 2);
    for (int size : new int[] {2, 4, 8, 16}) {
      agreement.check(sequential(Upsample.toSize(size, 3)), 1, 14, 21);
    }
    agreement.check(sequential(Upsample.byFactor(1 / 7.0)), 1, 14, 21);
  }

  @ParameterizedTest
  @EnumSource(
      value = Upsample.Mode.class,
      names = {"LINEAR", "BILINEAR", "BICUBIC", "TRILINEAR"})
  void valuesBetweenAreExported(Upsample.Mode mode) throws Exception {
    int[] sample =
        switch (mode) {
          case LINEAR -> new int[] {2, 7};
          case TRILINEAR -> new int[] {2, 3, 5, 4};
          default -> new int[] {2, 5, 7};
        };
    for (boolean aligned : new boolean[] {false, true}) {
      agreement.check(layer(Upsample.byFactor(2), mode, aligned), sample);
      agreement.check(layer(Upsample.byFactor(1.3), mode, aligned), sample);
      agreement.check(layer(Upsample.byFactor(0.6), mode, aligned), sample);
      agreement.check(layer(Upsample.toSize(9), mode, aligned), sample);
      agreement.check(layer(Upsample.toSize(1), mode, aligned), sample);
    }
  }

  private static Sequential layer(Upsample u, Upsample.Mode mode, boolean aligned) {
    return sequential(u.mode(mode).alignCorners(aligned));
  }

  @Test
  void aFactorInSinglePrecisionGivesTheSameExtents() {
    for (int in = 1; in < 200; in++) {
      for (double factor : new double[] {0.7, 1.1, 7 / 3.0, 7 / 3.0 - 1e-12, 7 / 3.0 + 1e-12}) {
        int out = (int) Math.floor(in * factor);
        float scale = ResizeExport.scale(factor, in, out);
        assertThat((int) (scale * in)).isEqualTo(out);
        assertThat((int) ((double) scale * in)).isEqualTo(out);
      }
    }
    assertThat(ResizeExport.scale(1e7 + 0.5, 3, 30_000_001)).isNaN();
  }

  @Test
  void operatorsOfOtherProgramsAreRead() throws Exception {
    for (Node node :
        List.of(
            Node.of("Softplus"),
            Node.of("Softsign"),
            Node.of("HardSwish"),
            Node.of("Elu").with("alpha", 0.7f),
            Node.of("Celu").with("alpha", 0.7f),
            Node.of("HardSigmoid"),
            Node.of("HardSigmoid").with("alpha", 0.3f).with("beta", 0.4f),
            Node.of("Selu"),
            Node.of("Selu").with("alpha", 1.5f).with("gamma", 0.9f))) {
      agreement.readsAlike(node, 3, 5);
    }
    assertThat(value(Node.of("Mish"))).isCloseTo(0.8650984f, within(1e-6f));
    assertThat(value(Node.of("Gelu"))).isCloseTo(0.8413447f, within(1e-6f));
    assertThat(value(Node.of("Gelu").with("approximate", "tanh")))
        .isCloseTo(0.8411920f, within(1e-6f));
  }

  @Test
  void whatIsResizedInAnotherWayIsRefused() {
    Node nearest =
        Node.of("Resize")
            .with("coordinate_transformation_mode", "asymmetric")
            .with("nearest_mode", "floor");
    resizeRefused(Node.of("Resize"), "finds values by nearest, half_pixel", 1, 1, 2);
    resizeRefused(
        Node.of("Resize").with("mode", "cubic").with("cubic_coeff_a", -0.5f),
        "has another cubic_coeff_a",
        1,
        1,
        2);
    resizeRefused(
        Node.of("Resize").with("mode", "linear").with("antialias", 1L), "antialias", 1, 1, 2);
    resizeRefused(nearest, "changes batch or channels", 1, 2, 2);
    resizeRefused(nearest, "has 2 extents", 1, 1);
    resizeRefused(
        Node.of("Resize")
            .with("mode", "linear")
            .with("coordinate_transformation_mode", "pytorch_half_pixel"),
        "makes one element of an axis",
        1,
        1,
        0.3f);
  }

  @Test
  void aFactorThatWasRoundedToSinglePrecisionIsMeantAsItWas() {
    Node node = Node.of("Resize").with("mode", "linear");
    try (Step step = device.inference()) {
      Tensor y = OnnxFile.read(resize(node, 1, 1, 0.7f), device).forward(step.ones(1, 1, 10));
      assertThat(y.shape()).isEqualTo(Shape.of(1, 1, 7)); // 10 times 0.7f is 6.9999999
    }
  }

  private Path resize(Node node, float... scales) {
    Path file = dir.resolve("resize.onnx");
    OnnxFile.write(
        file,
        "resize",
        Map.of(),
        graph -> {
          String x = graph.input(OnnxFile.INPUT, OnnxFile.BATCH, 1, "L");
          String by = graph.weight("/scales", scales, Shape.of(scales.length));
          graph.output(OnnxFile.OUTPUT, graph.add("node", node, x, "", by), OnnxFile.BATCH, 1, "M");
        });
    return file;
  }

  private void resizeRefused(Node node, String reason, float... scales) {
    Path file = resize(node, scales);
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> {
          try (Step step = device.inference()) {
            OnnxFile.read(file, device).forward(step.ones(1, 1, 4));
          }
        })
        .satisfies(
            e -> assertThat(e.getMessage()).contains("the operator Resize of node", reason, "; "));
  }

  /** Opset 17 has not all of these, so that ONNX Runtime cannot say: f(1). */
  private float value(Node node) {
    Path file = agreement.write(node, 1);
    try (Step step = device.inference()) {
      Tensor y = OnnxFile.read(file, device).forward(step.ones(1, 1));
      return y.item();
    }
  }
}
