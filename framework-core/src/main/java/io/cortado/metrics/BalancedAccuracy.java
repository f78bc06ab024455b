package io.cortado.metrics;

/**
 * The mean recall of the classes: {@code mean over c of right_c / actual_c}.
 *
 * <p>For classes of unequal sizes, where always naming the largest would look accurate. A class
 * without samples is left out of the mean, as scikit-learn does. Scores are {@code [N, C]} or
 * {@code [N, C, d1, ...]}, labels int32.
 *
 * @see <a
 *     href="https://scikit-learn.org/stable/modules/generated/sklearn.metrics.balanced_accuracy_score.html">balanced_accuracy_score</a>
 */
public final class BalancedAccuracy extends ConfusionMetric {

  private final boolean adjusted;

  /** Makes a metric from 0 to 1. */
  public BalancedAccuracy() {
    this(false);
  }

  /**
   * Makes a metric.
   *
   * @param adjusted whether to scale it so that guessing comes to 0: {@code (b - 1/C) / (1 - 1/C)},
   *     C being the number of classes that occur; NaN if that is 1
   */
  public BalancedAccuracy(boolean adjusted) {
    this.adjusted = adjusted;
  }

  @Override
  public String name() {
    return "balanced_accuracy";
  }

  @Override
  double of(long[][] counts, long[] actual, long[] predicted, long samples) {
    double sum = 0;
    int occurring = 0;
    for (int c = 0; c < counts.length; c++) {
      if (actual[c] > 0) {
        sum += (double) counts[c][c] / actual[c];
        occurring++;
      }
    }
    double mean = sum / occurring;
    double guessing = 1.0 / occurring;
    return adjusted ? (mean - guessing) / (1 - guessing) : mean;
  }
}
