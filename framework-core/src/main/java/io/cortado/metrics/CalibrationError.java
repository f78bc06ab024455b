package io.cortado.metrics;

/**
 * How far confidence is from accuracy: over bins b of equal width, {@code sum(n_b / n |accuracy_b -
 * confidence_b|)} (ECE) or the largest {@code |accuracy_b - confidence_b|} (MCE).
 *
 * <p>The confidence of a sample is the probability of the class that is predicted; of {@code [N]}
 * or {@code [N, 1]} outputs beside float targets of 0 and 1 it is the output, and the target counts
 * as accuracy, as in torchmetrics. A bin is {@code (low, high]}, as in Guo et al., and the first
 * has 0 too. Scores are probabilities, or logits after {@link #logits()}.
 *
 * @see <a href="https://arxiv.org/abs/1706.04599">Guo et al., On Calibration of Modern Neural
 *     Networks (2017)</a>
 * @see <a
 *     href="https://lightning.ai/docs/torchmetrics/stable/classification/calibration_error.html">torchmetrics'
 *     CalibrationError</a>
 */
public final class CalibrationError extends LabelMetric implements ScalarMetric {

  /** How the bins' errors become one. */
  public enum Norm {
    /** The mean over samples: the expected calibration error. */
    EXPECTED,
    /** The largest: the maximum calibration error. */
    MAXIMUM
  }

  private final Norm norm;
  private final Probabilities probabilities = new Probabilities("calibrationError");
  private boolean logits;
  private final Sum[] confidence;
  private final long[] right;
  private final long[] counts;

  /** Makes the expected calibration error of 15 bins. */
  public CalibrationError() {
    this(Norm.EXPECTED, 15);
  }

  /**
   * Makes a metric.
   *
   * @throws IllegalArgumentException if there are no bins
   */
  public CalibrationError(Norm norm, int bins) {
    if (bins < 1) {
      throw new IllegalArgumentException(
          "calibrationError: there are " + bins + " bins, it has to be at least 1");
    }
    this.norm = norm;
    confidence = new Sum[bins];
    right = new long[bins];
    counts = new long[bins];
    reset();
  }

  /** Takes scores as logits: their softmax is what counts, or the sigmoid of single ones. */
  public CalibrationError logits() {
    probabilities.logits();
    logits = true;
    return this;
  }

  @Override
  public String name() {
    return norm == Norm.EXPECTED ? "expected_calibration_error" : "maximum_calibration_error";
  }

  @Override
  public void reset() {
    for (int b = 0; b < counts.length; b++) {
      confidence[b] = new Sum();
      right[b] = 0;
      counts[b] = 0;
    }
  }

  @Override
  public void update(Predictions batch) {
    if (batch.hasLabels()) {
      super.update(batch);
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      boolean one = Checks.isOne(name(), batch, i);
      double p = Checks.notNaN(name(), batch.output(i), i);
      p = logits ? 1 / (1 + Math.exp(-p)) : p;
      if (!(p >= 0 && p <= 1)) {
        throw new IllegalArgumentException(
            name()
                + ": output "
                + p
                + " at index "
                + i
                + " is no probability; if it is a logit, call logits()");
      }
      add(p, one);
    }
  }

  @Override
  void count(Predictions batch, int sample, int label) {
    int predicted = batch.predicted(sample);
    add(probabilities.of(batch, sample)[predicted], predicted == label);
  }

  private void add(double p, boolean isRight) {
    int bins = counts.length;
    int b = Math.clamp((long) Math.ceil(p * bins) - 1, 0, bins - 1);
    confidence[b].add(p);
    right[b] += isRight ? 1 : 0;
    counts[b]++;
  }

  @Override
  public double compute() {
    long samples = 0;
    double sum = 0;
    double largest = 0;
    for (int b = 0; b < counts.length; b++) {
      double gap = Math.abs(right[b] - confidence[b].value());
      samples += counts[b];
      sum += gap;
      largest = counts[b] == 0 ? largest : Math.max(largest, gap / counts[b]);
    }
    if (samples == 0) {
      return Double.NaN;
    }
    return norm == Norm.EXPECTED ? sum / samples : largest;
  }

  @Override
  public boolean higherIsBetter() {
    return false;
  }
}
