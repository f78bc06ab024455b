package io.cortado.cpu.kernels;

/**
 * How a convolution, or one of its gradients, is computed, and why.
 *
 * @param <D> the plan of implicit matrix products
 * @param <L> the plan of sums with images in a vector's lanes
 */
sealed interface ConvAlgorithm<D, L> {

  /** Returns what is computed how, and why, for people. */
  String reason();

  /**
   * Sums of products, as in the definition, by implicit matrix products.
   *
   * @param plan the plan
   * @param reason why
   */
  record Direct<D, L>(D plan, String reason) implements ConvAlgorithm<D, L> {}

  /**
   * Sums of products, as in the definition, of several images at once.
   *
   * @param plan the plan
   * @param reason why
   */
  record ImageLanes<D, L>(L plan, String reason) implements ConvAlgorithm<D, L> {}

  /**
   * Products of transformed tiles.
   *
   * @param plan the plan
   * @param reason why
   */
  record Winograd<D, L>(WinogradPlan plan, String reason) implements ConvAlgorithm<D, L> {}
}
