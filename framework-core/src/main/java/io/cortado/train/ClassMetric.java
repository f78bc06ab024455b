package io.cortado.train;

import java.util.Locale;

/** A metric that has a number for each class. */
public abstract class ClassMetric extends LabelMetric implements ScalarMetric {

  private final String what;
  private final Average average;
  private long[] right = {};
  private long[] predicted = {};
  private long[] actual = {};

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
  }

  @Override
  final void begin(int classes) {
    if (right.length == 0) {
      right = new long[classes];
      predicted = new long[classes];
      actual = new long[classes];
    }
    checkClasses(right.length, classes);
  }

  @Override
  final void count(Predictions batch, int sample, int label) {
    int p = batch.predicted(sample);
    predicted[p]++;
    actual[label]++;
    right[label] += p == label ? 1 : 0;
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
    long samples = 0;
    double sum = 0;
    double weighted = 0;
    int occurring = 0;
    for (int c = 0; c < right.length; c++) {
      double value = of(right[c], predicted[c], actual[c]);
      allRight += right[c];
      samples += actual[c];
      sum += value; // 0 for a class that does not occur
      weighted += value * actual[c];
      occurring += predicted[c] + actual[c] > 0 ? 1 : 0;
    }
    if (samples == 0) {
      return Double.NaN;
    }
    return switch (average) {
      case MICRO -> of(allRight, samples, samples);
      case MACRO -> sum / occurring;
      case WEIGHTED -> weighted / samples;
    };
  }

  @Override
  public final boolean higherIsBetter() {
    return true;
  }
}
