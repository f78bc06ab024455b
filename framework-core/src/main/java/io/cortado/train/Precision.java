package io.cortado.train;

/** Of the samples taken for a class, the share that belong to it. */
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
