package io.cortado.tck.reference;

import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.Reduction;
import org.jspecify.annotations.Nullable;

/** Losses and their gradients. */
public final class ReferenceLoss {

  private ReferenceLoss() {}

  /**
   * What a loss gives.
   *
   * @param loss one per row or element, or one alone
   * @param grad of the logits or of x
   */
  public record Result(double[] loss, double[] grad) {}

  /** Returns the cross-entropy against class indices. */
  public static Result crossEntropy(
      CrossEntropySpec s, double[] logits, int[] targets, double @Nullable [] weight) {
    int rows = (int) s.rows();
    double[] loss = new double[rows];
    double[] grad = new double[logits.length];
    double divisor = 0;
    for (int r = 0; r < rows; r++) {
      if (targets[r] == s.ignoreIndex()) {
        continue;
      }
      divisor += weight(weight, targets[r]);
      double[] own = new double[s.classes()];
      own[targets[r]] = (1 - s.labelSmoothing()) * weight(weight, targets[r]);
      double[] share = own.clone();
      for (int c = 0; c < share.length; c++) {
        share[c] += s.labelSmoothing() / s.classes() * weight(weight, c);
      }
      double[] logSoftmax = row(s, logits, r, share, grad);
      // Not the sum over all shares: of a class that is not named nothing counts, be it NaN.
      loss[r] = -own[targets[r]] * logSoftmax[targets[r]];
      for (int c = 0; s.labelSmoothing() != 0 && c < share.length; c++) {
        loss[r] -= s.labelSmoothing() / s.classes() * weight(weight, c) * logSoftmax[c];
      }
    }
    return reduce(s.reduction(), loss, grad, divisor);
  }

  /** Returns the cross-entropy against class probabilities. */
  public static Result crossEntropyProbabilities(
      CrossEntropySpec s, double[] logits, double[] targets, double @Nullable [] weight) {
    int rows = (int) s.rows();
    double[] loss = new double[rows];
    double[] grad = new double[logits.length];
    for (int r = 0; r < rows; r++) {
      double[] share = new double[s.classes()];
      for (int c = 0; c < share.length; c++) {
        double eps = s.labelSmoothing();
        share[c] = ((1 - eps) * targets[at(s, r, c)] + eps / s.classes()) * weight(weight, c);
      }
      double[] logSoftmax = row(s, logits, r, share, grad);
      for (int c = 0; c < share.length; c++) {
        loss[r] -= share[c] * logSoftmax[c];
      }
    }
    return reduce(s.reduction(), loss, grad, rows);
  }

  /** Returns the log softmax of one row, and writes the gradient for the shares of its classes. */
  private static double[] row(
      CrossEntropySpec s, double[] logits, int r, double[] share, double[] grad) {
    double[] row = new double[s.classes()];
    for (int c = 0; c < row.length; c++) {
      row[c] = logits[at(s, r, c)];
    }
    double[] logSoftmax = ReferenceSoftmax.logSoftmax(row);
    double total = 0;
    for (double q : share) {
      total += q;
    }
    for (int c = 0; c < row.length; c++) {
      grad[at(s, r, c)] = total * Math.exp(logSoftmax[c]) - share[c];
    }
    return logSoftmax;
  }

  private static int at(CrossEntropySpec s, int row, int c) {
    return (row / s.inner() * s.classes() + c) * s.inner() + row % s.inner();
  }

  private static double weight(double @Nullable [] weight, int c) {
    return weight == null ? 1 : weight[c];
  }

  /** Returns a loss between elements. */
  public static Result pointwise(
      PointwiseLossSpec s,
      double[] x,
      double[] target,
      double @Nullable [] weight,
      double @Nullable [] posWeight) {
    double[] loss = new double[x.length];
    double[] grad = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double w = weight(weight, i);
      double p = weight(posWeight, i);
      double t = target[i];
      double d = x[i] - t;
      switch (s.kind()) {
        case MSE -> {
          loss[i] = w * d * d;
          grad[i] = w * 2 * d;
        }
        case L1 -> {
          loss[i] = w * Math.abs(d);
          grad[i] = w * Math.signum(d);
        }
        case BCE -> {
          loss[i] =
              -w
                  * (t * Math.max(Math.log(x[i]), -100)
                      + (1 - t) * Math.max(Math.log1p(-x[i]), -100));
          // As PyTorch's: the logarithms' bound is not differentiated, the denominator is bounded
          // instead.
          grad[i] = w * d / Math.max(x[i] * (1 - x[i]), 1e-12);
        }
        case BCE_WITH_LOGITS -> {
          double softplus = Math.max(-x[i], 0) + Math.log1p(Math.exp(-Math.abs(x[i])));
          double q = 1 + (p - 1) * t;
          loss[i] = w * ((1 - t) * x[i] + q * softplus);
          grad[i] = w * ((1 - t) - q / (1 + Math.exp(x[i])));
        }
      }
    }
    return reduce(s.reduction(), loss, grad, x.length);
  }

  private static Result reduce(Reduction reduction, double[] loss, double[] grad, double divisor) {
    if (reduction == Reduction.NONE) {
      return new Result(loss, grad);
    }
    double scale = reduction == Reduction.MEAN ? divisor : 1;
    double sum = 0;
    for (double l : loss) {
      sum += l;
    }
    for (int i = 0; i < grad.length; i++) {
      // What counts for nothing keeps a gradient of 0, even where the divisor is 0 too.
      grad[i] = grad[i] == 0 ? 0 : grad[i] / scale;
    }
    return new Result(new double[] {sum / scale}, grad);
  }
}
