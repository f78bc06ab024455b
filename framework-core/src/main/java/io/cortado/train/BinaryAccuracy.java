package io.cortado.train;

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
      float target = batch.target(i);
      if (target != 0 && target != 1) {
        throw new IllegalArgumentException(
            "binaryAccuracy: target "
                + target
                + " at index "
                + i
                + " of outputs "
                + batch.shape()
                + "; targets are 0 or 1");
      }
      right += batch.output(i) > threshold == (target == 1) ? 1 : 0;
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
