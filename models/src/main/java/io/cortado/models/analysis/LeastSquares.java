package io.cortado.models.analysis;

/**
 * A linear model fitted by least squares: {@code y = x w + b}.
 *
 * @param weights one for each number of a row, then b
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record LeastSquares(double[] weights) {

  /** Of the diagonal's mean: what keeps columns that depend on each other from dividing by 0. */
  private static final double RIDGE = 1e-9;

  /**
   * Fits it by the normal equations.
   *
   * @param rows row after row
   * @param wanted a number for each row
   */
  public static LeastSquares fit(float[] rows, float[] wanted) {
    int n = wanted.length;
    int width = rows.length / n;
    double[][] a = new double[width + 1][width + 2];
    double[] row = new double[width + 2];
    row[width] = 1;
    for (int r = 0; r < n; r++) {
      for (int i = 0; i < width; i++) {
        row[i] = rows[r * width + i];
      }
      row[width + 1] = wanted[r];
      for (int i = 0; i <= width; i++) {
        for (int j = 0; j < row.length; j++) {
          a[i][j] += row[i] * row[j];
        }
      }
    }
    double trace = 0;
    for (int i = 0; i <= width; i++) {
      trace += a[i][i];
    }
    for (int i = 0; i <= width; i++) {
      a[i][i] += RIDGE * trace / (width + 1);
    }
    return new LeastSquares(solve(a));
  }

  /** Solves the equations by elimination; the matrix is symmetric and positive. */
  private static double[] solve(double[][] a) {
    int n = a.length;
    for (int k = 0; k < n; k++) {
      for (int i = k + 1; i < n; i++) {
        double factor = a[i][k] / a[k][k];
        for (int j = k; j <= n; j++) {
          a[i][j] -= factor * a[k][j];
        }
      }
    }
    double[] x = new double[n];
    for (int i = n - 1; i >= 0; i--) {
      double sum = a[i][n];
      for (int j = i + 1; j < n; j++) {
        sum -= a[i][j] * x[j];
      }
      x[i] = sum / a[i][i];
    }
    return x;
  }

  /** Returns what it says of each row. */
  public double[] predict(float[] rows) {
    int width = weights.length - 1;
    double[] said = new double[rows.length / width];
    for (int r = 0; r < said.length; r++) {
      said[r] = weights[width];
      for (int i = 0; i < width; i++) {
        said[r] += rows[r * width + i] * weights[i];
      }
    }
    return said;
  }
}
