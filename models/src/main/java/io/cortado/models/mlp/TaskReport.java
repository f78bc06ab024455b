package io.cortado.models.mlp;

import io.cortado.Shape;
import io.cortado.metrics.Average;
import io.cortado.metrics.Metrics;
import io.cortado.metrics.Predictions;
import io.cortado.metrics.ScalarMetric;
import io.cortado.models.Figures;
import io.cortado.models.Run;
import io.cortado.models.classify.ConfusionTable;
import io.cortado.models.data.Standardizer;
import io.cortado.models.data.Table;
import io.cortado.models.pictures.ConfusionPicture;
import io.cortado.models.pictures.CurvePicture;
import io.cortado.models.pictures.ScatterPicture;
import io.cortado.models.pictures.ThresholdPicture;
import io.cortado.nn.Sequential;
import io.cortado.train.EpochResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures networks for a table's task on its test rows, side by side, and draws. */
final class TaskReport {

  /** Pictures of more classes cannot be read. */
  private static final int MOST_CLASSES_DRAWN = 30;

  private final Run run;
  private final TaskData data;
  private final float[] truth;
  private final List<Outcome> outcomes = new ArrayList<>();

  /**
   * What one coding came to.
   *
   * @param network trained on all rows but the test's
   * @param epochs how long
   * @param history of the first training, which chose that
   * @param validation the first training's outputs for the validation rows
   * @param test the network's outputs for the test rows
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Outcome(
      Coding coding,
      Sequential network,
      int epochs,
      List<EpochResult> history,
      float[] validation,
      float[] test) {}

  TaskReport(Run run, TaskData data) {
    this.run = run;
    this.data = data;
    this.truth = data.truth(data.split().test());
  }

  void add(Outcome outcome) {
    outcomes.add(outcome);
  }

  /**
   * Writes files, and returns the first coding's figures and the others' with their name before.
   */
  Figures write(TableWeights weights) throws IOException {
    Figures figures = Figures.NONE;
    run.say("");
    for (Outcome o : outcomes) {
      for (Map.Entry<String, Double> e : measured(o).entrySet()) {
        String before = o == outcomes.getFirst() ? "" : o.coding().label() + "'s ";
        figures = figures.and(before + e.getKey(), e.getValue());
        run.say("%-8s %-20s %.4f", o.coding().label(), e.getKey(), e.getValue());
      }
    }
    run.say("%nsaved in %s", run.folder().path());
    weights.save(run.folder().weights(), outcomes.getFirst().network());
    run.saved(run.folder().weights(), "the weights of " + outcomes.getFirst().coding().label());
    outcomes.forEach(o -> run.saved(run.file(o.coding().label() + ".csv"), "a line an epoch"));
    if (outcomes.stream().noneMatch(o -> o.history().isEmpty())) {
      drawCurves();
    }
    switch (data.task()) {
      case REGRESSION -> drawNumbers();
      case BINARY, MULTILABEL -> drawThresholds();
      case MULTICLASS -> drawConfusion();
    }
    return figures;
  }

  private Map<String, Double> measured(Outcome o) {
    Map<String, Double> m = new LinkedHashMap<>();
    switch (data.task()) {
      case REGRESSION -> {
        Predictions told = predictions(told(o));
        m.put("test R2", value(Metrics.r2Score(), told));
        if (data.outputs() == 1) {
          m.put("test RMSE", value(Metrics.rmse(), told));
        }
      }
      case BINARY -> {
        Predictions scores = predictions(scores(o));
        m.put("test accuracy", value(Metrics.binaryAccuracy(0.5), scores));
        m.put("precision", value(Metrics.precision(Average.MICRO), scores));
        m.put("recall", value(Metrics.recall(Average.MICRO), scores));
        m.put("F1", value(Metrics.f1Score(Average.MICRO), scores));
        m.put("average precision", value(Metrics.averagePrecision(), scores));
        m.put("threshold", threshold(o));
        m.put(
            "F1 at threshold",
            value(Metrics.f1Score(Average.MICRO).threshold(threshold(o)), scores));
      }
      case MULTICLASS -> {
        float[] scores = scores(o);
        Predictions p = Predictions.ofClasses(scores, shape(scores), labels());
        m.put("test accuracy", value(Metrics.accuracy(), p));
        m.put("macro F1", value(Metrics.f1Score(Average.MACRO), p));
      }
      case MULTILABEL -> {
        Predictions scores = predictions(scores(o));
        m.put("micro F1", value(Metrics.f1Score(Average.MICRO), scores));
        m.put("macro F1", value(Metrics.f1Score(Average.MACRO), scores));
        m.put("all labels right", allRight(scores(o)));
      }
    }
    return m;
  }

  private static double value(ScalarMetric metric, Predictions predictions) {
    metric.reset();
    metric.update(predictions);
    return metric.compute();
  }

