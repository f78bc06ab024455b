package io.cortado.metrics;

import java.math.BigDecimal;

/**
 * A sum of doubles that keeps twice their digits, so that its order does not show in the result.
 *
 * <p>The rounding error of each addition is kept and added up itself (Knuth's two-sum).
 */
final class Sum {

  private double high;
  private double low;

  void add(double value) {
    double total = high + value;
    if (Double.isNaN(total) || Double.isInfinite(total)) {
      high = total;
      low = 0;
      return;
    }
    double taken = total - high;
    double error = (high - (total - taken)) + (value - taken);
    double rest = low + error;
    high = total + rest;
    low = rest - (high - total);
  }

  double value() {
    return high + low;
  }

  /** Returns the sum with all digits that it has; it must be finite. */
  BigDecimal exact() {
    return new BigDecimal(high).add(new BigDecimal(low));
  }
}
