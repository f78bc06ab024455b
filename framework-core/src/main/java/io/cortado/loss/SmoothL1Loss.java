package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;

/**
 * Quadratic near 0 and linear beyond: {@code d^2 / (2 beta)} where {@code |d| < beta}, else {@code
 * |d| - beta / 2}, with {@code d = x - t}.
 *
 * <p>Input and target broadcast to one shape; both may require a gradient. With beta 0 it is {@link
 * L1Loss}, with a gradient of 0 for equal numbers (PyTorch's is -1 for both, by accident); {@link
 * HuberLoss} is beta times it.
 *
 * <p>For regression with outliers, such as the corners of boxes (Girshick, "Fast R-CNN", 2015): one
 * bad target pulls no harder than another. Not where large errors are the ones that matter: {@link
 * MSELoss}. Beta belongs to the scale of the targets: errors below it count as noise.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html">torch.nn.SmoothL1Loss</a>
 */
public final class SmoothL1Loss implements Loss {

  private Reduction reduction = Reduction.MEAN;
  private Pointwise function = function(1);

  /**
   * Sets where it changes from quadratic to linear; at first 1.
   *
   * @throws IllegalArgumentException if it is negative or not a number
   */
  public SmoothL1Loss beta(double beta) {
    if (!(beta >= 0)) {
      throw new IllegalArgumentException("smoothL1: beta " + beta + " has to be 0 or above");
    }
    function = function((float) beta);
    return this;
  }

  /** Sets what is done with the elements' losses; at first the mean. */
  public SmoothL1Loss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  private static Pointwise function(float beta) {
    return Pointwise.of(
        "smoothL1",
        (x, t) -> {
          Expr d = x.sub(t).abs();
          return beta == 0 ? d : HuberLoss.element(d, beta).div(beta);
        });
  }

  @Override
  public Tensor forward(Tensor input, Tensor target) {
    return Reduced.apply(function, reduction, input, target);
  }
}
