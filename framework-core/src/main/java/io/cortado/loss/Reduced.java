package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Pointwise;

/** What a loss does with the losses of its elements. */
final class Reduced {

  private Reduced() {}

  /** Applies a function to tensors, value and gradient in one pass unless nothing is reduced. */
  static Tensor apply(Pointwise function, Reduction reduction, Tensor... x) {
    return switch (reduction) {
      case NONE -> function.apply(x);
      case SUM -> function.sum(x);
      case MEAN -> function.mean(x);
    };
  }

  /** Returns them, their sum, or their mean: NaN of none, as in PyTorch. */
  static Tensor apply(Tensor losses, Reduction reduction) {
    return switch (reduction) {
      case NONE -> losses;
      case SUM -> losses.sum();
      case MEAN -> losses.mean();
    };
  }
}
