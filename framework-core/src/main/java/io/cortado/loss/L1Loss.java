package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.PointwiseLossSpec.Kind;
import io.cortado.backend.spec.Reduction;

/**
 * The mean absolute error, {@code |x - t|}.
 *
 * <p>Input and target have one shape; the gradient is 0 where they are equal. Robust against
 * outliers, but its gradient does not get smaller near the target. The target may require a
 * gradient.
 *
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.L1Loss.html">torch.nn.L1Loss</a>
 */
public final class L1Loss implements Loss {

  private Reduction reduction = Reduction.MEAN;

  /** Sets what is done with the elements' losses; at first the mean. */
  public L1Loss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  @Override
  public Tensor forward(Tensor input, Tensor target) {
    return io.cortado.autograd.Losses.pointwise(
        "l1", Kind.L1, input, target, null, null, reduction);
  }
}
