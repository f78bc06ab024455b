package io.cortado.models.mlp;

import io.cortado.Shape;
import io.cortado.metrics.Average;
import io.cortado.metrics.Metrics;
import io.cortado.metrics.Predictions;
import io.cortado.metrics.ScalarMetric;
import io.cortado.models.data.Standardizer;
import io.cortado.models.data.Table;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Measures what a network tells of some rows of a table by what is true of them. */
final class TaskFigures {

  private final TaskData data;
  private final float[] truth;

  /**
   * Makes figures of rows.
   *
   * @param data those that the network was trained on, whose scaling its outputs have
   */
  TaskFigures(TaskData data, int[] rows) {
    this.data = data;
    this.truth = data.truth(rows);
  }

  /** Returns what is true of the rows, as {@link TaskData#truth} does. */
  float[] truth() {
    return truth;
  }

  /** Returns the figures of outputs by name, the task's own one first. */
  SequencedMap<String, Double> measure(Coding coding, float[] outputs) {
    SequencedMap<String, Double> m = new LinkedHashMap<>();
    switch (data.task()) {
      case REGRESSION -> {
        Predictions told = predictions(told(coding, outputs));
        m.put("R2", value(Metrics.r2Score(), told));
        if (data.outputs() == 1) {
          m.put("RMSE", value(Metrics.rmse(), told));
        }
      }
      case BINARY -> {
        Predictions scores = predictions(scores(coding, outputs));
        m.put("accuracy", value(Metrics.binaryAccuracy(0.5), scores));
        m.put("precision", value(Metrics.precision(Average.MICRO), scores));
        m.put("recall", value(Metrics.recall(Average.MICRO), scores));
        m.put("F1", value(Metrics.f1Score(Average.MICRO), scores));
        m.put("average precision", value(Metrics.averagePrecision(), scores));
      }
      case MULTICLASS -> {
        Predictions p = classes(coding, outputs);
        m.put("accuracy", value(Metrics.accuracy(), p));
        m.put("macro F1", value(Metrics.f1Score(Average.MACRO), p));
      }
      case MULTILABEL -> {
        float[] scores = scores(coding, outputs);
        m.put("micro F1", value(Metrics.f1Score(Average.MICRO), predictions(scores)));
        m.put("macro F1", value(Metrics.f1Score(Average.MACRO), predictions(scores)));
        m.put("all labels right", allRight(scores));
      }
    }
    return m;
  }

  /** Returns the F1 of a binary decision by some threshold. */
  double f1(Coding coding, float[] outputs, double threshold) {
    return value(
        Metrics.f1Score(Average.MICRO).threshold(threshold), predictions(scores(coding, outputs)));
  }

  /** Returns a classification's outputs as scores. */
  float[] scores(Coding coding, float[] outputs) {
    return coding.scores(outputs, data.outputs());
  }

  /** Returns the scores of classes, beside the true ones. */
  Predictions classes(Coding coding, float[] outputs) {
    float[] scores = scores(coding, outputs);
    return Predictions.ofClasses(scores, shape(scores), labels());
  }

  /** Returns a regression's outputs as the numbers that they stand for. */
  float[] told(Coding coding, float[] outputs) {
    float[] told = outputs.clone();
    if (data.table().target() instanceof Table.Numbers n) {
      Standardizer scaling = coding.scaling(n.values(), data.split().train());
      for (int i = 0; i < told.length; i++) {
        told[i] = scaling.invert(i % data.outputs(), told[i]);
      }
    }
    return told;
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
}
