package io.cortado.metrics;

/** A metric that is a function of how often each class was taken for each. */
public abstract sealed class ConfusionMetric extends LabelMetric implements ScalarMetric
    permits BalancedAccuracy, CohenKappa, MatthewsCorrelation {

  private final ConfusionMatrix matrix = new ConfusionMatrix();

  ConfusionMetric() {}

  @Override
  public final void reset() {
    matrix.reset();
  }

  @Override
  final void begin(int classes) {
    matrix.begin(classes, name());
  }

  @Override
  final void count(Predictions batch, int sample, int label) {
    matrix.count(batch, sample, label);
  }

  @Override
  public final double compute() {
    long[][] counts = matrix.toArray();
    long[] actual = new long[counts.length];
    long[] predicted = new long[counts.length];
    long samples = 0;
    for (int i = 0; i < counts.length; i++) {
      for (int j = 0; j < counts.length; j++) {
        actual[i] += counts[i][j];
        predicted[j] += counts[i][j];
      }
      samples += actual[i];
    }
    return samples == 0 ? Double.NaN : of(counts, actual, predicted, samples);
  }

  /**
   * Computes the number.
   *
   * @param counts {@code [actual][predicted]}
   * @param actual how many samples each class has
   * @param predicted how many samples were taken for each class
   */
  abstract double of(long[][] counts, long[] actual, long[] predicted, long samples);

  @Override
  public final boolean higherIsBetter() {
    return true;
  }
}
