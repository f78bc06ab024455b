package io.cortado.metrics;

/**
 * The share of outputs that are above a threshold where the target is 1 and not above it where the
 * target is 0.
 */
public final class BinaryAccuracy implements ScalarMetric {

  private final float threshold;
  private long right;
  private long total;

  /**
   * Makes a metric.
   *
   * @param threshold 0 for logits, 0.5 for probabilities
   */
  public BinaryAccuracy(double threshold) {
    this.threshold = (float) threshold;
  }

  @Override
  public String name() {
    return "binary_accuracy";
  }

  @Override
  public void reset() {
    right = 0;
    total = 0;
  }

  @Override
  public void update(Predictions batch) {
    for (int i = 0; i < batch.size(); i++) {
      boolean one = Checks.isOne("binaryAccuracy", batch, i);
      right += batch.output(i) > threshold == one ? 1 : 0;
      total++;
    }
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
