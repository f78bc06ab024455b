package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;

/** What a loss does with the losses of its elements. */
final class Reduced {

  private Reduced() {}

  /** Returns them, their sum, or their mean: NaN of none, as in PyTorch. */
  static Tensor apply(Tensor losses, Reduction reduction) {
    return switch (reduction) {
      case NONE -> losses;
      case SUM -> losses.sum();
      case MEAN -> losses.mean();
    };
  }
}
