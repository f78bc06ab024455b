package io.cortado.metrics;

/**
 * The agreement beyond chance: {@code 1 - sum(w_ij n_ij) / sum(w_ij actual_i predicted_j / n)}.
 *
 * <p>The weight of an error is 1, or for classes that have an order (grades, stages) its size
 * {@code |i - j|} or the square of that. 1 is full agreement, 0 that of chance. NaN where there can
 * be no disagreement, because one class alone occurs, as in scikit-learn. Sizes of errors count all
 * classes of the outputs: scikit-learn's {@code labels=range(C)}. Scores are {@code [N, C]} or
 * {@code [N, C, d1, ...]}, labels int32.
 *
 * @see <a
 *     href="https://scikit-learn.org/stable/modules/generated/sklearn.metrics.cohen_kappa_score.html">cohen_kappa_score</a>
 */
public final class CohenKappa extends ConfusionMetric {

  /** What an error counts. */
  public enum Weights {
    /** 1, whatever was taken for what. */
    NONE,
    /** How many classes it is off. */
    LINEAR,
    /** The square of how many classes it is off. */
    QUADRATIC
  }

  private final Weights weights;

  /** Makes a metric for which all errors are equal. */
  public CohenKappa() {
    this(Weights.NONE);
  }

  /** Makes a metric. */
  public CohenKappa(Weights weights) {
    this.weights = weights;
  }

  @Override
  public String name() {
    return switch (weights) {
      case NONE -> "cohen_kappa";
      case LINEAR -> "cohen_kappa_linear";
      case QUADRATIC -> "cohen_kappa_quadratic";
    };
  }

  @Override
  double of(long[][] counts, long[] actual, long[] predicted, long samples) {
    double observed = 0;
    double expected = 0;
    for (int i = 0; i < counts.length; i++) {
      for (int j = 0; j < counts.length; j++) {
        double w = weight(i - j);
        observed += w * counts[i][j];
        expected += w * actual[i] * predicted[j];
      }
    }
    return 1 - observed * samples / expected;
  }

  private double weight(int difference) {
    return switch (weights) {
      case NONE -> difference == 0 ? 0 : 1;
      case LINEAR -> Math.abs(difference);
      case QUADRATIC -> (double) difference * difference;
    };
  }
}
