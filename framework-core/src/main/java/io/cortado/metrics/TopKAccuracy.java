package io.cortado.metrics;

/**
 * The share of samples whose class has one of the k largest scores; of equal scores the first class
 * counts as larger.
 */
public final class TopKAccuracy extends LabelMetric implements ScalarMetric {

  private final int k;
  private long right;
  private long total;

  /**
   * Makes a metric.
   *
   * @throws IllegalArgumentException if k is below 1
   */
  public TopKAccuracy(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("topKAccuracy: k is " + k + ", it has to be at least 1");
    }
    this.k = k;
  }

  @Override
  public String name() {
    return "top" + k + "_accuracy";
  }

  @Override
  public void reset() {
    right = 0;
    total = 0;
  }

  @Override
  void begin(int classes) {
    if (k > classes) {
      throw new IllegalArgumentException(
          "topKAccuracy: k is "
              + k
              + ", and there are "
              + classes
              + " classes; every sample would count as right");
    }
  }

  @Override
  void count(Predictions batch, int sample, int label) {
    float own = batch.score(sample, label);
    int before = 0;
    for (int c = 0; c < batch.classes() && before < k; c++) {
      float other = batch.score(sample, c);
      if (Predictions.above(other, own) || c < label && !Predictions.above(own, other)) {
        before++;
      }
    }
    right += before < k ? 1 : 0;
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
