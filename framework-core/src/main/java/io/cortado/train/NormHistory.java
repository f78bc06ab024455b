package io.cortado.train;

import java.util.Arrays;

/** The last gradient norms, and whether another is far from them. */
final class NormHistory {

  private static final int KEPT = 128;
  private static final int ENOUGH = 32;
  private static final double FAR = 20;

  /** Norms that grow by less than {@link #SUDDEN} in so many steps do not explode. */
  private static final int LAST = 8;

  private static final double SUDDEN = 2;

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

  /**
   * Says whether a norm is far above the median, and has come there suddenly: where weights begin
   * at 0, as those of word vectors, norms grow a hundredfold in some hundred steps.
   */
  boolean exceeds(double norm) {
    return norm > FAR * median && median > 0 && norm > SUDDEN * leastOfTheLast();
  }

  private double leastOfTheLast() {
    double least = Double.POSITIVE_INFINITY;
    for (long i = Math.max(0, count - LAST); i < count; i++) {
      least = Math.min(least, ring[(int) (i % KEPT)]);
    }
    return least;
  }
}
