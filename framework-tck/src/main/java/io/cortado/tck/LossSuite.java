package io.cortado.tck;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.Reduction;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceLoss;
import io.cortado.tck.reference.ReferenceLoss.Result;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses and their gradients. */
public abstract class LossSuite extends BackendSuite {

  /** For subclasses. */
  protected LossSuite() {}

  private static final int IGNORE = -100;

  static Stream<CrossEntropySpec> crossEntropies() {
    return Stream.of(
            new int[] {1, 1, 1},
            new int[] {33, 10, 1},
            new int[] {7, 127, 1},
            new int[] {3, 5, 17},
            new int[] {1, 3, 33},
            new int[] {13, 2, 7},
            new int[] {300, 3, 1},
            new int[] {2, 1000, 1},
            new int[] {3, 1537, 1})
        .flatMap(d ->
            Arrays.stream(Reduction.values())
                .flatMap(r ->
                    Stream.of(0f, 0.1f, 1f)
                        .map(s -> new CrossEntropySpec(d[0], d[1], d[2], IGNORE, s, r))));
  }

  @ParameterizedTest
  @MethodSource("crossEntropies")
  void crossEntropy(CrossEntropySpec s) {
    Data data = new Data(Data.seed(s));
    long n = s.rows() * s.classes();
    int[] targets = data.indices(s.rows(), s.classes());
    float[] weight = data.between(s.classes(), 0.2, 2);
    for (double range : new double[] {3, 1e4}) {
      float[] logits = data.between(n, -range, range);
      checkIndices(s, logits, targets, null);
      checkIndices(s, logits, targets, weight);
      int[] some = targets.clone();
      for (int i = 0; i < some.length; i += 3) {
        some[i] = IGNORE;
      }
      checkIndices(s, logits, some, null);
      checkIndices(s, logits, some, weight);
    }
  }

  /**
   * An index that is a class too: with {@code ignoreIndex = 0} the first class counts for nothing.
   */
  @Test
  void anIgnoredIndexMayBeAClass() {
    CrossEntropySpec s = new CrossEntropySpec(13, 4, 1, 0, 0.1f, Reduction.MEAN);
    Data data = new Data(3);
    int[] targets = data.indices(13, 4);
    targets[5] = 0;
    checkIndices(s, data.signed(52), targets, data.between(4, 0.2, 2));
  }

  @ParameterizedTest
  @MethodSource("crossEntropies")
  void allIgnored(CrossEntropySpec s) {
    Data data = new Data(4);
    int[] targets = new int[(int) s.rows()];
    Arrays.fill(targets, IGNORE);
    float[] logits = data.signed(s.rows() * s.classes());
    checkIndices(s, logits, targets, null);
    checkIndices(s, logits, targets, data.between(s.classes(), 0.2, 2));
  }

  private void checkIndices(
      CrossEntropySpec s, float[] logits, int[] targets, float @Nullable [] weight) {
    double @Nullable [] w = weight == null ? null : Numbers.doubles(weight);
    Result r = ReferenceLoss.crossEntropy(s, Numbers.doubles(logits), targets, w);
    checkCrossEntropy(
        s,
        r,
        logits,
        (bench, loss, grad) ->
            backend()
                .crossEntropy(
                    s,
                    bench.input(logits),
                    bench.input(targets),
                    bench.inputOrNull(weight),
                    loss,
                    grad));
  }

  @ParameterizedTest
  @MethodSource("crossEntropies")
  void crossEntropyOfProbabilities(CrossEntropySpec s) {
    Data data = new Data(Data.seed(s));
    float[] targets = data.probabilities(s.outer(), s.classes(), s.inner());
    float[] weights = data.between(s.classes(), 0.2, 2);
    for (double range : new double[] {3, 1e4}) {
      float[] logits = data.between(targets.length, -range, range);
      checkProbabilities(s, logits, targets, null);
      checkProbabilities(s, logits, targets, weights);
    }
  }

  private void checkProbabilities(
      CrossEntropySpec s, float[] logits, float[] targets, float @Nullable [] weight) {
    double @Nullable [] w = weight == null ? null : Numbers.doubles(weight);
    Result r =
        ReferenceLoss.crossEntropyProbabilities(
            s, Numbers.doubles(logits), Numbers.doubles(targets), w);
    checkCrossEntropy(
        s,
        r,
        logits,
        (bench, loss, grad) ->
            backend()
                .crossEntropyProbabilities(
                    s,
                    bench.input(logits),
                    bench.input(targets),
                    bench.inputOrNull(weight),
                    loss,
                    grad));
  }

