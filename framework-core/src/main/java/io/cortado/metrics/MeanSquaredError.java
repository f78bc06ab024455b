package io.cortado.metrics;

/** The mean of the squared difference between output and target. */
public class MeanSquaredError extends ErrorMetric {

  /** Makes a metric. */
  public MeanSquaredError() {
    this("mse");
  }

  MeanSquaredError(String name) {
    super(name);
  }

  @Override
  final double of(double difference) {
    return difference * difference;
  }
}
