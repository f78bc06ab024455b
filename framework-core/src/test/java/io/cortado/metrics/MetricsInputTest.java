package io.cortado.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Shape;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Metrics of nothing, of one class alone, of garbage, and of text. */
final class MetricsInputTest {

  private static final float NAN = Float.NaN;

  private static Predictions classes(float[] scores, int columns, int... labels) {
    return Predictions.ofClasses(scores, Shape.of(labels.length, columns), labels);
  }

  private static Predictions values(float[] scores, float... targets) {
    return Predictions.ofValues(scores, Shape.of(targets.length), targets);
  }

  private static <M extends Metric> M after(M metric, Predictions batch) {
    metric.update(batch);
    return metric;
  }

  static List<Supplier<ScalarMetric>> scalars() {
    return List.of(
        Metrics::accuracy,
        () -> Metrics.topKAccuracy(1),
        () -> Metrics.binaryAccuracy(0),
        Metrics::balancedAccuracy,
        () -> Metrics.precision(Average.MICRO),
        () -> Metrics.recall(Average.MACRO),
        () -> Metrics.f1Score(Average.WEIGHTED),
        Metrics::rocAuc,
        Metrics::averagePrecision,
        () -> Metrics.cohenKappa(CohenKappa.Weights.LINEAR),
        Metrics::matthewsCorrelation,
        Metrics::calibrationError,
        Metrics::perplexity,
        Metrics::r2Score,
        Metrics::mse,
        Metrics::rmse,
        Metrics::mae);
  }

  @ParameterizedTest
  @MethodSource("scalars")
  void nothingSeenIsNaN(Supplier<ScalarMetric> metric) {
    assertThat(metric.get().compute()).isNaN();
  }

  /** As scikit-learn: 1 of 1 for recalls, 0 / 0 for kappa, 0 for the correlation. */
  @Test
  void oneClassAlone() {
    Predictions only = classes(new float[] {1, 0, 1, 0}, 2, 0, 0);
    assertThat(after(Metrics.balancedAccuracy(), only).compute()).isEqualTo(1);
    assertThat(after(new BalancedAccuracy(true), only).compute()).isNaN();
    assertThat(after(Metrics.cohenKappa(CohenKappa.Weights.NONE), only).compute()).isNaN();
    assertThat(after(Metrics.matthewsCorrelation(), only).compute()).isZero();
    assertThat(after(Metrics.rocAuc(), only).compute()).isNaN();
    assertThat(after(Metrics.averagePrecision(), only).compute()).isNaN();
    Predictions ones = values(new float[] {0.2f, 0.8f}, 1, 1);
    assertThat(after(Metrics.rocAuc(), ones).compute()).isNaN();
    assertThat(after(Metrics.averagePrecision(), ones).compute()).isEqualTo(1);
  }

  @Test
  void aClassWithoutSamplesIsLeftOutOfTheMeanOfAreas() {
    RocAuc auc =
        after(
            Metrics.rocAuc(),
            classes(new float[] {0.5f, 0.5f, 0, 0.25f, 0.75f, 0, 0.75f, 0.25f, 0}, 3, 0, 1, 0));
    assertThat(auc.perClass()).containsExactly(1, 1, Double.NaN);
    assertThat(auc.compute()).isEqualTo(1);
  }

