package io.cortado.tck.reference;

import io.cortado.backend.spec.LrnSpec;

/** Local response normalisation. */
public final class ReferenceLrn {

  private ReferenceLrn() {}

  /** Returns {@code k + alpha / size * sum of squares} of each element's window. */
  private static double[] bases(LrnSpec s, double[] x) {
    double[] bases = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = i / s.inner() % s.channels();
      double sum = 0;
      for (int j = c - s.behind(); j <= c + s.ahead(); j++) {
        if (j >= 0 && j < s.channels()) {
          sum += Math.pow(x[i + (j - c) * s.inner()], 2);
        }
      }
      bases[i] = s.k() + (double) s.alpha() / s.size() * sum;
    }
    return bases;
  }

  /** Returns the output. */
  public static double[] forward(LrnSpec s, double[] x) {
    double[] y = bases(s, x);
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] / Math.pow(y[i], s.beta());
    }
    return y;
  }

  /** Returns the input's gradient. */
  public static double[] backward(LrnSpec s, double[] x, double[] dy) {
    double[] bases = bases(s, x);
    double[] dx = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = i / s.inner() % s.channels();
      dx[i] += dy[i] / Math.pow(bases[i], s.beta());
      double common =
          2.0 * s.alpha() / s.size() * s.beta() * dy[i] * x[i] / Math.pow(bases[i], s.beta() + 1);
      for (int j = c - s.behind(); j <= c + s.ahead(); j++) {
        if (j >= 0 && j < s.channels()) {
          int at = i + (j - c) * s.inner();
          dx[at] -= common * x[at];
        }
      }
    }
    return dx;
  }
}
