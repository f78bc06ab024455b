package io.cortado.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Shape;
import io.cortado.metrics.Bleu.Smoothing;
import io.cortado.metrics.CalibrationError.Norm;
import io.cortado.metrics.CohenKappa.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Metrics beside what {@code src/test/python/record_metrics.py} recorded of scikit-learn, NLTK and
 * sacreBLEU; and the same bits for any order of the samples, in any batches.
 */
final class RecordedMetricsTest {

  private static final double ROUNDING = 1e-13;
  private static final int SHUFFLES = 5;
  private static final int WIDEST_BATCH = 17;

  private static JsonNode recorded() {
    try (InputStream in = RecordedMetricsTest.class.getResourceAsStream("recorded.json")) {
      return JsonMapper.builder().build().readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Stream<Arguments> cases() {
    List<Arguments> all = new ArrayList<>();
    for (var set : recorded().get("data").properties()) {
      for (var metric : set.getValue().get("expected").properties()) {
        all.add(Arguments.of(set.getKey(), metric.getKey(), set.getValue(), metric.getValue()));
      }
    }
    return all.stream();
  }

  private static Average average(String name) {
    return Average.valueOf(name.substring(name.lastIndexOf('_') + 1).toUpperCase(Locale.ROOT));
  }

  private static Metric metric(String name) {
    return switch (name) {
      case "accuracy" -> Metrics.accuracy();
      case "top2_accuracy" -> Metrics.topKAccuracy(2);
      case "binary_accuracy" -> Metrics.binaryAccuracy(0.5);
      case "balanced_accuracy" -> Metrics.balancedAccuracy();
      case "balanced_accuracy_adjusted" -> new BalancedAccuracy(true);
      case "precision_micro", "precision_macro", "precision_weighted" ->
          Metrics.precision(average(name));
      case "recall_micro", "recall_macro", "recall_weighted" -> Metrics.recall(average(name));
      case "f1_micro", "f1_macro", "f1_weighted" -> Metrics.f1Score(average(name));
      case "precision_per_class" -> Metrics.precision(Average.MACRO);
      case "recall_per_class" -> Metrics.recall(Average.MACRO);
      case "f1_per_class" -> Metrics.f1Score(Average.MACRO);
      case "confusion_matrix" -> Metrics.confusionMatrix();
      case "cohen_kappa" -> Metrics.cohenKappa(Weights.NONE);
      case "cohen_kappa_linear" -> Metrics.cohenKappa(Weights.LINEAR);
      case "cohen_kappa_quadratic" -> Metrics.cohenKappa(Weights.QUADRATIC);
      case "matthews_correlation" -> Metrics.matthewsCorrelation();
      case "expected_calibration_error" -> Metrics.calibrationError();
      case "maximum_calibration_error" -> new CalibrationError(Norm.MAXIMUM, 15);
      case "roc_auc" -> Metrics.rocAuc();
      case "roc_auc_micro", "roc_auc_weighted" -> Metrics.rocAuc(average(name));
      case "average_precision" -> Metrics.averagePrecision();
      case "average_precision_micro", "average_precision_weighted" ->
          Metrics.averagePrecision(average(name));
      case "roc_curve" -> new RocCurve();
      case "precision_recall_curve" -> new PrecisionRecallCurve();
      case "mse" -> Metrics.mse();
      case "rmse" -> Metrics.rmse();
      case "mae" -> Metrics.mae();
      case "r2" -> Metrics.r2Score();
      case "perplexity" -> Metrics.perplexity();
      case "logits_roc_auc" -> Metrics.rocAuc().logits();
      case "logits_average_precision" -> Metrics.averagePrecision().logits();
      case "logits_expected_calibration_error" -> Metrics.calibrationError().logits();
      case "logits_maximum_calibration_error" -> new CalibrationError(Norm.MAXIMUM, 15).logits();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static double[] result(String name, Metric metric) {
    return switch (metric) {
      case ClassMetric m when name.endsWith("_per_class") -> m.perClass();
      case ScalarMetric m -> new double[] {m.compute()};
      case ConfusionMatrix m ->
          Arrays.stream(m.toArray()).flatMapToLong(Arrays::stream).asDoubleStream().toArray();
      case RocCurve m ->
          m.points().stream()
              .skip(1) // at an infinite threshold
              .flatMap(p -> Stream.of(p.threshold(), p.falsePositiveRate(), p.truePositiveRate()))
              .mapToDouble(Double::doubleValue)
              .toArray();
      case PrecisionRecallCurve m ->
          m.points().stream()
              .flatMap(p -> Stream.of(p.precision(), p.recall()))
              .mapToDouble(Double::doubleValue)
              .toArray();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  /** Takes in some samples of a set, in some order. */
  private static void update(Metric metric, JsonNode set, List<Integer> samples) {
    int columns = set.get("columns").asInt();
    JsonNode scores = set.get("scores");
    JsonNode targets = set.get("targets");
    float[] x = new float[samples.size() * columns];
    float[] y = new float[x.length];
    int[] labels = new int[samples.size()];
    for (int i = 0; i < samples.size(); i++) {
      for (int c = 0; c < columns; c++) {
        int from = samples.get(i) * columns + c;
        x[i * columns + c] = (float) scores.get(from).asDouble();
        y[i * columns + c] = targets == null ? 0 : (float) targets.get(from).asDouble();
      }
      labels[i] = targets == null ? set.get("labels").get(samples.get(i)).asInt() : 0;
    }
    Shape shape = Shape.of(samples.size(), columns);
    metric.update(
        targets == null
            ? Predictions.ofClasses(x, shape, labels)
            : Predictions.ofValues(x, shape, y));
  }

  @ParameterizedTest(name = "{1} of {0}")
  @MethodSource("cases")
  void isAsRecordedInAnyOrderAndAnyBatches(
      String set, String name, JsonNode data, JsonNode expected) {
    int n = data.get("scores").size() / data.get("columns").asInt();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      order.add(i);
    }
    Metric metric = metric(name);
    update(metric, data, order);
    double[] whole = result(name, metric);
    double[] right = expected.isArray() ? doubles(expected) : new double[] {expected.asDouble()};
    assertThat(whole).hasSameSizeAs(right);
    for (int i = 0; i < right.length; i++) {
      assertThat(whole[i])
          .as("number %s", i)
          .isCloseTo(right[i], within(ROUNDING * Math.max(1, Math.abs(right[i]))));
    }
    Random random = new Random(name.hashCode());
    for (int k = 0; k < SHUFFLES; k++) {
      metric.reset();
      for (int from = 0; from < n; ) {
        int to = Math.min(n, from + random.nextInt(WIDEST_BATCH));
        if (to > from) {
          update(metric, data, order.subList(from, to));
        }
        from = to;
      }
      assertThat(result(name, metric)).as("shuffle %s", k).containsExactly(whole);
      Collections.shuffle(order, random);
    }
  }

  @Test
  void bleuIsSacreBleusAndNltks() {
    int compared = 0;
    for (JsonNode corpus : recorded().get("bleu")) {
      for (var e : corpus.get("sacrebleu").properties()) {
        String[] options = e.getKey().split("-(?=\\d)", -1);
        int order = Integer.parseInt(options[1]);
        double[] weights = new double[order];
        Arrays.fill(weights, 1.0 / order);
        Smoothing smoothing =
            Smoothing.valueOf(options[0].replace('-', '_').toUpperCase(Locale.ROOT));
        assertThat(bleu(new Bleu(smoothing, weights), corpus))
            .as(e.getKey())
            .isCloseTo(e.getValue().asDouble(), within(1e-12));
        compared++;
      }
      for (JsonNode nltk : corpus.get("nltk")) {
        assertThat(bleu(new Bleu(Smoothing.NONE, doubles(nltk.get("weights"))), corpus))
            .as("%s", nltk)
            .isCloseTo(nltk.get("score").asDouble(), within(1e-12));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(60);
  }

  private static double bleu(Bleu metric, JsonNode corpus) {
    for (int i = 0; i < corpus.get("hypotheses").size(); i++) {
      List<List<String>> references = new ArrayList<>();
      corpus.get("references").get(i).forEach(r -> references.add(tokens(r)));
      metric.update(tokens(corpus.get("hypotheses").get(i)), references);
    }
    return metric.compute();
  }

  private static List<String> tokens(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asString).toList();
  }
}
