package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Pointwise;

/**
 * The logistic loss {@code ln(1 + e^(-t x))} of targets -1 and 1.
 *
 * <p>Input and target broadcast to one shape. The same as {@link BCEWithLogitsLoss} of targets 0
 * and 1. Where {@code -t x} is above 88 PyTorch overflows to infinity; this form does not.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html">torch.nn.SoftMarginLoss</a>
 */
public final class SoftMarginLoss implements Loss {

  private static final Pointwise FUNCTION =
      Pointwise.of("softMargin", (x, t) -> t.neg().mul(x).softplus());

  private Reduction reduction = Reduction.MEAN;

  /** Sets what is done with the elements' losses; at first the mean. */
  public SoftMarginLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  @Override
  public Tensor forward(Tensor input, Tensor target) {
    return Reduced.apply(FUNCTION.apply(input, target), reduction);
  }
}
