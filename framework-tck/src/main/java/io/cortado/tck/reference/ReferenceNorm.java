package io.cortado.tck.reference;

import io.cortado.backend.spec.NormSpec;
import org.jspecify.annotations.Nullable;

/** Normalisation of rows by their own statistics. */
public final class ReferenceNorm {

  private ReferenceNorm() {}

  /**
   * What one call gives.
   *
   * @param y the output
   * @param mean per row; 0 where the spec does not centre
   * @param invStd {@code 1 / sqrt(var + eps)} per row
   */
  public record Result(double[] y, double[] mean, double[] invStd) {}

  /**
   * The gradients.
   *
   * @param dx of the input
   * @param dGamma of gamma
   * @param dShift of the shift
   */
  public record Gradients(double[] dx, double[] dGamma, double[] dShift) {}

  /** Returns which scale and shift an element has. */
  public static int parameter(NormSpec s, int position) {
    int row = position / s.width();
    int channel = position % s.width() / s.inner();
    return row % s.groups() * s.channels() + channel;
  }

  private static double[] rowSums(NormSpec s, double[] x) {
    double[] sums = new double[s.rows()];
    for (int i = 0; i < x.length; i++) {
      sums[i / s.width()] += x[i];
    }
    return sums;
  }

  /** Normalises each row. */
  public static Result forward(
      NormSpec s, double[] x, double @Nullable [] gamma, double @Nullable [] shift) {
    double[] mean = rowSums(s, x);
    for (int r = 0; r < s.rows(); r++) {
      mean[r] = s.centered() ? mean[r] / s.width() : 0;
    }
    double[] squares = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      squares[i] = Math.pow(x[i] - mean[i / s.width()], 2);
    }
    double[] invStd = rowSums(s, squares);
    for (int r = 0; r < s.rows(); r++) {
      invStd[r] = 1 / Math.sqrt(invStd[r] / s.width() + s.eps());
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int r = i / s.width();
      int p = parameter(s, i);
      y[i] =
          (gamma == null ? 1 : gamma[p]) * (x[i] - mean[r]) * invStd[r]
              + (shift == null ? 0 : shift[p]);
    }
    return new Result(y, mean, invStd);
  }

  /** Returns all gradients. */
  public static Gradients backward(
      NormSpec s,
      double[] x,
      double @Nullable [] gamma,
      double @Nullable [] mean,
      double[] invStd,
      double[] dy) {
    double[] dGamma = new double[s.parameters()];
    double[] dShift = new double[s.parameters()];
    double[] normal = new double[x.length];
    double[] scaled = new double[x.length];
    double[] product = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int r = i / s.width();
      int p = parameter(s, i);
      normal[i] = (x[i] - (mean == null ? 0 : mean[r])) * invStd[r];
      scaled[i] = dy[i] * (gamma == null ? 1 : gamma[p]);
      product[i] = scaled[i] * normal[i];
      dGamma[p] += dy[i] * normal[i];
      dShift[p] += dy[i];
    }
    double[] sums = rowSums(s, scaled);
    double[] products = rowSums(s, product);
    double[] dx = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int r = i / s.width();
      double ofMean = s.centered() ? sums[r] / s.width() : 0;
      dx[i] = invStd[r] * (scaled[i] - ofMean - normal[i] * products[r] / s.width());
    }
    return new Gradients(dx, dGamma, dShift);
  }
}
