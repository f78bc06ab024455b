package io.cortado.metrics;

/** The root of the mean squared difference between output and target, over everything seen. */
public final class RootMeanSquaredError extends MeanSquaredError {

  /** Makes a metric. */
  public RootMeanSquaredError() {
    super("rmse");
  }

  @Override
  public double compute() {
    return Math.sqrt(super.compute());
  }
}
