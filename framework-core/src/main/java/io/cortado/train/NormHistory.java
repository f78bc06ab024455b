package io.cortado.train;

import java.util.Arrays;

/** The last gradient norms, and whether another is far from them. */
final class NormHistory {

  private static final int KEPT = 128;
  private static final int ENOUGH = 32;
  private static final double FAR = 20;

  private final double[] ring = new double[KEPT];
  private final double[] sorted = new double[KEPT];
  private long count;
  private double median = Double.NaN;

  /** Adds a norm; the median follows every 16 of them. */
  void add(double norm) {
    if (!Double.isFinite(norm)) {
      return;
    }
    ring[(int) (count++ % KEPT)] = norm;
    if (count >= ENOUGH && count % 16 == 0) {
      int n = (int) Math.min(count, KEPT);
      System.arraycopy(ring, 0, sorted, 0, n);
      Arrays.sort(sorted, 0, n);
      median = sorted[n / 2];
    }
  }

  /** Returns the median, NaN as long as there are few. */
  double median() {
    return median;
  }

  /** Says whether a norm is far above the median. */
  boolean exceeds(double norm) {
    return norm > FAR * median && median > 0;
  }
}
