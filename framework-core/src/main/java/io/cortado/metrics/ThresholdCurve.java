package io.cortado.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of positive and negative samples at each threshold.
 *
 * <p>It takes float targets of 0 and 1 beside scores, all of which are one problem; or int32 labels
 * beside scores {@code [N, C]} or {@code [N, C, d1, ...]}, of which those of one class count, as
 * they are. It keeps all scores, 8 bytes each. NaN scores are refused.
 *
 * @param <P> a point of the curve
 */
public abstract sealed class ThresholdCurve<P> extends LabelMetric
    permits RocCurve, PrecisionRecallCurve {

  private final int positiveClass;
  private RankedScores scores = new RankedScores();

  ThresholdCurve(int positiveClass) {
    this.positiveClass = positiveClass;
  }

  @Override
  public final void reset() {
    scores = new RankedScores();
  }

  @Override
  public final void update(Predictions batch) {
    if (batch.hasLabels()) {
      super.update(batch);
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      boolean one = Checks.isOne(name(), batch, i);
      scores.add(Checks.notNaN(name(), batch.output(i), i), one);
    }
  }

  @Override
  final void begin(int classes) {
    if (positiveClass < 0 || positiveClass >= classes) {
      throw new IllegalArgumentException(
          name()
              + ": the positive class is "
              + positiveClass
              + ", and there are classes 0 to "
              + (classes - 1));
    }
  }

  @Override
  final void count(Predictions batch, int sample, int label) {
    scores.add(
        Checks.notNaN(name(), batch.score(sample, positiveClass), sample), label == positiveClass);
  }

  /** Returns the curve's points, from the highest threshold, which no sample reaches, down. */
  public final List<P> points() {
    List<P> points = new ArrayList<>();
    long p = scores.positives();
    long n = scores.negatives();
    points.add(point(Double.POSITIVE_INFINITY, 0, 0, p, n));
    scores.visit((threshold, tp, fp) -> points.add(point(threshold, tp, fp, p, n)));
    return List.copyOf(points);
  }

  abstract P point(
      double threshold, long truePositives, long falsePositives, long positives, long negatives);
}
