package io.cortado.cpu.kernels;

/**
 * How a convolution, or one of its gradients, is computed, and why.
 *
 * @param <D> the plan of the direct way
 */
sealed interface ConvAlgorithm<D> {

  /** Returns what is computed how, and why, for people. */
  String reason();

  /**
   * Sums of products, as in the definition.
   *
   * @param plan the plan
   * @param reason why
   */
  record Direct<D>(D plan, String reason) implements ConvAlgorithm<D> {}

  /**
   * Products of transformed tiles.
   *
   * @param plan the plan
   * @param reason why
   */
  record Winograd<D>(WinogradPlan plan, String reason) implements ConvAlgorithm<D> {}
}