  /**
   * Masked classes, with and without a share of their own: what is 0 times minus infinity is NaN.
   */
  @ParameterizedTest
  @MethodSource("crossEntropies")
  void crossEntropyOfMinusInfinity(CrossEntropySpec s) {
    Data data = new Data(Data.seed(s));
    float[] logits = data.between(s.rows() * s.classes(), -3, 3);
    float[] probabilities = data.probabilities(s.outer(), s.classes(), s.inner());
    for (int i = 0; i < logits.length; i += 5) {
      logits[i] = Float.NEGATIVE_INFINITY;
      probabilities[i] = i % 2 == 0 ? 0 : probabilities[i];
    }
    int[] targets = data.indices(s.rows(), s.classes());
    targets[targets.length / 2] = IGNORE;
    float[] weight = data.between(s.classes(), 0.2, 2);
    if (s.classes() > 2) {
      weight[1] = 0;
    }
    checkIndices(s, logits, targets, null);
    checkIndices(s, logits, targets, weight);
    checkProbabilities(s, logits, probabilities, null);
    checkProbabilities(s, logits, probabilities, weight);
  }

  /** PyTorch 2.13's losses of these rows, each with a masked class. */
  @Test
  void aMaskedClassIsPyTorchs() {
    float inf = Float.POSITIVE_INFINITY;
    float[] logits = {-inf, 1, 2};
    float[] weight = {0, 1, 1};
    float one = 1.3132616f;
    checkMasked(0, logits, 1, null, one);
    checkMasked(0, logits, 1, weight, one);
    checkMasked(0, logits, 0, null, inf);
    checkMasked(0, logits, 0, weight, Float.NaN);
    checkMasked(0.1f, logits, 1, null, inf);
    checkMasked(0.1f, logits, 1, weight, Float.NaN);
    checkMasked(1, logits, 0, null, Float.NaN);
    CrossEntropySpec s = new CrossEntropySpec(1, 3, 1, IGNORE, 0, Reduction.NONE);
    try (Bench bench = bench()) {
      Operand loss = bench.output("loss", 1);
      Operand grad = bench.output("grad", 3);
      backend()
          .crossEntropyProbabilities(
              s,
              bench.input(logits),
              bench.input(new float[] {0, 0.5f, 0.5f}),
              null,
              loss.buffer(),
              grad.buffer());
      loss.expect(Expected.relative(new double[] {Double.NaN}), Tolerance.EXACT);
      grad.expect(
          Expected.within(1, new double[] {0, -0.23105857, 0.23105860}), Tolerance.ELEMENTWISE);
    }
  }

  private void checkMasked(
      float smoothing, float[] logits, int target, float @Nullable [] weight, double expected) {
    CrossEntropySpec s = new CrossEntropySpec(1, 3, 1, IGNORE, smoothing, Reduction.NONE);
    try (Bench bench = bench()) {
      Operand loss = bench.output("loss of class " + target + " at " + smoothing, 1);
      backend()
          .crossEntropy(
              s,
              bench.input(logits),
              bench.input(new int[] {target}),
              bench.inputOrNull(weight),
              loss.buffer(),
              null);
      loss.expect(Expected.relative(new double[] {expected}), Tolerance.ELEMENTWISE);
    }
  }

  /** A loss called with its outputs. */
  private interface Call {
    void run(Bench bench, Buffer loss, @Nullable Buffer grad);
  }

  private void checkCrossEntropy(CrossEntropySpec s, Result r, float[] logits, Call call) {
    // Losses of different rows cannot cancel; within a row the logits' range is subtracted from
    // itself.
    double range = 1;
    for (float x : logits) {
      range = Float.isInfinite(x) ? range : Math.max(range, 2 * Math.abs(x));
    }
    double rowBound = 2 * range;
    double lossBound = s.reduction() == Reduction.SUM ? rowBound * s.rows() : rowBound;
    double largest = 0;
    for (double g : r.grad()) {
      largest = Math.abs(g) > largest ? Math.abs(g) : largest;
    }
    Tolerance lossTolerance =
        Tolerance.forReduction(s.reduction() == Reduction.NONE ? s.classes() : s.rows());
    checkLoss(
        r,
        Expected.within(lossBound, r.loss()),
        lossTolerance,
        // Where the range is so large that all is 0 or 1, the exponential's error has no room to
        // show.
        Expected.within(largest, r.grad()),
        Tolerance.forReduction(s.classes()).times(4),
        call);
  }

  private void checkLoss(
      Result r,
      Expected loss,
      Tolerance lossTolerance,
      Expected grad,
      Tolerance gradTolerance,
      Call call) {
    try (Bench bench = bench(r.grad().length)) {
      Operand lossOut = bench.output("loss", r.loss().length);
      Operand gradOut = bench.output("grad", r.grad().length);
      call.run(bench, lossOut.buffer(), gradOut.buffer());
      lossOut.expect(loss, lossTolerance);
      gradOut.expect(grad, gradTolerance);
    }
    try (Bench bench = bench(r.grad().length + 1)) {
      Operand lossOut = bench.output("loss without grad", r.loss().length);
      call.run(bench, lossOut.buffer(), null);
      lossOut.expect(loss, lossTolerance);
    }
  }

