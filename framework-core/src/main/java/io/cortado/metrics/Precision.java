package io.cortado.metrics;

/**
 * Of the samples taken for a class, the share that belong to it: {@code tp / said}.
 *
 * <p>Where a false alarm is what costs. {@link ClassMetric} says what it takes.
 *
 * @see <a
 *     href="https://scikit-learn.org/stable/modules/generated/sklearn.metrics.precision_score.html">precision_score</a>
 */
public final class Precision extends ClassMetric {

  /** Makes a metric. */
  public Precision(Average average) {
    super("precision", average);
  }

  @Override
  double of(long tp, long said, long are) {
    return ratio(tp, said);
  }
}
