package io.cortado.models.pictures;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;

/**
 * Chooses how an axis's numbers are written.
 *
 * <p>XChart looks for labels that differ for minutes, or for good, where the pattern has too few
 * digits to tell them apart.
 */
final class AxisPattern {

  private AxisPattern() {}

  /**
   * Returns a pattern that tells the labels of an axis over values apart; what is no number is left
   * out.
   */
  static String of(double[]... values) {
    DoubleSummaryStatistics all =
        Arrays.stream(values)
            .flatMapToDouble(Arrays::stream)
            .filter(Double::isFinite)
            .summaryStatistics();
    double span = all.getMax() - all.getMin();
    int digits = span > 0 ? (int) Math.ceil(2 - Math.log10(span)) : 2;
    return digits > 6 ? "0.##E0" : digits < 1 ? "0" : "0." + "#".repeat(digits);
  }

  /** Returns such a pattern for numbers of single precision. */
  static String of(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return of(new double[][] {wide});
  }
}
