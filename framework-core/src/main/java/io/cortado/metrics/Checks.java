package io.cortado.metrics;

/** Checks of what metrics are given. */
final class Checks {

  private Checks() {}

  static double notNaN(String metric, double score, int sample) {
    if (Double.isNaN(score)) {
      throw new IllegalArgumentException(
          metric + ": the score of sample " + sample + " is NaN; look for NaN in the outputs");
    }
    return score;
  }

  /** Checks that a target is 0 or 1, and says which. */
  static boolean isOne(String metric, Predictions batch, int index) {
    float target = batch.target(index);
    if (target != 0 && target != 1) {
      throw new IllegalArgumentException(
          metric
              + ": target "
              + target
              + " at index "
              + index
              + " of outputs "
              + batch.shape()
              + "; targets are 0 or 1");
    }
    return target == 1;
  }

  /** Complains if a batch has another number of classes than those before it. */
  static void sameClasses(String metric, int before, int now) {
    if (before != now) {
      throw new IllegalArgumentException(
          metric
              + ": a batch of "
              + now
              + " classes after batches of "
              + before
              + "; reset() starts anew");
    }
  }
}
