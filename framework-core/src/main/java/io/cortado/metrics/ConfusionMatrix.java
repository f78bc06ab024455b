package io.cortado.metrics;

/** Counts how often each class was taken for each. */
public final class ConfusionMatrix extends LabelMetric {

  private int classes;
  private long[] counts = {};

  @Override
  public String name() {
    return "confusion_matrix";
  }

  @Override
  public void reset() {
    classes = 0;
    counts = new long[0];
  }

  @Override
  void begin(int n) {
    begin(n, name());
  }

  /** Makes room, for a metric of some name. */
  void begin(int n, String metric) {
    if (classes == 0) {
      classes = n;
      counts = new long[Math.multiplyExact(n, n)];
    }
    Checks.sameClasses(metric, classes, n);
  }

  @Override
  void count(Predictions batch, int sample, int label) {
    counts[label * classes + batch.predicted(sample)]++;
  }

  /** Returns the number of classes; 0 before the first batch. */
  public int classes() {
    return classes;
  }

  /** Returns how many samples of class {@code actual} were taken for class {@code predicted}. */
  public long count(int actual, int predicted) {
    if (actual < 0 || actual >= classes || predicted < 0 || predicted >= classes) {
      throw new IndexOutOfBoundsException(
          "confusionMatrix: class "
              + actual
              + " taken for "
              + predicted
              + ", of "
              + classes
              + " classes");
    }
    return counts[actual * classes + predicted];
  }

  /** Returns the counts, {@code [actual][predicted]}. */
  public long[][] toArray() {
    long[][] rows = new long[classes][classes];
    for (int i = 0; i < classes; i++) {
      System.arraycopy(counts, i * classes, rows[i], 0, classes);
    }
    return rows;
  }
}
