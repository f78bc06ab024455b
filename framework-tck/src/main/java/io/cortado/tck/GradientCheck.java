package io.cortado.tck;

import java.util.function.ToDoubleFunction;

/** Gradients by central finite differences. */
public final class GradientCheck {

  private GradientCheck() {}

  /**
   * Returns the gradient of a function of many numbers at x.
   *
   * @param f the function; it must be smooth within {@code step} of x
   * @param x where; left as it is
   * @param step how far to go each way: about 1e-5 for functions computed in double precision
   *     around 1, and 1e-2 in single, where the difference must stand out from the roundings
   */
  public static double[] gradient(ToDoubleFunction<double[]> f, double[] x, double step) {
    double[] gradient = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double[] moved = x.clone();
      moved[i] = x[i] + step;
      double above = f.applyAsDouble(moved);
      moved[i] = x[i] - step;
      gradient[i] = (above - f.applyAsDouble(moved)) / (2 * step);
    }
    return gradient;
  }

  /**
   * Returns the sum of products: what makes one number of an output and the gradient that comes
   * back to it.
   */
  public static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
