package io.cortado.tck.reference;

/**
 * The error function in double precision: {@code erf x = 2 / sqrt(pi) * integral of e^(-t^2) from 0
 * to x}.
 */
final class ErrorFunction {

  private ErrorFunction() {}

  /** Returns erf x, by a series without cancellation; beyond 6 it is 1 in double precision. */
  static double erf(double x) {
    if (Double.isNaN(x) || x == 0) {
      return x;
    }
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    // erf x = 2 / sqrt(pi) e^(-x^2) sum of 2^n x^(2n+1) / (1 3 5 ... (2n+1)), all of one sign
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
}
