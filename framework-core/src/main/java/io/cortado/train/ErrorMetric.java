package io.cortado.train;

/** The mean over all outputs of some function of output minus target. */
public abstract class ErrorMetric implements ScalarMetric {

  private final String name;
  private double sum;
  private long count;

  ErrorMetric(String name) {
    this.name = name;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final void reset() {
    sum = 0;
    count = 0;
  }

  @Override
  public final void update(Predictions batch) {
    for (int i = 0; i < batch.size(); i++) {
      sum += of((double) batch.output(i) - batch.target(i));
      count++;
    }
  }

  /** What one difference counts. */
  abstract double of(double difference);

  @Override
  public double compute() {
    return sum / count;
  }

  @Override
  public final boolean higherIsBetter() {
    return false;
  }
}