  private Predictions predictions(float[] outputs) {
    return Predictions.ofValues(outputs, shape(outputs), truth);
  }

  private Shape shape(float[] outputs) {
    return Shape.of(outputs.length / data.outputs(), data.outputs());
  }

  private float[] scores(Outcome o) {
    return o.coding().scores(o.test(), data.outputs());
  }

  private int[] labels() {
    int columns = data.outputs();
    int[] labels = new int[truth.length / columns];
    for (int i = 0; i < truth.length; i++) {
      labels[i / columns] += truth[i] == 1 ? i % columns : 0;
    }
    return labels;
  }

  private double allRight(float[] scores) {
    int columns = data.outputs();
    int right = 0;
    for (int i = 0; i < scores.length; i += columns) {
      boolean all = true;
      for (int c = 0; c < columns; c++) {
        all &= scores[i + c] > 0.5 == (truth[i + c] == 1);
      }
      right += all ? 1 : 0;
    }
    return (double) right * columns / scores.length;
  }

  /** Returns a regression's outputs as the numbers that they stand for. */
  private float[] told(Outcome o) {
    float[] told = o.test().clone();
    if (data.table().target() instanceof Table.Numbers n) {
      Standardizer scaling = o.coding().scaling(n.values(), data.split().train());
      for (int i = 0; i < told.length; i++) {
        told[i] = scaling.invert(i % data.outputs(), told[i]);
      }
    }
    return told;
  }

  /** Returns the threshold of the best F1 on the validation rows. */
  private double threshold(Outcome o) {
    ThresholdPicture.Sweep sweep =
        Sweeps.of("", o.coding().scores(o.validation(), 1), data.truth(data.split().validation()));
    return sweep.thresholds()[Sweeps.best(sweep)];
  }

  private void drawCurves() throws IOException {
    CurvePicture.write(
        run.folder().curve(),
        "mlp tells " + data.table().name(),
        outcomes.stream()
            .map(o -> CurvePicture.Panel.ofLoss("loss, " + o.coding().label(), o.history(), v -> v))
            .toArray(CurvePicture.Panel[]::new));
    run.saved(run.folder().curve(), "the loss over the epochs");
  }

  private void drawThresholds() throws IOException {
    List<ThresholdPicture.Sweep> sweeps =
        outcomes.stream().map(o -> Sweeps.of(o.coding().label(), scores(o), truth)).toList();
    String what =
        data.table().target() instanceof Table.Classes c
            ? "'" + c.names().get(1) + "'"
            : "all labels together";
    ThresholdPicture.write(
        run.file("thresholds.png"),
        "Test rows of %s: %s".formatted(data.table().name(), what),
        sweeps);
    run.saved(run.file("thresholds.png"), "what the threshold of a decision does");
  }

  private void drawConfusion() throws IOException {
    Outcome o = outcomes.getFirst();
    List<String> names = data.table().target().names();
    float[] scores = scores(o);
    Predictions p = Predictions.ofClasses(scores, shape(scores), labels());
    long[][] counts = new long[names.size()][names.size()];
    for (int i = 0; i < p.samples(); i++) {
      counts[p.label(i)][p.predicted(i)]++;
    }
    run.say("%n%s", ConfusionTable.of(counts, names));
    if (names.size() <= MOST_CLASSES_DRAWN) {
      ConfusionPicture.write(
          run.folder().confusion(),
          "mlp tells " + data.table().name() + ", by " + o.coding().label(),
          counts,
          names);
      run.saved(run.folder().confusion(), "the confusion matrix");
    }
  }

  /** Draws what is against what was told; several numbers in their training rows' deviations. */
  private void drawNumbers() throws IOException {
    if (!(data.table().target() instanceof Table.Numbers n)) {
      return;
    }
    int columns = data.outputs();
    Standardizer scale = Standardizer.of(n.values(), data.split().train());
    List<ScatterPicture.Group> groups = new ArrayList<>();
    for (Outcome o : outcomes) {
      float[] told = told(o);
      double[] x = new double[told.length];
      double[] y = new double[told.length];
      for (int i = 0; i < told.length; i++) {
        int c = i % columns;
        x[i] = columns == 1 ? truth[i] : (truth[i] - scale.mean()[c]) / scale.deviation()[c];
        y[i] = columns == 1 ? told[i] : (told[i] - scale.mean()[c]) / scale.deviation()[c];
      }
      groups.add(new ScatterPicture.Group(o.coding().label(), x, y));
    }
    String what = columns == 1 ? n.names().getFirst() : "in standard deviations";
    ScatterPicture.write(
        run.file("told.png"),
        String.format(Locale.ROOT, "Test rows of %s", data.table().name()),
        columns == 1 ? "true " + what : "true, " + what,
        columns == 1 ? "told " + what : "told, " + what,
        ScatterPicture.Colors.DISTINCT,
        groups);
    run.saved(run.file("told.png"), "what was told against what is");
  }
}
