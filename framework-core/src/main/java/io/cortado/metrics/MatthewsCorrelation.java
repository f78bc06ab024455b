package io.cortado.metrics;

/**
 * The correlation of predicted and actual classes: {@code (n right - sum(a_k p_k)) / sqrt((n^2 -
 * sum(p_k^2)) (n^2 - sum(a_k^2)))}, with a_k samples of class k and p_k taken for it.
 *
 * <p>Of two classes it is the phi coefficient. From -1 (two classes; of more the least is higher)
 * to 1; it stays honest where classes have unequal sizes. 0 where one class alone is named or
 * occurs, as in scikit-learn. Scores are {@code [N, C]} or {@code [N, C, d1, ...]}, labels int32.
 *
 * @see <a
 *     href="https://scikit-learn.org/stable/modules/generated/sklearn.metrics.matthews_corrcoef.html">matthews_corrcoef</a>
 */
public final class MatthewsCorrelation extends ConfusionMetric {

  /** Makes a metric. */
  public MatthewsCorrelation() {}

  @Override
  public String name() {
    return "matthews_correlation";
  }

  @Override
  double of(long[][] counts, long[] actual, long[] predicted, long samples) {
    double n = samples;
    double right = 0;
    double both = 0;
    double named = 0;
    double real = 0;
    for (int k = 0; k < counts.length; k++) {
      right += counts[k][k];
      both += (double) actual[k] * predicted[k];
      named += (double) predicted[k] * predicted[k];
      real += (double) actual[k] * actual[k];
    }
    double spread = (n * n - named) * (n * n - real);
    return spread == 0 ? 0 : (n * right - both) / Math.sqrt(spread);
  }
}
