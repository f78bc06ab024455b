package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.PointwiseLossSpec.Kind;
import io.cortado.backend.spec.Reduction;

/**
 * The mean squared error, {@code (x - t)^2}.
 *
 * <p>Input and target have one shape, and so has the loss without a reduction. The target may
 * require a gradient.
 *
 * <p>For regression with errors of a normal distribution, behind a linear layer. Not with outliers:
 * large errors count quadratically, so that a few of them dominate, which {@link L1Loss} and {@link
 * HuberLoss} do not mind. Not for classes behind a sigmoid, where a wrong and sure answer has
 * hardly a gradient: {@link BCEWithLogitsLoss} has.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.MSELoss.html">torch.nn.MSELoss</a>
 */
public final class MSELoss implements Loss {

  private Reduction reduction = Reduction.MEAN;

  /** Sets what is done with the elements' losses; at first the mean. */
  public MSELoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  @Override
  public Tensor forward(Tensor input, Tensor target) {
    return io.cortado.autograd.Losses.pointwise(
        "mse", Kind.MSE, input, target, null, null, reduction);
  }
}
