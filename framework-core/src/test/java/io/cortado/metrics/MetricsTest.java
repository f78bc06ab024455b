package io.cortado.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Shape;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MetricsTest {

  private static final float NAN = Float.NaN;

  /**
   * Six samples of three classes; predicted 0 0 1 2 1 0, the fourth by the first of equals being
   * another.
   */
  private static final float[] SCORES = {
    5, 1, 0, //
    2, 1, 1, //
    0, 3, 2, //
    -3, -2, -1, //
    1, 4, 4, //
    NAN, 9, 1
  };

  private static final int[] LABELS = {0, 1, 1, 2, 2, 0};

  private static Predictions six() {
    return Predictions.ofClasses(SCORES, Shape.of(6, 3), LABELS);
  }

  private static <M extends Metric> M after(M metric, Predictions... batches) {
    for (Predictions p : batches) {
      metric.update(p);
    }
    return metric;
  }

  @Test
  void classificationByHand() {
    // predicted: 0 0 1 2 1 0; class 0: tp 2 of 3 said, 2 are; class 1: tp 1 of 2 said, 2 are; class
    // 2: tp 1 of 1 said, 2 are
    assertThat(after(Metrics.accuracy(), six()).compute()).isEqualTo(4 / 6.0);
    ConfusionMatrix m = after(Metrics.confusionMatrix(), six());
    assertThat(m.toArray()).isDeepEqualTo(new long[][] {{2, 0, 0}, {1, 1, 0}, {0, 1, 1}});
    assertThat(m.count(2, 1)).isEqualTo(1);
    assertThat(after(Metrics.precision(Average.MACRO), six()).perClass())
        .containsExactly(2 / 3.0, 1 / 2.0, 1);
    assertThat(after(Metrics.recall(Average.MACRO), six()).perClass())
        .containsExactly(1, 1 / 2.0, 1 / 2.0);
    assertThat(after(Metrics.f1Score(Average.MACRO), six()).perClass())
        .containsExactly(4 / 5.0, 1 / 2.0, 2 / 3.0);
    assertThat(after(Metrics.f1Score(Average.MACRO), six()).compute())
        .isCloseTo((4 / 5.0 + 1 / 2.0 + 2 / 3.0) / 3, within(1e-15));
    assertThat(after(Metrics.precision(Average.MICRO), six()).compute()).isEqualTo(4 / 6.0);
    assertThat(after(Metrics.recall(Average.WEIGHTED), six()).compute()).isEqualTo(4 / 6.0);
  }

  @Test
  void topKBreaksTiesAsAccuracyDoes() {
    assertThat(after(Metrics.topKAccuracy(1), six()).compute()).isEqualTo(4 / 6.0);
    // the second sample's class 1 ties with 2 and is first; the fifth's class 2 comes after its
    // equal
    assertThat(after(Metrics.topKAccuracy(2), six()).compute()).isEqualTo(1);
    assertThat(
            after(
                    Metrics.topKAccuracy(2),
                    Predictions.ofClasses(new float[] {1, 1, 1}, Shape.of(1, 3), new int[] {2}))
                .compute())
        .isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> after(Metrics.topKAccuracy(4), six()))
        .withMessageContaining("k is 4, and there are 3 classes");
  }

  @Test
  void aClassThatDoesNotOccurIsLeftOutOfTheMacroMean() {
    Predictions p =
        Predictions.ofClasses(new float[] {1, 0, 0, 1, 0, 0}, Shape.of(2, 3), new int[] {0, 1});
    assertThat(after(Metrics.precision(Average.MACRO), p).compute()).isEqualTo((0.5 + 0) / 2);
    assertThat(after(Metrics.recall(Average.MACRO), p).compute()).isEqualTo((1.0 + 0) / 2);
    assertThat(after(Metrics.precision(Average.WEIGHTED), p).compute()).isEqualTo(0.25);
  }

  @Test
  void batchesOfAnySizeGiveTheSameAsBruteForce() {
    Random random = new Random(3);
    int n = 200;
    int classes = 7;
    float[] scores = new float[n * classes];
    int[] labels = new int[n];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = random.nextInt(5); // many ties
    }
    for (int i = 0; i < n; i++) {
      labels[i] = random.nextInt(classes - 1); // the last class is predicted at most
    }
    int right = 0;
    double f1 = 0;
    for (int c = 0; c < classes; c++) {
      int tp = 0;
      int fp = 0;
      int fn = 0;
      for (int i = 0; i < n; i++) {
        boolean said = first(scores, i, classes) == c;
        tp += said && labels[i] == c ? 1 : 0;
        fp += said && labels[i] != c ? 1 : 0;
        fn += !said && labels[i] == c ? 1 : 0;
      }
      right += tp;
      f1 +=
          tp == 0
              ? 0
              : 2
                  * (tp / (double) (tp + fp))
                  * (tp / (double) (tp + fn))
                  / (tp / (double) (tp + fp) + tp / (double) (tp + fn));
    }
    ScalarMetric accuracy = Metrics.accuracy();
    ScalarMetric macro = Metrics.f1Score(Average.MACRO);
    for (int from = 0; from < n; ) {
      int size = Math.min(n - from, 1 + random.nextInt(40));
      // arrays longer than the batch, as a loop that uses them again has them
      float[] s = new float[(size + 3) * classes];
      int[] l = new int[size + 3];
      System.arraycopy(scores, from * classes, s, 0, size * classes);
      System.arraycopy(labels, from, l, 0, size);
      Predictions batch = Predictions.ofClasses(s, Shape.of(size, classes), l);
      accuracy.update(batch);
      macro.update(batch);
      from += size;
    }
    assertThat(accuracy.compute()).isEqualTo(right / (double) n);
    assertThat(macro.compute()).isCloseTo(f1 / classes, within(1e-12));
    accuracy.reset();
    assertThat(accuracy.compute()).isNaN();
  }

  private static int first(float[] scores, int sample, int classes) {
    int best = 0;
    for (int c = 0; c < classes; c++) {
      best = scores[sample * classes + c] > scores[sample * classes + best] ? c : best;
    }
    return best;
  }

  @Test
  void everyPositionOfAnImageIsASample() {
    // [1, 2, 3]: class 0 has 5 0 1, class 1 has 4 2 2
    Predictions p =
        Predictions.ofClasses(
            new float[] {5, 0, 1, 4, 2, 2}, Shape.of(new int[] {1, 2, 3}), new int[] {0, 1, 0});
    assertThat(after(Metrics.accuracy(), p).compute()).isEqualTo(2 / 3.0);
    assertThat(p.score(1, 1)).isEqualTo(2);
  }

  @Test
  void ignoredSamplesDoNotCount() {
    Predictions p =
        Predictions.ofClasses(
            new float[] {1, 0, 1, 0, 1, 0}, Shape.of(3, 2), new int[] {0, -100, 1});
    assertThat(after(Metrics.accuracy(), p).compute()).isEqualTo(0.5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Metrics.accuracy().ignoreIndex(1).update(p))
        .withMessageContaining(
            "label -100 of sample 1 for outputs [3, 2], which have classes 0 to 1");
  }

  @Test
  void errorsByHand() {
    Predictions a =
        Predictions.ofValues(new float[] {1, 2, 3, 99}, Shape.of(3), new float[] {1, 0, 6});
    Predictions b = Predictions.ofValues(new float[] {-4}, Shape.of(1, 1), new float[] {0});
    assertThat(after(Metrics.mse(), a, b).compute()).isEqualTo((4 + 9 + 16) / 4.0);
    assertThat(after(Metrics.rmse(), a, b).compute()).isEqualTo(Math.sqrt((4 + 9 + 16) / 4.0));
    assertThat(after(Metrics.mae(), a, b).compute()).isEqualTo((2 + 3 + 4) / 4.0);
    assertThat(after(Metrics.mse(), a).higherIsBetter()).isFalse();
    assertThat(Metrics.mae().compute()).isNaN();
  }

  @Test
  void binaryOutputsAreComparedWithAThreshold() {
    Predictions p =
        Predictions.ofValues(
            new float[] {0.1f, 0, -2, NAN}, Shape.of(4, 1), new float[] {1, 1, 0, 1});
    assertThat(after(Metrics.binaryAccuracy(0), p).compute()).isEqualTo(0.5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> after(Metrics.accuracy(), p))
        .withMessageContaining("needs class labels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> after(Metrics.mse(), six()))
        .withMessageContaining("needs targets that are numbers");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            after(
                Metrics.accuracy(),
                Predictions.ofClasses(new float[2], Shape.of(2, 1), new int[2])))
        .withMessageContaining("outputs [2, 1] have one column");
  }

  @Test
  void anotherNumberOfClassesIsRefused() {
    ConfusionMatrix m = after(Metrics.confusionMatrix(), six());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> after(m, Predictions.ofClasses(new float[4], Shape.of(2, 2), new int[2])))
        .withMessage(
            "confusion_matrix: a batch of 2 classes after batches of 3; reset() starts anew");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Predictions.ofClasses(new float[5], Shape.of(2, 3), new int[2]))
        .withMessage("predictions: 5 outputs for outputs [2, 3], which need 6");
  }
}
