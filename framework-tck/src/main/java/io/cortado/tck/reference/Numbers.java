package io.cortado.tck.reference;

/** Conversions between the arrays that backends hold and those that the reference computes with. */
public final class Numbers {

  private Numbers() {}

  /** Returns the same numbers as doubles. */
  public static double[] doubles(float[] x) {
    double[] d = new double[x.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = x[i];
    }
    return d;
  }

  /** Returns the numbers rounded to floats. */
  public static float[] floats(double[] x) {
    float[] f = new float[x.length];
    for (int i = 0; i < f.length; i++) {
      f[i] = (float) x[i];
    }
    return f;
  }

  /** Returns the absolute values. */
  public static double[] abs(double[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.abs(x[i]);
    }
    return y;
  }

  /** Returns {@code result + beta * old}; a beta of 0 does not look at what was there. */
  public static double[] accumulate(double[] result, double beta, double[] old) {
    double[] y = result.clone();
    if (beta != 0) {
      for (int i = 0; i < y.length; i++) {
        y[i] += beta * old[i];
      }
    }
    return y;
  }
}
