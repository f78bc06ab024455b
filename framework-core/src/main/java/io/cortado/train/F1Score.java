package io.cortado.train;

/** The harmonic mean of precision and recall. */
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
