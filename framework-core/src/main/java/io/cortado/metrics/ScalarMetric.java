package io.cortado.metrics;

/** A metric that comes to one number. */
public interface ScalarMetric extends Metric {

  /** Returns the number for everything seen since {@link #reset}; NaN if that is nothing. */
  double compute();

  /** Says whether a larger number is better. */
  boolean higherIsBetter();
}
