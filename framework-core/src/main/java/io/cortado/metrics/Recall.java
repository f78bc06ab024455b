package io.cortado.metrics;

/**
 * Of the samples that belong to a class, the share that was taken for it: {@code tp / are}.
 *
 * <p>Where a miss is what costs. {@link ClassMetric} says what it takes.
 *
 * @see <a
 *     href="https://scikit-learn.org/stable/modules/generated/sklearn.metrics.recall_score.html">recall_score</a>
 */
public final class Recall extends ClassMetric {

  /** Makes a metric. */
  public Recall(Average average) {
    super("recall", average);
  }

  @Override
  double of(long tp, long said, long are) {
    return ratio(tp, are);
  }
}
