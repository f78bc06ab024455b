package io.cortado.metrics;

/** Reads the probabilities of a sample's classes, from probabilities or from logits. */
final class Probabilities {

  /** By how much the probabilities of a sample may miss 1: what floats of many classes do. */
  private static final double SLACK = 1e-3;

  private final String metric;
  private boolean logits;
  private double[] row = {};

  Probabilities(String metric) {
    this.metric = metric;
  }

  void logits() {
    logits = true;
  }

  /**
   * Returns a sample's probabilities; the next call overwrites them.
   *
   * @throws IllegalArgumentException if they are none
   */
  double[] of(Predictions batch, int sample) {
    int classes = batch.classes();
    if (classes < 2) {
      throw new IllegalArgumentException(
          metric
              + ": outputs "
              + batch.shape()
              + " have one column beside class labels; give the model one output for each class,"
              + " or use float targets of 0 and 1");
    }
    row = row.length == classes ? row : new double[classes];
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      row[c] = Checks.notNaN(metric, batch.score(sample, c), sample);
      max = Math.max(max, row[c]);
    }
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      row[c] = logits ? Math.exp(row[c] - max) : row[c];
      sum += row[c];
    }
    if (logits) {
      normalize(sum, max, sample);
    } else {
      check(sum, batch, sample);
    }
    return row;
  }

  private void normalize(double sum, double max, int sample) {
    if (Double.isInfinite(max)) {
      throw new IllegalArgumentException(
          metric + ": the largest logit of sample " + sample + " is " + max);
    }
    for (int c = 0; c < row.length; c++) {
      row[c] /= sum;
    }
  }

  private void check(double sum, Predictions batch, int sample) {
    boolean right = Math.abs(sum - 1) <= SLACK;
    for (double p : row) {
      right &= p >= 0 && p <= 1 + SLACK;
    }
    if (!right) {
      throw new IllegalArgumentException(
          metric
              + ": the scores of sample "
              + sample
              + " of outputs "
              + batch.shape()
              + " are no probabilities: their sum is "
              + sum
              + "; if they are logits, call logits()");
    }
  }
}
