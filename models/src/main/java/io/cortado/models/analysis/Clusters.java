package io.cortado.models.analysis;

/**
 * How well clusters fit classes.
 *
 * @param purity the share of points whose class is their cluster's most frequent one
 * @param nmi the mutual information of cluster and class over the mean of both entropies: 0 if they
 *     have nothing to do with each other, 1 if they are the same
 */
public record Clusters(double purity, double nmi) {

  /**
   * Compares clusters with classes, as scikit-learn's {@code normalized_mutual_info_score} does.
   *
   * @param clusters each point's cluster, from 0
   * @param classes each point's class, from 0
   * @throws IllegalArgumentException if they are not equally many, or none
   */
  public static Clusters compare(int[] clusters, int[] classes) {
    int n = clusters.length;
    if (n == 0 || classes.length != n) {
      throw new IllegalArgumentException(
          "clusters of " + n + " points and classes of " + classes.length + " cannot be compared");
    }
    int rows = 1 + max(clusters);
    int columns = 1 + max(classes);
    double[][] joint = new double[rows][columns];
    double[] ofRow = new double[rows];
    double[] ofColumn = new double[columns];
    for (int i = 0; i < n; i++) {
      joint[clusters[i]][classes[i]] += 1.0 / n;
      ofRow[clusters[i]] += 1.0 / n;
      ofColumn[classes[i]] += 1.0 / n;
    }
    double purity = 0;
    double information = 0;
    for (int r = 0; r < rows; r++) {
      double most = 0;
      for (int c = 0; c < columns; c++) {
        most = Math.max(most, joint[r][c]);
        if (joint[r][c] > 0) {
          information += joint[r][c] * Math.log(joint[r][c] / (ofRow[r] * ofColumn[c]));
        }
      }
      purity += most;
    }
    double entropies = entropy(ofRow) + entropy(ofColumn);
    return new Clusters(purity, entropies == 0 ? 1 : 2 * information / entropies);
  }

  private static int max(int[] values) {
    int max = 0;
    for (int v : values) {
      max = Math.max(max, v);
    }
    return max;
  }

  private static double entropy(double[] shares) {
    double sum = 0;
    for (double p : shares) {
      sum -= p > 0 ? p * Math.log(p) : 0;
    }
    return sum;
  }
}
