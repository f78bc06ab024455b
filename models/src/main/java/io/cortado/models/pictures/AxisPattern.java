package io.cortado.models.pictures;

import java.util.DoubleSummaryStatistics;
import java.util.stream.DoubleStream;

/** How an axis's labels are written. */
final class AxisPattern {

  private AxisPattern() {}

  /**
   * Returns a pattern that tells an axis's labels apart: XChart looks for such labels for minutes
   * where the pattern has too few digits.
   */
  static String of(DoubleStream values) {
    DoubleSummaryStatistics all = values.filter(Double::isFinite).summaryStatistics();
    double span = all.getMax() - all.getMin();
    int digits = span > 0 ? (int) Math.ceil(2 - Math.log10(span)) : 2;
    return digits > 6 ? "0.##E0" : digits < 1 ? "0" : "0." + "#".repeat(digits);
  }
}
