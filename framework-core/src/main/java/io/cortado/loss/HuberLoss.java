package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;

/**
 * Huber's loss: {@code d^2 / 2} where {@code |d| <= delta}, else {@code delta (|d| - delta / 2)},
 * with {@code d = x - t}.
 *
 * <p>Input and target broadcast to one shape; both may require a gradient.
 *
 * <p>For regression with outliers (Huber, "Robust estimation of a location parameter", 1964), and
 * for the temporal differences of Q-learning, whose gradients it bounds by delta. Not for errors of
 * a normal distribution, where {@link MSELoss} needs fewer samples.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html">torch.nn.HuberLoss</a>
 */
public final class HuberLoss implements Loss {

  private Reduction reduction = Reduction.MEAN;
  private Pointwise function = function(1);

  /**
   * Sets where it changes from quadratic to linear; at first 1.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public HuberLoss delta(double delta) {
    if (!(delta > 0)) {
      throw new IllegalArgumentException("huber: delta " + delta + " has to be above 0");
    }
    function = function((float) delta);
    return this;
  }

  /** Sets what is done with the elements' losses; at first the mean. */
  public HuberLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  private static Pointwise function(float delta) {
    return Pointwise.of("huber", (x, t) -> element(x.sub(t).abs(), delta));
  }

  /** Both branches in one: {@code c (d - c / 2)} with c the smaller of d and delta. */
  static Expr element(Expr d, float delta) {
    Expr c = d.clampMax(delta);
    return c.mul(d.sub(c.mul(0.5f)));
  }

  @Override
  public Tensor forward(Tensor input, Tensor target) {
    return Reduced.apply(function, reduction, input, target);
  }
}
