package io.cortado.benchmarks.run;

import java.util.List;

/** Whether two sides computed the same thing. */
final class Agreement {

  /** First losses: the same weights and batch, so that rounding alone differs. */
  private static final double FIRST_LOSS = 1e-4;

  /** Losses after it: each update carries the differences of those before it on. */
  private static final double LATER_LOSS = 1e-2;

  /** Sums over a product, against the sum of magnitudes. */
  private static final double PRODUCT = 1e-5;

  private Agreement() {}

  /**
   * Checks losses as far as both sides gave them.
   *
   * @throws IllegalStateException if they differ
   */
  static void losses(String what, List<Float> ours, List<Float> theirs) {
    int n = Math.min(ours.size(), theirs.size());
    for (int i = 0; i < n; i++) {
      double difference = Math.abs(ours.get(i) - theirs.get(i));
      double bound = (i == 0 ? FIRST_LOSS : LATER_LOSS) * Math.abs(theirs.get(i));
      // Negated, so that NaN fails too.
      if (!(difference <= bound)) {
        throw new IllegalStateException(
            what + ": loss " + i + " differs, " + ours + " against " + theirs);
      }
    }
  }

  /**
   * Checks the results of a product.
   *
   * @throws IllegalStateException if they differ
   */
  static void products(String what, Outcome.Gemm ours, Outcome.Gemm theirs) {
    if (!(Math.abs(ours.sum() - theirs.sum()) <= PRODUCT * theirs.magnitude())) {
      throw new IllegalStateException(what + ": results differ, " + ours + " against " + theirs);
    }
  }
}
