package io.cortado.train;

/** Of the samples that belong to a class, the share that was taken for it. */
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
