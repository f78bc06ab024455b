package io.cortado.tck.reference;

import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.SoftmaxSpec;

/** Softmax and its logarithm. */
public final class ReferenceSoftmax {

  private ReferenceSoftmax() {}

  /** A function of one row along an axis, and of one more row beside it. */
  private interface Row {
    double[] of(double[] row, double[] other);
  }

  private static double[] eachRow(AxisSpec s, double[] x, double[] other, Row function) {
    int inner = (int) s.inner();
    double[] y = new double[x.length];
    for (int o = 0; o < s.outer(); o++) {
      for (int i = 0; i < inner; i++) {
        int start = o * s.extent() * inner + i;
        double[] result =
            function.of(
                gather(x, start, s.extent(), inner), gather(other, start, s.extent(), inner));
        for (int e = 0; e < s.extent(); e++) {
          y[start + e * inner] = result[e];
        }
      }
    }
    return y;
  }

  private static double[] gather(double[] x, int start, int extent, int stride) {
    double[] row = new double[extent];
    for (int e = 0; e < extent; e++) {
      row[e] = x[start + e * stride];
    }
    return row;
  }

  /** Returns the logarithm of the softmax of one row. */
  static double[] logSoftmax(double[] row) {
    double max = Double.NEGATIVE_INFINITY;
    for (double v : row) {
      max = Math.max(max, v);
    }
    double sum = 0;
    for (double v : row) {
      sum += Math.exp(v - max);
    }
    double[] y = new double[row.length];
    for (int e = 0; e < y.length; e++) {
      y[e] = row[e] - max - Math.log(sum);
    }
    return y;
  }

  /** Returns the softmax, or its logarithm. */
  public static double[] forward(SoftmaxSpec s, double[] x) {
    return eachRow(
        s.axis(),
        x,
        x,
        (row, unused) -> {
          double[] y = logSoftmax(row);
          for (int e = 0; !s.log() && e < y.length; e++) {
            y[e] = Math.exp(y[e]);
          }
          return y;
        });
  }

  /** Returns the input's gradient, from the output. */
  public static double[] backward(SoftmaxSpec s, double[] y, double[] dy) {
    return eachRow(
        s.axis(),
        y,
        dy,
        (row, drow) -> {
          double sum = 0;
          for (int e = 0; e < row.length; e++) {
            sum += s.log() ? drow[e] : drow[e] * row[e];
          }
          double[] dx = new double[row.length];
          for (int e = 0; e < row.length; e++) {
            dx[e] = s.log() ? drow[e] - Math.exp(row[e]) * sum : row[e] * (drow[e] - sum);
          }
          return dx;
        });
  }
}
