package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.PointwiseLossSpec.Kind;
import io.cortado.backend.spec.Reduction;

/**
 * The mean absolute error, {@code |x - t|}.
 *
 * <p>Input and target have one shape, and so has the loss without a reduction. The gradient is 0
 * where they are equal, and NaN where one is NaN (PyTorch's is 0 there, so that the NaN is not
 * noticed). The target may require a gradient.
 *
 * <p>For regression with outliers: it is the median that is learned, not the mean. Not where the
 * last digits matter: the gradient does not get smaller near the target; {@link SmoothL1Loss} has
 * both.
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
