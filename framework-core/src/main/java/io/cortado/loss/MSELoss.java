package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.PointwiseLossSpec.Kind;
import io.cortado.backend.spec.Reduction;

/**
 * The mean squared error, {@code (x - t)^2}.
 *
 * <p>Input and target have one shape. For regression with errors of a normal distribution; large
 * errors count quadratically, so a few outliers can dominate: {@link L1Loss} does not mind them.
 * The target may require a gradient.
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
