package io.cortado.metrics;

/**
 * The share of samples whose class has the largest score: {@code right / samples}.
 *
 * <p>Scores are {@code [N, C]} or {@code [N, C, d1, ...]}, labels int32. Where classes are of
 * unequal sizes, {@link BalancedAccuracy} says more.
 */
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
