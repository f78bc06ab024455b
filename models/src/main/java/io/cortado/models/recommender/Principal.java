package io.cortado.models.recommender;

/** Projects vectors onto the two directions along which they differ most. */
final class Principal {

  private static final int TURNS = 200;

  private Principal() {}

  /**
   * Returns two numbers for each vector: its parts along the first two principal components.
   *
   * @param values vector after vector
   */
  static double[][] project(float[] values, int width) {
    int n = values.length / width;
    double[][] x = new double[n][width];
    for (int c = 0; c < width; c++) {
      double mean = 0;
      for (int i = 0; i < n; i++) {
        mean += values[i * width + c] / (double) n;
      }
      for (int i = 0; i < n; i++) {
        x[i][c] = values[i * width + c] - mean;
      }
    }
    double[][] parts = new double[n][Math.min(2, width)];
    for (int k = 0; k < parts[0].length; k++) {
      double[] direction = strongest(x, width);
      for (int i = 0; i < n; i++) {
        parts[i][k] = dot(x[i], direction);
        for (int c = 0; c < width; c++) {
          x[i][c] -= parts[i][k] * direction[c];
        }
      }
    }
    return parts;
  }

  /** Finds the direction of the largest variance by the power method. */
  private static double[] strongest(double[][] x, int width) {
    double[] direction = new double[width];
    for (int c = 0; c < width; c++) {
      direction[c] = 1 + c % 3; // any start that is not at right angles to the answer
    }
    for (int turn = 0; turn < TURNS; turn++) {
      double[] next = new double[width];
      for (double[] row : x) {
        double along = dot(row, direction);
        for (int c = 0; c < width; c++) {
          next[c] += along * row[c];
        }
      }
      double length = Math.sqrt(dot(next, next));
      for (int c = 0; c < width; c++) {
        direction[c] = length > 0 ? next[c] / length : 0;
      }
    }
    return direction;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
