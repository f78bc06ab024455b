package io.cortado.models.mlp;

import io.cortado.Shape;
import io.cortado.metrics.PrecisionRecallCurve;
import io.cortado.metrics.Predictions;
import io.cortado.models.pictures.ThresholdPicture.Sweep;
import java.util.List;

/** Tries thresholds for a decision by scores from 0 to 1. */
final class Sweeps {

  private static final int STEPS = 99;

  private Sweeps() {}

  /**
   * Tries 0.01 to 0.99.
   *
   * @param truth 1 for what should score above the threshold
   */
  static Sweep of(String name, float[] scores, float[] truth) {
    Sweep sweep =
        new Sweep(
            name,
            new double[STEPS],
            new double[STEPS],
            new double[STEPS],
            new double[STEPS],
            curve(scores, truth));
    for (int t = 0; t < STEPS; t++) {
      double threshold = (t + 1) / (STEPS + 1.0);
      double said = 0;
      double are = 0;
      double both = 0;
      for (int i = 0; i < scores.length; i++) {
        boolean says = scores[i] > threshold;
        boolean is = truth[i] == 1;
        said += says ? 1 : 0;
        are += is ? 1 : 0;
        both += says && is ? 1 : 0;
      }
      sweep.thresholds()[t] = threshold;
      sweep.precision()[t] = said == 0 ? 1 : both / said; // nothing said, nothing said wrong
      sweep.recall()[t] = are == 0 ? 0 : both / are;
      sweep.f1()[t] = said + are == 0 ? 0 : 2 * both / (said + are);
    }
    return sweep;
  }

  private static List<PrecisionRecallCurve.Point> curve(float[] scores, float[] truth) {
    PrecisionRecallCurve curve = new PrecisionRecallCurve();
    curve.reset();
    curve.update(Predictions.ofValues(scores, Shape.of(scores.length), truth));
    return curve.points();
  }

  /** Returns the threshold of the highest F1 of a binary decision, 0.5 for other tasks. */
  static double threshold(Coding coding, float[] outputs, float[] truth) {
    if (coding.task() != Task.BINARY) {
      return 0.5;
    }
    Sweep sweep = of("", coding.scores(outputs, 1), truth);
    return sweep.thresholds()[best(sweep)];
  }

  /** Returns the middle one of the longest run of thresholds with the highest F1. */
  static int best(Sweep sweep) {
    double[] f1 = sweep.f1();
    int best = 0;
    int length = 0;
    for (int from = 0; from < f1.length; ) {
      int to = from + 1;
      while (to < f1.length && f1[to] == f1[from]) {
        to++;
      }
      if (f1[from] > f1[best] || f1[from] == f1[best] && to - from > length) {
        best = from;
        length = to - from;
      }
      from = to;
    }
    return best + (length - 1) / 2;
  }
}
