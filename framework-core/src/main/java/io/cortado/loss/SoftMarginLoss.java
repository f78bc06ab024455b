package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Pointwise;

/**
 * The logistic loss {@code ln(1 + e^(-t x))} of targets -1 and 1.
 *
 * <p>Input and target broadcast to one shape. Where {@code -t x} is above 88, PyTorch's loss
 * overflows to infinity and its gradient to NaN; this one stays exact.
 *
 * <p>For targets that are -1 and 1 already; {@link BCEWithLogitsLoss} is the same of 0 and 1, and
 * has weights. Not where samples that are right should stop counting: {@link HingeLoss}.
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
    return Reduced.apply(FUNCTION, reduction, input, target);
  }
}