  static Stream<PointwiseLossSpec> pointwiseLosses() {
    return Arrays.stream(PointwiseLossSpec.Kind.values())
        .flatMap(kind ->
            Arrays.stream(Reduction.values())
                .flatMap(reduction ->
                    Stream.of(1L, 3L, 17L, 127L, 1000L, 40_000L)
                        .map(n -> new PointwiseLossSpec(kind, n, reduction))));
  }

  @ParameterizedTest
  @MethodSource("pointwiseLosses")
  void pointwise(PointwiseLossSpec s) {
    Data data = new Data(Data.seed(s));
    float[] x;
    float[] target;
    switch (s.kind()) {
      case BCE -> {
        x = data.between(s.n(), 0.001, 0.999);
        target = data.between(s.n(), 0, 1);
      }
      case BCE_WITH_LOGITS -> {
        x = data.between(s.n(), -9, 9);
        target = data.between(s.n(), 0, 1);
      }
      default -> {
        x = data.coarse(s.n());
        target = data.coarse(s.n());
        for (int i = 0; i < x.length; i += 2) {
          x[i] += data.signed(1)[0];
        }
      }
    }
    float[] weight = data.between(s.n(), 0.2, 2);
    float[] posWeight = data.between(s.n(), 0.2, 3);
    boolean logits = s.kind() == PointwiseLossSpec.Kind.BCE_WITH_LOGITS;
    checkPointwise(s, x, target, null, null);
    checkPointwise(s, x, target, weight, null);
    checkPointwise(s, x, target, null, logits ? posWeight : null);
    checkPointwise(s, x, target, weight, logits ? posWeight : null);
  }

  @Test
  void binaryCrossEntropyBoundsItsLogarithms() {
    float[] x = {0, 1, 0, 1, 0, 1};
    float[] target = {0, 1, 1, 0, 0.5f, 0.25f};
    for (Reduction reduction : Reduction.values()) {
      PointwiseLossSpec s = new PointwiseLossSpec(PointwiseLossSpec.Kind.BCE, 6, reduction);
      checkPointwise(s, x, target, null, null);
    }
  }

  @Test
  void binaryCrossEntropyOfExtremeLogits() {
    float[] x = {1e4f, -1e4f, 1e4f, -1e4f, 100, -100, 0, 30};
    float[] target = {1, 0, 0, 1, 0.5f, 0.5f, 1, 0};
    float[] posWeight = {1, 2, 3, 4, 5, 6, 7, 8};
    for (Reduction reduction : Reduction.values()) {
      PointwiseLossSpec s =
          new PointwiseLossSpec(PointwiseLossSpec.Kind.BCE_WITH_LOGITS, x.length, reduction);
      checkPointwise(s, x, target, null, null);
      checkPointwise(s, x, target, null, posWeight);
    }
  }

  private void checkPointwise(
      PointwiseLossSpec s,
      float[] x,
      float[] target,
      float @Nullable [] weight,
      float @Nullable [] posWeight) {
    double @Nullable [] w = weight == null ? null : Numbers.doubles(weight);
    double @Nullable [] p = posWeight == null ? null : Numbers.doubles(posWeight);
    Result r = ReferenceLoss.pointwise(s, Numbers.doubles(x), Numbers.doubles(target), w, p);
    double gradBound = s.reduction() == Reduction.MEAN ? 1.0 / s.n() : 1;
    long count = s.reduction() == Reduction.NONE ? 1 : s.n();
    checkLoss(
        r,
        losses(s, r, x, weight, posWeight),
        Tolerance.forReduction(count),
        Expected.within(gradBound, r.grad()),
        Tolerance.ELEMENTWISE,
        (bench, loss, grad) ->
            backend()
                .pointwiseLoss(
                    s,
                    bench.input(x),
                    bench.input(target),
                    bench.inputOrNull(weight),
                    bench.inputOrNull(posWeight),
                    loss,
                    grad));
  }

  /**
   * Returns losses with the size of the terms that they are made of.
   *
   * <p>The two terms of a cross-entropy of logits are as large as the logit, and cancel.
   */
  private static Expected losses(
      PointwiseLossSpec s,
      Result r,
      float[] x,
      float @Nullable [] weight,
      float @Nullable [] posWeight) {
    double[] terms = new double[x.length];
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double factors =
          (weight == null ? 1 : weight[i]) * (posWeight == null ? 1 : 1 + posWeight[i]);
      terms[i] = factors * (1 + Math.abs(x[i]));
      sum += terms[i];
    }
    double[] scale =
        switch (s.reduction()) {
          case NONE -> terms;
          case MEAN -> new double[] {sum / x.length};
          case SUM -> new double[] {sum};
        };
    for (int i = 0; i < scale.length; i++) {
      scale[i] = Math.max(scale[i], Math.abs(r.loss()[i]));
    }
    return new Expected(r.loss(), scale);
  }
}
