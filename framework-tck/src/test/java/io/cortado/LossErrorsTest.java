package io.cortado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.loss.BCELoss;
import io.cortado.loss.BCEWithLogitsLoss;
import io.cortado.loss.CTCLoss;
import io.cortado.loss.CosineEmbeddingLoss;
import io.cortado.loss.DiceLoss;
import io.cortado.loss.GaussianNLLLoss;
import io.cortado.loss.HuberLoss;
import io.cortado.loss.InfoNCELoss;
import io.cortado.loss.MultiLabelMarginLoss;
import io.cortado.loss.MultiMarginLoss;
import io.cortado.loss.NLLLoss;
import io.cortado.loss.NTXentLoss;
import io.cortado.loss.SmoothL1Loss;
import io.cortado.loss.TotalVariationLoss;
import io.cortado.loss.TripletMarginLoss;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What losses refuse: by name, with the shapes and the remedy. */
class LossErrorsTest {

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private Tensor floats(int... shape) {
    return device.root().full(0.5f, shape);
  }

  private Tensor labels(int... values) {
    return device.root().tensor(values, values.length);
  }

  private DynamicTest refused(String name, ThrowingCallable call, String... parts) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          try (Step step = device.step()) {
            assertThat(step.recording()).isTrue();
            assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> wrongLabels() {
    Tensor x = floats(2, 3);
    Tensor many = device.root().tensor(new int[] {0, 1, -1, 3, -1, -1}, 2, 3);
    int least = Integer.MIN_VALUE;
    return Stream.of(
        refused("nll above", () -> new NLLLoss().forward(x, labels(0, 3)), "label 3", "0 to 2"),
        refused("nll below", () -> new NLLLoss().forward(x, labels(-1, 0)), "nll", "label -1"),
        refused("nll's type", () -> new NLLLoss().forward(x, floats(2)), "nll", "int32", "[2]"),
        refused("nll's shape", () -> new NLLLoss().forward(x, labels(1)), "nll", "[1]", "[2]"),
        refused("nll of a number", () -> new NLLLoss().forward(floats(), labels(1)), "[N, C]"),
        refused(
            "multiMargin", () -> new MultiMarginLoss().forward(x, labels(0, least)), "multiMargin"),
        refused(
            "multiMargin's rank",
            () -> new MultiMarginLoss().forward(floats(2, 3, 4), labels(0, 1)),
            "[2, 3, 4]",
            "[N, C]"),
        refused(
            "multiLabelMargin",
            () -> new MultiLabelMarginLoss().forward(x, many),
            "label 3 of sample 1",
            "0 to 2"),
        refused(
            "multiLabelMargin's type",
            () -> new MultiLabelMarginLoss().forward(x, x),
            "multiLabelMargin",
            "int32"));
  }

  private DynamicTest refusedCtc(
      String name, CTCLoss loss, Tensor targets, int[][] lengths, String... parts) {
    return refused(
        "ctc's " + name,
        () -> loss.forward(floats(5, 2, 3), targets, lengths[0], lengths[1]),
        parts);
  }

  @TestFactory
  Stream<DynamicTest> wrongSequences() {
    Tensor targets = device.root().tensor(new int[] {1, 2, 1, 1}, 2, 2);
    Tensor blanks = device.root().tensor(new int[] {1, 2, 1, 0}, 2, 2);
    int[][] full = {{5, 5}, {2, 2}};
    CTCLoss loss = new CTCLoss();
    return Stream.of(
        refusedCtc("input length", loss, targets, new int[][] {{6, 5}, {2, 2}}, "length 6", "5"),
        refusedCtc("target length", loss, targets, new int[][] {{5, 5}, {2, 3}}, "length 3", "2"),
        refusedCtc("negative length", loss, targets, new int[][] {{5, -1}, {2, 2}}, "-1"),
        refusedCtc("lengths", loss, targets, new int[][] {{5}, {2, 2}}, "1 input lengths", "2"),
        refusedCtc("blank as label", loss, blanks, full, "label 0", "place 1 of sequence 1"),
        refusedCtc("blank", new CTCLoss().blank(3), targets, full, "blank 3", "0 to 2"),
        refusedCtc("label", new CTCLoss().blank(1), blanks, full, "label 1", "the blank"),
        refusedCtc("sum", loss, labels(1, 2, 1), full, "[3]", "[4]"),
        refusedCtc("type", loss, floats(2, 2), full, "int32"),
        refused(
            "ctc's rank",
            () -> loss.forward(floats(5), targets, full[0], full[1]),
            "[5]",
            "[T, N, C]"),
        refused(
            "ctc's type of lengths",
            () -> loss.forward(floats(5, 2, 3), targets, floats(2), labels(2, 2)),
            "int32"));
  }

  @TestFactory
  Stream<DynamicTest> wrongShapes() {
    Tensor x = floats(2, 3);
    return Stream.of(
        refused("bce", () -> new BCELoss().forward(x, floats(2)), "bce", "[2, 3]", "[2]"),
        refused("smoothL1", () -> new SmoothL1Loss().forward(x, floats(2)), "smoothL1", "[2, 3]"),
        refused(
            "gaussianNLL",
            () -> new GaussianNLLLoss().forward(x, x, floats(3)),
            "gaussianNLL",
            "[3]",
            "[2, 1]"),
        refused(
            "cosineEmbedding",
            () -> new CosineEmbeddingLoss().forward(x, x, floats(3)),
            "cosineEmbedding",
            "[2, 3]",
            "[N]"),
        refused("dice", () -> new DiceLoss().forward(x, floats(2, 2)), "dice", "[2, 3]", "[2, 2]"),
        refused("totalVariation", () -> new TotalVariationLoss().forward(x), "[N, C, H, W]"),
        refused("infoNCE", () -> new InfoNCELoss().forward(x, floats(3, 3)), "infoNCE", "[3, 3]"),
        refused("ntXent", () -> new NTXentLoss().forward(floats(0, 3), floats(0, 3)), "[0, 3]"));
  }

  @TestFactory
  Stream<DynamicTest> wrongOptions() {
    Tensor x = floats(2, 3);
    return Stream.of(
        refused("beta", () -> new SmoothL1Loss().beta(-1), "beta -1.0"),
        refused("delta", () -> new HuberLoss().delta(0), "delta 0.0"),
        refused("p", () -> new MultiMarginLoss().p(3), "p 3", "1 or 2"),
        refused("margin", () -> new TripletMarginLoss().margin(-1), "margin -1.0"),
        refused("cosine", () -> new CosineEmbeddingLoss().margin(2), "margin 2.0"),
        refused("temperature", () -> new InfoNCELoss().temperature(0), "temperature 0.0"),
        refused("a weight below 0", () -> new NLLLoss().weight(1, -1), "nll", "-1.0"),
        refused(
            "the number of weights",
            () -> new NLLLoss().weight(1, 2).forward(x, labels(0, 1)),
            "2 weights",
            "3 classes"));
  }

  /** As torch 2.13's: an infinite loss, whose gradient is 0. */
  @Test
  void anInfiniteVarianceGivesAnInfiniteLoss() {
    try (Step step = device.step()) {
      float[] variances = {Float.POSITIVE_INFINITY, 1};
      Tensor variance = step.tensor(variances, 2).requiresGrad(true);
      Tensor one = step.ones(2);
      Tensor loss = new GaussianNLLLoss().forward(one, step.zeros(2), variance);
      loss.backward();
      assertThat(loss.item()).isEqualTo(Float.POSITIVE_INFINITY);
      assertThat(Objects.requireNonNull(variance.grad()).toFloatArray()).containsExactly(0, 0);
    }
  }

  /** A product with the reciprocal would give 0.99999994 and NaN. */
  @Test
  void aQuotientByANumberIsTheNearestOne() {
    try (Step step = device.step()) {
      Tensor x = step.tensor(new float[] {41, 0, -1, 3}, 4).requiresGrad(true);
      Tensor y = x.div(41);
      assertThat(y.toFloatArray()).containsExactly(1, 0, -1 / 41f, 3 / 41f);
      y.sum().backward();
      assertThat(Objects.requireNonNull(x.grad()).toFloatArray()).containsOnly(1 / 41f);
      assertThat(step.zeros(1).div(1e-39f).item()).isZero();
      assertThat(x.div(-8).toFloatArray()).containsExactly(-5.125f, -0f, 0.125f, -0.375f);
      assertThat(step.ones(1).div(0).item()).isEqualTo(Float.POSITIVE_INFINITY);
    }
  }

  @Test
  void lossesMadeAnewInEachStepLeaveNothingBehind() {
    Tensor x = floats(2, 16).requiresGrad(true);
    Tensor target = floats(2, 16);
    float[] weights = new float[16];
    Arrays.fill(weights, 2);
    BCEWithLogitsLoss once = new BCEWithLogitsLoss().weight(weights, 16).posWeight(weights);
    float[] values = new float[6];
    long inUse = 0;
    for (int i = 0; i < values.length; i++) {
      try (Step step = device.step()) {
        BCEWithLogitsLoss anew = new BCEWithLogitsLoss().weight(weights, 16).posWeight(weights);
        Tensor loss = (i % 2 == 0 ? anew : once).forward(x, target);
        long before = device.backend().memory().inUseBytes();
        assertThat(once.forward(x, target).scope()).isSameAs(step);
        long first = device.backend().memory().inUseBytes();
        assertThat(once.forward(x, target).scope()).isSameAs(step);
        assertThat(device.backend().memory().inUseBytes() - first)
            .as("the weights are there once in a step")
            .isLessThanOrEqualTo(first - before);
        loss.backward();
        values[i] = loss.item();
      }
      if (i == 0) {
        inUse = device.backend().memory().inUseBytes(); // with the gradient of x
      }
      assertThat(values[i]).isEqualTo(values[0]);
      assertThat(device.backend().memory().inUseBytes()).isEqualTo(inUse);
    }
  }
}
