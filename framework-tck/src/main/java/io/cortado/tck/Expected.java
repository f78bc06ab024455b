package io.cortado.tck;

import io.cortado.tck.reference.Numbers;

/**
 * What an operation should give.
 *
 * @param values the numbers
 * @param scale of each number, the sum of the absolute values of its terms: what a {@link
 *     Tolerance} is relative to
 */
record Expected(double[] values, double[] scale) {

  /** Expects numbers that are known to the last digits of their own. */
  static Expected relative(double[] values) {
    return new Expected(values, Numbers.abs(values));
  }

  /** Expects numbers that are each made of terms as large as the given bound. */
  static Expected within(double bound, double[] values) {
    double[] scale = Numbers.abs(values);
    for (int i = 0; i < scale.length; i++) {
      scale[i] = Math.max(scale[i], bound);
    }
    return new Expected(values, scale);
  }

  /** Returns {@code this + beta * old}. */
  Expected plus(double beta, float[] old) {
    double[] before = Numbers.doubles(old);
    return new Expected(
        Numbers.accumulate(values, beta, before),
        Numbers.accumulate(scale, Math.abs(beta), Numbers.abs(before)));
  }

  /**
   * Fails unless each number is as near as the tolerance wants; NaN and infinities must be the
   * same.
   */
  void check(String what, float[] actual, Tolerance tolerance) {
    if (actual.length != values.length) {
      throw new AssertionError(
          what + ": " + actual.length + " elements where " + values.length + " are expected");
    }
    int wrong = 0;
    String worst = "";
    double worstExcess = -1;
    for (int i = 0; i < actual.length; i++) {
      double allowed = tolerance.allowed(scale[i]);
      double error = distance(values[i], actual[i]);
      if (error != 0 && !(error <= allowed && error < Double.POSITIVE_INFINITY)) {
        wrong++;
        double excess = error / Math.max(allowed, Double.MIN_NORMAL);
        if (excess > worstExcess || worstExcess < 0) {
          worstExcess = excess;
          worst =
              "[%d] is %s, expected %s: off by %.3g where %.3g is allowed (%s, scale %.3g)"
                  .formatted(
                      i, actual[i], (float) values[i], error, allowed, tolerance.name(), scale[i]);
        }
      }
    }
    if (wrong > 0) {
      throw new AssertionError(
          what + worst + "; " + wrong + " of " + actual.length + " elements are off");
    }
  }

  /** Fails unless what should be 0, and is, has the sign of the 0 that is expected. */
  void checkZeros(String what, float[] actual) {
    for (int i = 0; i < actual.length; i++) {
      if (values[i] == 0 && actual[i] == 0 && Double.compare(values[i], actual[i]) != 0) {
        throw new AssertionError(
            "%s[%d] is %s, expected %s: the sign of zero is lost"
                .formatted(what, i, actual[i], values[i]));
      }
    }
  }

  private static double distance(double expected, float actual) {
    if (Double.isNaN(expected) || Float.isNaN(actual)) {
      return Double.isNaN(expected) && Float.isNaN(actual) ? 0 : Double.POSITIVE_INFINITY;
    }
    if (Double.isInfinite(expected) || Float.isInfinite(actual)) {
      return (float) expected == actual ? 0 : Double.POSITIVE_INFINITY;
    }
    return Math.abs(expected - actual);
  }
}
