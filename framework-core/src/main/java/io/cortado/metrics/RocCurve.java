package io.cortado.metrics;

/**
 * The ROC curve: for each threshold, {@code tp / positives} against {@code fp / negatives}.
 *
 * <p>A point for each distinct score, and one at (0, 0) before: scikit-learn's with {@code
 * drop_intermediate=False}. Rates are NaN where there are no positive, or no negative, samples.
 * {@link RocAuc} is the area below it.
 *
 * @see <a
 *     href="https://scikit-learn.org/stable/modules/generated/sklearn.metrics.roc_curve.html">roc_curve</a>
 */
public final class RocCurve extends ThresholdCurve<RocCurve.Point> {

  /**
   * A point of the curve.
   *
   * @param threshold scores of it or more count as positive; infinite at first
   * @param falsePositiveRate the share of the negative samples that have such a score
   * @param truePositiveRate the share of the positive samples that have such a score
   */
  public record Point(double threshold, double falsePositiveRate, double truePositiveRate) {}

  /** Makes a curve of targets 0 and 1, or of class 1. */
  public RocCurve() {
    this(1);
  }

  /** Makes a curve of one class against the rest. */
  public RocCurve(int positiveClass) {
    super(positiveClass);
  }

  @Override
  public String name() {
    return "roc_curve";
  }

  @Override
  Point point(double threshold, long tp, long fp, long positives, long negatives) {
    return new Point(threshold, (double) fp / negatives, (double) tp / positives);
  }
}
