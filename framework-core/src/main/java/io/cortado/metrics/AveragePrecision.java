package io.cortado.metrics;

/**
 * The area below the precision-recall curve, as average precision: {@code sum over thresholds of
 * (recall_n - recall_(n-1)) precision_n}.
 *
 * <p>For few positive samples among many. Steps, not trapezoids, which would be too optimistic.
 * {@link RankingMetric} says what it takes.
 *
 * @see <a
 *     href="https://scikit-learn.org/stable/modules/generated/sklearn.metrics.average_precision_score.html">average_precision_score</a>
 */
public final class AveragePrecision extends RankingMetric {

  /** Makes a metric of one problem, or the mean over classes. */
  public AveragePrecision() {
    this(Average.MACRO);
  }

  /** Makes a metric. */
  public AveragePrecision(Average average) {
    super("average_precision", average);
  }

  @Override
  double of(RankedScores scores) {
    return scores.averagePrecision();
  }
}
