package io.cortado.metrics;

/**
 * The harmonic mean of precision and recall: {@code 2 tp / (said + are)}.
 *
 * <p>Where misses and false alarms cost alike. {@link ClassMetric} says what it takes.
 *
 * @see <a
 *     href="https://scikit-learn.org/stable/modules/generated/sklearn.metrics.f1_score.html">f1_score</a>
 */
public final class F1Score extends ClassMetric {

  /** Makes a metric. */
  public F1Score(Average average) {
    super("f1", average);
  }

  @Override
  double of(long tp, long said, long are) {
    return ratio(2 * tp, said + are);
  }
}
