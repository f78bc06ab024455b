package io.cortado.tck.reference;

import io.cortado.backend.spec.CtcSpec;
import java.util.Arrays;

/** The connectionist temporal classification loss by its definition as a recursion. */
public final class ReferenceCtc {

  private static final double NEVER = Double.NEGATIVE_INFINITY;

  private ReferenceCtc() {}

  /**
   * What the operation computes.
   *
   * @param losses one per sequence
   * @param gradient of the shape of the log-probabilities
   */
  public record Result(double[] losses, double[] gradient) {}

  /** Computes losses and gradient. */
  public static Result loss(
      CtcSpec s, double[] x, int[] targets, int[] inputLengths, int[] targetLengths) {
    Result result = new Result(new double[s.batch()], new double[Math.toIntExact(s.size())]);
    for (int n = 0; n < s.batch(); n++) {
      int[] labels = new int[2 * targetLengths[n] + 1];
      Arrays.fill(labels, s.blank());
      for (int i = 0; i < targetLengths[n]; i++) {
        labels[2 * i + 1] = targets[n * s.maxTarget() + i];
      }
      double[][] rows = new double[inputLengths[n]][s.classes()];
      for (int t = 0; t < rows.length; t++) {
        for (int c = 0; c < s.classes(); c++) {
          rows[t][c] = x[(t * s.batch() + n) * s.classes() + c];
        }
      }
      sequence(s, n, rows, labels, result);
    }
    return result;
  }

  private static void sequence(CtcSpec s, int n, double[][] x, int[] labels, Result result) {
    int steps = x.length;
    double[][] forward = forward(x, labels);
    double[][] backward = backward(x, labels);
    double likelihood =
        steps == 0
            ? labels.length == 1 ? 0 : NEVER
            : logSum(
                forward[steps - 1][labels.length - 1],
                labels.length > 1 ? forward[steps - 1][labels.length - 2] : NEVER,
                NEVER);
    boolean never = likelihood == NEVER;
    result.losses()[n] = never && s.zeroInfinity() ? 0 : -likelihood;
    for (int t = 0; t < steps; t++) {
      for (int c = 0; c < s.classes(); c++) {
        double share = 0;
        for (int place = 0; place < labels.length; place++) {
          if (labels[place] == c) {
            share += Math.exp(forward[t][place] + backward[t][place] - likelihood);
          }
        }
        double gradient = never ? s.zeroInfinity() ? 0 : Double.NaN : Math.exp(x[t][c]) - share;
        result.gradient()[(t * s.batch() + n) * s.classes() + c] = gradient;
      }
    }
  }

  /** The logarithm of the probability of being at a place after a step. */
  private static double[][] forward(double[][] x, int[] labels) {
    double[][] a = new double[x.length][labels.length];
    for (int t = 0; t < x.length; t++) {
      for (int p = 0; p < labels.length; p++) {
        double from =
            t == 0
                ? p < 2 ? 0 : NEVER
                : logSum(
                    a[t - 1][p],
                    p > 0 ? a[t - 1][p - 1] : NEVER,
                    p > 1 && labels[p] != labels[p - 2] ? a[t - 1][p - 2] : NEVER);
        a[t][p] = from + x[t][labels[p]];
      }
    }
    return a;
  }

  /** That of coming to the end from a place, without the step itself; no two blanks are skipped. */
  private static double[][] backward(double[][] x, int[] labels) {
    int last = labels.length - 1;
    double[][] b = new double[x.length][labels.length];
    for (int t = x.length - 1; t >= 0; t--) {
      for (int p = 0; p <= last; p++) {
        if (t == x.length - 1) {
          b[t][p] = p >= last - 1 ? 0 : NEVER;
          continue;
        }
        double[] next = x[t + 1];
        b[t][p] =
            logSum(
                b[t + 1][p] + next[labels[p]],
                p < last ? b[t + 1][p + 1] + next[labels[p + 1]] : NEVER,
                p < last - 1 && labels[p] != labels[p + 2]
                    ? b[t + 1][p + 2] + next[labels[p + 2]]
                    : NEVER);
      }
    }
    return b;
  }

  private static double logSum(double a, double b, double c) {
    double top = Math.max(a, Math.max(b, c));
    return top == NEVER
        ? NEVER
        : top + Math.log(Math.exp(a - top) + Math.exp(b - top) + Math.exp(c - top));
  }
}
