package io.cortado.models.mlp;

import io.cortado.metrics.Predictions;
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

  /** Figures whose names say that they are of the test rows: those that the zoo compares. */
  private static final List<String> TESTED = List.of("R2", "RMSE", "accuracy");

  private final Run run;
  private final TaskData data;
  private final float[] truth;
  private final List<Outcome> outcomes = new ArrayList<>();

  /**
   * What one coding came to.
   *
   * @param data with the rows that the network was trained on
   * @param network trained on all rows but the test's
   * @param threshold of a binary decision
   * @param history of the trainings that chose for how long
   * @param test the network's outputs for the test rows
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Outcome(
      Coding coding,
      TaskData data,
      Sequential network,
      double threshold,
      List<EpochResult> history,
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
  Figures write(DenseNet net) throws IOException {
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
    Outcome first = outcomes.getFirst();
    new TableWeights(net, first.coding(), first.data())
        .save(run.folder().weights(), first.network());
    run.saved(run.folder().weights(), "the weights of " + first.coding().label());
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
    TaskFigures figures = figures(o);
    figures
        .measure(o.coding(), o.test())
        .forEach((name, value) -> m.put(TESTED.contains(name) ? "test " + name : name, value));
    if (data.task() == Task.BINARY) {
      double threshold = o.threshold();
      m.put("threshold", threshold);
      m.put("F1 at threshold", figures.f1(o.coding(), o.test(), threshold));
    }
    return m;
  }

  private TaskFigures figures(Outcome o) {
    return new TaskFigures(o.data(), data.split().test());
  }

  private float[] scores(Outcome o) {
    return figures(o).scores(o.coding(), o.test());
  }

  private float[] told(Outcome o) {
    return figures(o).told(o.coding(), o.test());
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
    Predictions p = figures(o).classes(o.coding(), o.test());
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
