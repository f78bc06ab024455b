package io.cortado.train;

import io.cortado.metrics.ScalarMetric;

/**
 * The number of an epoch by which epochs are compared.
 *
 * @param name as {@link EpochResult#value} takes it: {@code "loss"}, {@code "val_loss"}, {@code
 *     "val_accuracy"}
 * @param higherIsBetter whether a larger number is better
 */
public record Monitor(String name, boolean higherIsBetter) {

  /** Watches a number that should become small. */
  public static Monitor min(String name) {
    return new Monitor(name, false);
  }

  /** Watches a number that should become large. */
  public static Monitor max(String name) {
    return new Monitor(name, true);
  }

  /** Watches a metric of the validation set. */
  public static Monitor of(ScalarMetric metric) {
    return new Monitor(EpochResult.VALIDATION + metric.name(), metric.higherIsBetter());
  }

  /**
   * Says whether a number is better than another by more than some difference; NaN is worse than
   * anything, and anything but NaN is better than NaN.
   */
  public boolean isBetter(double value, double than, double minDelta) {
    if (Double.isNaN(value) || Double.isNaN(than)) {
      return !Double.isNaN(value);
    }
    return higherIsBetter ? value > than + minDelta : value < than - minDelta;
  }
}