  @Test
  void ranksAreExactWithManyTiesAndBothZeros() {
    Random random = new Random(5);
    float[] scores = new float[3000];
    float[] targets = new float[scores.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (random.nextInt(7) - 3) * (random.nextBoolean() ? -1f : 1f); // -0 as well
      targets[i] = random.nextInt(3) == 0 ? 1 : 0;
    }
    long twice = 0;
    long pairs = 0;
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        if (targets[i] == 1 && targets[j] == 0) {
          twice += scores[i] > scores[j] ? 2 : scores[i] == scores[j] ? 1 : 0;
          pairs += 2;
        }
      }
    }
    assertThat(after(Metrics.rocAuc(), values(scores, targets)).compute())
        .isEqualTo((double) twice / pairs);
  }

  @Test
  void constantTargetsHaveAnR2OfOneOrZero() {
    assertThat(after(Metrics.r2Score(), values(new float[] {3, 3}, 3, 3)).compute()).isEqualTo(1);
    assertThat(after(Metrics.r2Score(), values(new float[] {3, 4}, 3, 3)).compute()).isZero();
    assertThat(after(Metrics.r2Score(), values(new float[] {3}, 3)).compute()).isNaN();
  }

  /** Of two bins (0, 1/2] has the confidences 1/4 and 1/2, and (1/2, 1] the last. */
  @Test
  void aConfidenceOnABorderBelongsToTheBinBelow() {
    Predictions p = values(new float[] {0.25f, 0.5f, 1}, 0, 1, 1);
    assertThat(after(new CalibrationError(CalibrationError.Norm.MAXIMUM, 2), p).compute())
        .isEqualTo(0.125);
  }

  @Test
  void perplexityOfEqualLogitsIsTheNumberOfClassesWithoutWhatIsIgnored() {
    Perplexity p = after(Metrics.perplexity(), classes(new float[12], 4, 1, -100, 3));
    assertThat(p.compute()).isCloseTo(4, within(1e-14));
    Predictions sure = classes(new float[] {1e4f, -1e4f, -1e4f, 1e4f}, 2, 0, 1);
    assertThat(after(Metrics.perplexity(), sure).compute()).isEqualTo(1);
    Predictions wrong = classes(new float[] {1e4f, -1e4f}, 2, 1);
    assertThat(after(Metrics.perplexity(), wrong).compute()).isInfinite();
  }

  @Test
  void distancesAndErrorRates() {
    assertThat(EditDistance.of("kitten", "sitting")).isEqualTo(3);
    assertThat(EditDistance.of("", "abc")).isEqualTo(3);
    assertThat(EditDistance.of(List.of(1, 2, 3, 4), List.of(2, 3, 5))).isEqualTo(2);
    assertThat(EditDistance.of("a\uD83D\uDE00", "a\uD83D\uDE01")).isEqualTo(1);
    TextErrorRate wer = TextErrorRate.words();
    wer.update("this is  the prediction", "this is the reference");
    wer.update("there is an other sample", "there is another one");
    assertThat(wer.compute()).isEqualTo(0.5); // torchmetrics' example
    TextErrorRate cer = TextErrorRate.characters();
    cer.update("ab", "abcd");
    cer.update("x", "");
    assertThat(cer.errors()).isEqualTo(3);
    assertThat(cer.compute()).isEqualTo(0.75);
    cer.reset();
    assertThat(cer.compute()).isNaN();
    cer.update("x", "");
    assertThat(cer.compute()).isInfinite();
    assertThat(new Bleu().compute()).isNaN();
  }

  @Test
  void distancesAreThoseOfTheRecursion() {
    Random random = new Random(1);
    for (int k = 0; k < 200; k++) {
      List<Integer> a = random.ints(random.nextInt(7), 0, 3).boxed().toList();
      List<Integer> b = random.ints(random.nextInt(7), 0, 3).boxed().toList();
      assertThat(EditDistance.of(a, b)).isEqualTo(slowly(a, b));
    }
  }

  private static int slowly(List<Integer> a, List<Integer> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.size() + b.size();
    }
    List<Integer> restA = a.subList(1, a.size());
    List<Integer> restB = b.subList(1, b.size());
    int both = slowly(restA, restB) + (a.getFirst().equals(b.getFirst()) ? 0 : 1);
    return Math.min(both, 1 + Math.min(slowly(restA, b), slowly(a, restB)));
  }

  static List<Arguments> wrong() {
    Predictions nan = values(new float[] {NAN}, 1);
    Predictions nanClasses = classes(new float[] {NAN, 1}, 2, 1);
    Predictions logits = classes(new float[] {3, -1}, 2, 1);
    Predictions label = classes(new float[] {0.5f, 0.5f}, 2, 2);
    Predictions third = values(new float[] {0.5f}, 0.3f);
    return List.of(
        wrong(() -> Metrics.rocAuc().update(nan), "roc_auc: the score at index 0 is NaN"),
        wrong(() -> Metrics.averagePrecision().update(nanClasses), "score of sample 0 is NaN"),
        wrong(() -> new RocCurve().update(nan), "roc_curve: the score of sample 0 is NaN"),
        wrong(() -> Metrics.f1Score(Average.MICRO).update(nan), "f1_micro: the score of sample 0"),
        wrong(() -> Metrics.calibrationError().update(nan), "score of sample 0 is NaN"),
        wrong(() -> Metrics.perplexity().update(nanClasses), "perplexity: the score of sample 0"),
        wrong(() -> Metrics.r2Score().update(nan), "r2: output NaN beside target 1.0"),
        wrong(() -> Metrics.rocAuc().update(logits), "their sum is 2.0; if they are logits, call"),
        wrong(() -> Metrics.calibrationError().update(logits), "if they are logits, call logits()"),
        wrong(() -> Metrics.rocAuc().update(label), "label 2 of sample 0 for outputs [1, 2]"),
        wrong(() -> Metrics.matthewsCorrelation().update(label), "which have classes 0 to 1"),
        wrong(() -> Metrics.rocAuc().update(third), "target 0.3 at index 0 of outputs [1]"),
        wrong(() -> Metrics.recall(Average.MACRO).update(third), "targets are 0 or 1"),
        wrong(
            () -> Metrics.calibrationError().update(values(new float[] {2}, 1)),
            "output 2.0 at index 0 is no probability; if it is a logit, call logits()"),
        wrong(
            () -> Metrics.rocAuc().update(classes(new float[] {1}, 1, 0)),
            "outputs [1, 1] have one column beside class labels"),
        wrong(
            () -> new RocCurve(3).update(logits),
            "the positive class is 3, and there are classes 0 to 1"),
        wrong(
            () -> after(Metrics.matthewsCorrelation(), logits).update(classes(new float[3], 3, 1)),
            "matthews_correlation: a batch of 3 classes after batches of 2; reset() starts anew"),
        wrong(
            () ->
                after(Metrics.precision(Average.MACRO), logits)
                    .update(Predictions.ofValues(new float[2], Shape.of(1, 2), new float[2])),
            "class labels and targets of 0 and 1 are mixed"),
        wrong(() -> new CalibrationError(CalibrationError.Norm.EXPECTED, 0), "there are 0 bins"),
        wrong(() -> new Bleu(Bleu.Smoothing.NONE), "give the weight of 1-grams"),
        wrong(() -> new Bleu(Bleu.Smoothing.NONE, -1), "weights [-1.0] have to be numbers"),
        wrong(
            () -> new Bleu().update(List.of("a"), List.of()),
            "no reference for a hypothesis of 1 tokens"));
  }

  private static Arguments wrong(ThrowingCallable what, String message) {
    return Arguments.of(message, what);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void wrongInputIsRefused(String message, ThrowingCallable what) {
    assertThatIllegalArgumentException().isThrownBy(what).withMessageContaining(message);
  }
}
