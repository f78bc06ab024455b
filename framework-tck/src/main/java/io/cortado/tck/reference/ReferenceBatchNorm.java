package io.cortado.tck.reference;

import io.cortado.backend.spec.BatchNormSpec;
import org.jspecify.annotations.Nullable;

/** Batch normalisation. */
public final class ReferenceBatchNorm {

  private ReferenceBatchNorm() {}

  /**
   * What one call gives.
   *
   * @param y the output
   * @param mean per channel
   * @param var the biased variance per channel
   * @param invStd {@code 1 / sqrt(var + eps)} per channel
   */
  public record Result(double[] y, double[] mean, double[] var, double[] invStd) {}

  /**
   * The gradients.
   *
   * @param dx of the input
   * @param dGamma of gamma
   * @param dShift of the shift
   */
  public record Gradients(double[] dx, double[] dGamma, double[] dShift) {}

  private static int channel(BatchNormSpec s, int position) {
    return position / s.inner() % s.channels();
  }

  /** Returns the sum of the elements of each channel. */
  private static double[] channelSums(BatchNormSpec s, double[] x) {
    double[] sums = new double[s.channels()];
    for (int i = 0; i < x.length; i++) {
      sums[channel(s, i)] += x[i];
    }
    return sums;
  }

  /** Normalises by the batch's own statistics. */
  public static Result train(
      BatchNormSpec s, double[] x, double @Nullable [] gamma, double @Nullable [] shift) {
    double[] mean = channelSums(s, x);
    for (int c = 0; c < mean.length; c++) {
      mean[c] /= s.count();
    }
    double[] squares = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      squares[i] = Math.pow(x[i] - mean[channel(s, i)], 2);
    }
    double[] var = channelSums(s, squares);
    for (int c = 0; c < var.length; c++) {
      var[c] /= s.count();
    }
    return infer(s, x, gamma, shift, mean, var);
  }

  /** Normalises by given statistics. */
  public static Result infer(
      BatchNormSpec s,
      double[] x,
      double @Nullable [] gamma,
      double @Nullable [] shift,
      double[] mean,
      double[] var) {
    double[] invStd = new double[s.channels()];
    for (int c = 0; c < invStd.length; c++) {
      invStd[c] = 1 / Math.sqrt(var[c] + s.eps());
    }
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      int c = channel(s, i);
      y[i] =
          (gamma == null ? 1 : gamma[c]) * (x[i] - mean[c]) * invStd[c]
              + (shift == null ? 0 : shift[c]);
    }
    return new Result(y, mean, var, invStd);
  }

  /** Returns {@code (1 - momentum) running + momentum * batch}. */
  public static double[] running(double momentum, double[] running, double[] batch) {
    double[] r = new double[running.length];
    for (int c = 0; c < r.length; c++) {
      r[c] = (1 - momentum) * running[c] + momentum * batch[c];
    }
    return r;
  }

  /** Returns the unbiased variances. */
  public static double[] unbiased(BatchNormSpec s, double[] var) {
    double[] u = new double[var.length];
    for (int c = 0; c < u.length; c++) {
      u[c] = var[c] * s.count() / (s.count() - 1);
    }
    return u;
  }

  /** Returns all gradients. */
  public static Gradients backward(
      BatchNormSpec s,
      boolean batchStatistics,
      double[] x,
      double @Nullable [] gamma,
      double[] mean,
      double[] invStd,
      double[] dy) {
    double[] dyNormal = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = channel(s, i);
      dyNormal[i] = dy[i] * (x[i] - mean[c]) * invStd[c];
    }
    double[] dShift = channelSums(s, dy);
    double[] dGamma = channelSums(s, dyNormal);
    double[] dx = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = channel(s, i);
      double d = dy[i];
      if (batchStatistics) {
        d -= (dShift[c] + (x[i] - mean[c]) * invStd[c] * dGamma[c]) / s.count();
      }
      dx[i] = (gamma == null ? 1 : gamma[c]) * invStd[c] * d;
    }
    return new Gradients(dx, dGamma, dShift);
  }
}
