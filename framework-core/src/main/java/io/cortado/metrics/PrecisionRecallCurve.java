package io.cortado.metrics;

/**
 * The precision-recall curve: for each threshold, {@code tp / (tp + fp)} and {@code tp /
 * positives}.
 *
 * <p>A point for each distinct score, and one of precision 1 and recall 0 before: scikit-learn's
 * from its end to its beginning, as thresholds fall here. Without positive samples recall is 1, as
 * in scikit-learn. {@link AveragePrecision} is the area below it.
 *
 * @see <a
 *     href="https://scikit-learn.org/stable/modules/generated/sklearn.metrics.precision_recall_curve.html">precision_recall_curve</a>
 */
public final class PrecisionRecallCurve extends ThresholdCurve<PrecisionRecallCurve.Point> {

  /**
   * A point of the curve.
   *
   * @param threshold scores of it or more count as positive; infinite at first
   * @param precision the share of the samples with such a score that are positive
   * @param recall the share of the positive samples that have such a score
   */
  public record Point(double threshold, double precision, double recall) {}

  /** Makes a curve of targets 0 and 1, or of class 1. */
  public PrecisionRecallCurve() {
    this(1);
  }

  /** Makes a curve of one class against the rest. */
  public PrecisionRecallCurve(int positiveClass) {
    super(positiveClass);
  }

  @Override
  public String name() {
    return "precision_recall_curve";
  }

  @Override
  Point point(double threshold, long tp, long fp, long positives, long negatives) {
    if (tp + fp == 0) {
      return new Point(threshold, 1, 0);
    }
    return new Point(
        threshold, (double) tp / (tp + fp), positives == 0 ? 1 : (double) tp / positives);
  }
}
