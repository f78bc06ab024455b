package io.cortado.train;

/** The share of samples whose class has the largest score. */
public final class Accuracy extends LabelMetric implements ScalarMetric {

  private long right;
  private long total;

  @Override
  public String name() {
    return "accuracy";
  }

  @Override
  public void reset() {
    right = 0;
    total = 0;
  }

  @Override
  void count(Predictions batch, int sample, int label) {
    right += batch.predicted(sample) == label ? 1 : 0;
    total++;
  }

  @Override
  public double compute() {
    return (double) right / total;
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }
}
