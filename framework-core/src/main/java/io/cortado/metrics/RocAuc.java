package io.cortado.metrics;

/**
 * The area below the ROC curve: the chance that a positive sample has a higher score than a
 * negative one, ties counting half.
 *
 * <p>0.5 is guessing. It does not depend on how many samples are positive; where those are rare and
 * all that matters, {@link AveragePrecision} says more. {@link RankingMetric} says what it takes.
 *
 * @see <a
 *     href="https://scikit-learn.org/stable/modules/generated/sklearn.metrics.roc_auc_score.html">roc_auc_score</a>
 */
public final class RocAuc extends RankingMetric {

  /** Makes a metric of one problem, or the mean over classes. */
  public RocAuc() {
    this(Average.MACRO);
  }

  /** Makes a metric. */
  public RocAuc(Average average) {
    super("roc_auc", average);
  }

  @Override
  double of(RankedScores scores) {
    return scores.rocAuc();
  }
}
