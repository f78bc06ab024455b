package io.cortado.metrics;

/** The mean absolute difference between output and target. */
public final class MeanAbsoluteError extends ErrorMetric {

  /** Makes a metric. */
  public MeanAbsoluteError() {
    super("mae");
  }

  @Override
  double of(double difference) {
    return Math.abs(difference);
  }
}
