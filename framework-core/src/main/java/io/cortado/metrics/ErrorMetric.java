package io.cortado.metrics;

/** The mean over all outputs of some function of output minus target. */
public abstract class ErrorMetric implements ScalarMetric {

  private final String name;
  private Sum sum = new Sum();
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
    sum = new Sum();
    count = 0;
  }

  @Override
  public final void update(Predictions batch) {
    for (int i = 0; i < batch.size(); i++) {
      sum.add(of((double) batch.output(i) - batch.target(i)));
      count++;
    }
  }

  /** What one difference counts. */
  abstract double of(double difference);

  @Override
  public double compute() {
    return sum.value() / count;
  }

  @Override
  public final boolean higherIsBetter() {
    return false;
  }
}
