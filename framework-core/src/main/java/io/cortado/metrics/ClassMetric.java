package io.cortado.metrics;

import java.util.Locale;

/**
 * A metric that has a number for each class, from tp, the samples that were rightly taken for it,
 * said, those that were taken for it, and are, those that belong to it.
 *
 * <p>What it takes:
 *
 * <ul>
 *   <li>int32 labels beside scores {@code [N, C]} or {@code [N, C, d1, ...]}: the largest score is
 *       the class;
 *   <li>float targets of 0 and 1 beside scores: {@code [N, L]} or {@code [N, L, d1, ...]} are
 *       independent labels, {@code [N]} or {@code [N, 1]} one. A label is said where its score is
 *       above a threshold, 0.5 unless {@link #threshold} sets another.
 * </ul>
 *
 * <p>A number that would be 0 / 0 is 0, scikit-learn's {@code zero_division=0}. Of several labels
 * all count in {@link Average#MACRO}, of classes those that occur.
 */
public abstract class ClassMetric extends LabelMetric implements ScalarMetric {

  private final String what;
  private final Average average;
  private long[] right = {};
  private long[] predicted = {};
  private long[] actual = {};
  private float threshold = 0.5f;
  private boolean independent;
  private long seen;

  ClassMetric(String what, Average average) {
    this.what = what;
    this.average = average;
  }

  @Override
  public final String name() {
    return what + "_" + average.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public final void reset() {
    right = new long[0];
    predicted = new long[0];
    actual = new long[0];
    seen = 0;
  }

  /** Sets above which score a label of several is said: 0.5 at first, 0 is right for logits. */
  public final ClassMetric threshold(double value) {
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException(name() + ": the threshold is NaN");
    }
    threshold = (float) value;
    return this;
  }

  private void open(int classes, boolean labelsAreIndependent) {
    if (right.length == 0) {
      right = new long[classes];
      predicted = new long[classes];
      actual = new long[classes];
      independent = labelsAreIndependent;
    }
    Checks.sameClasses(name(), right.length, classes);
    if (independent != labelsAreIndependent) {
      throw new IllegalArgumentException(
          name() + ": class labels and targets of 0 and 1 are mixed; reset() starts anew");
    }
  }

  @Override
  final void begin(int classes) {
    open(classes, false);
  }

  @Override
  public final void update(Predictions batch) {
    if (batch.hasLabels()) {
      super.update(batch);
      return;
    }
    open(batch.classes(), true);
    for (int i = 0; i < batch.size(); i++) {
      boolean is = Checks.isOne(name(), batch, i);
      boolean said = Checks.notNaN(name(), batch.output(i), i) > threshold;
      int c = batch.column(i);
      predicted[c] += said ? 1 : 0;
      actual[c] += is ? 1 : 0;
      right[c] += said && is ? 1 : 0;
    }
    seen += batch.samples();
  }

  @Override
  final void count(Predictions batch, int sample, int label) {
    int p = batch.predicted(sample);
    predicted[p]++;
    actual[label]++;
    right[label] += p == label ? 1 : 0;
    seen++;
  }

  /**
   * Computes the number from counts, 0 where it would be 0 / 0.
   *
   * @param tp how many were rightly taken for the class
   * @param said how many were taken for it
   * @param are how many belong to it
   */
  abstract double of(long tp, long said, long are);

  static double ratio(long a, long b) {
    return b == 0 ? 0 : (double) a / b;
  }

  /** Returns the number for each class, 0 where it would be 0 / 0; empty before the first batch. */
  public final double[] perClass() {
    double[] all = new double[right.length];
    for (int c = 0; c < all.length; c++) {
      all[c] = of(right[c], predicted[c], actual[c]);
    }
    return all;
  }

  @Override
  public final double compute() {
    long allRight = 0;
    long allPredicted = 0;
    long allActual = 0;
    double sum = 0;
    double weighted = 0;
    int counting = 0;
    for (int c = 0; c < right.length; c++) {
      double value = of(right[c], predicted[c], actual[c]);
      allRight += right[c];
      allPredicted += predicted[c];
      allActual += actual[c];
      sum += value; // 0 for a class that does not occur
      weighted += value * actual[c];
      counting += independent || predicted[c] + actual[c] > 0 ? 1 : 0;
    }
    if (seen == 0) {
      return Double.NaN;
    }
    return switch (average) {
      case MICRO -> of(allRight, allPredicted, allActual);
      case MACRO -> sum / counting;
      case WEIGHTED -> allActual == 0 ? 0 : weighted / allActual;
    };
  }

  @Override
  public final boolean higherIsBetter() {
    return true;
  }
}
