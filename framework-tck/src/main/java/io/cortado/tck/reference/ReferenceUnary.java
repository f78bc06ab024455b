package io.cortado.tck.reference;

import io.cortado.backend.spec.UnaryOp;

/** Functions of one number and their derivatives. */
public final class ReferenceUnary {

  private ReferenceUnary() {}

  /** Returns op(x). */
  public static double value(UnaryOp op, double x) {
    double a = op.a();
    double b = op.b();
    return switch (op.kind()) {
      case IDENTITY -> x;
      case AFFINE -> a * x + b;
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case SQRT -> Math.sqrt(x);
      case ABS -> Math.abs(x);
      case SQUARE -> x * x;
      case RECIPROCAL -> 1 / x;
      case POW -> Math.pow(x, a);
      case CLAMP -> Math.min(Math.max(x, a), b);
      case RELU -> Math.max(x, 0);
      case LEAKY_RELU -> x > 0 ? x : a * x;
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case TANH -> Math.tanh(x);
      case SCALED_TANH -> a * Math.tanh(b * x);
      case ERF -> erf(x);
    };
  }

  /**
   * Returns erf x by the series {@code 2 / sqrt(pi) e^(-x^2) sum 2^k x^(2k+1) / (2k+1)!!}, whose
   * terms have one sign (Abramowitz and Stegun, 7.1.6).
   */
  public static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int k = 1; Math.abs(term) > 1e-18 * Math.abs(sum); k++) {
      term *= 2 * x * x / (2 * k + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  /** Returns op(x) of each element. */
  public static double[] forward(UnaryOp op, double[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = value(op, x[i]);
    }
    return y;
  }

  /** Returns op'(x), from the input x and the output y as the operation's documentation has it. */
  public static double derivative(UnaryOp op, double x, double y) {
    double a = op.a();
    double b = op.b();
    return switch (op.kind()) {
      case IDENTITY -> 1;
      case AFFINE -> a;
      case EXP -> y;
      case LOG -> 1 / x;
      case SQRT -> 1 / (2 * y);
      case ABS -> Math.signum(x);
      case SQUARE -> 2 * x;
      case RECIPROCAL -> -y * y;
      case POW -> a == 0 ? 0 : a * Math.pow(x, a - 1);
      case CLAMP -> a <= x && x <= b ? 1 : 0;
      case RELU -> y > 0 ? 1 : 0;
      case LEAKY_RELU -> (a < 0 ? x : y) > 0 ? 1 : a;
      case SIGMOID -> y * (1 - y);
      case TANH -> 1 - y * y;
      case SCALED_TANH -> b * (a - y * y / a);
      case ERF -> 2 / Math.sqrt(Math.PI) * Math.exp(-x * x);
    };
  }

  /**
   * Returns {@code dy * op'(x)} of each element; x and y are looked at only where the operation
   * says so.
   */
  public static double[] backward(UnaryOp op, double[] x, double[] y, double[] dy) {
    double[] dx = new double[dy.length];
    for (int i = 0; i < dx.length; i++) {
      double xi = op.backwardNeedsInput() ? x[i] : Double.NaN;
      double yi = op.backwardNeedsOutput() ? y[i] : Double.NaN;
      double d = derivative(op, xi, yi);
      dx[i] = d == 0 && chooses(op) ? 0 : dy[i] * d;
    }
    return dx;
  }

  /**
   * Says whether a derivative of 0 leaves the gradient out, which else would make NaN of an
   * infinite one: as in PyTorch.
   */
  private static boolean chooses(UnaryOp op) {
    return switch (op.kind()) {
      case RELU, CLAMP -> true;
      case POW -> op.a() == 0;
      default -> false;
    };
  }
}
