package io.cortado.loss;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import java.util.List;

/**
 * The negative log-likelihood of a normal distribution: {@code (ln v + (x - t)^2 / v) / 2} with
 * {@code v = max(variance, eps)}.
 *
 * <p>Input and target have one shape, the variance has it too, or has extent 1 on the last axis, or
 * lacks that. All three may require a gradient. The limit eps does not stop the variance's, as in
 * PyTorch; variances below it count as eps, negative ones too, which PyTorch refuses: that would be
 * a look at the device in each step.
 *
 * <p>For models that say how sure they are: one output for the mean, one for the variance (Nix and
 * Weigend, 1994), out of a softplus or an exponential. Not where the variance is the same
 * everywhere: that is {@link MSELoss}, and trains more calmly.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html">torch.nn.GaussianNLLLoss</a>
 */
public final class GaussianNLLLoss {

  private boolean full;
  private float eps = 1e-6f;
  private Reduction reduction = Reduction.MEAN;
  private Pointwise function = function();

  /** Adds the constant {@code ln(2 pi) / 2}; at first not. */
  public GaussianNLLLoss full(boolean on) {
    full = on;
    function = function();
    return this;
  }

  /**
   * Sets the smallest variance; at first 1e-6.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public GaussianNLLLoss eps(double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException("gaussianNLL: eps " + value + " has to be above 0");
    }
    eps = (float) value;
    function = function();
    return this;
  }

  /** Sets what is done with the elements' losses; at first the mean. */
  public GaussianNLLLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  private Pointwise function() {
    return Pointwise.of("gaussianNLL", 3, this::element);
  }

  private Expr element(List<Expr> in) {
    Expr square = in.get(0).sub(in.get(1)).square();
    Expr variance = in.get(2);
    Expr v = variance.clampMin(eps).detach();
    Expr loss = v.log().add(square.div(v)).mul(0.5f);
    // The variance's gradient is that at v, added as a term whose value is 0 at any variance.
    Expr slope = v.reciprocal().sub(square.div(v.square())).mul(0.5f).detach();
    loss = loss.add(new Expr.Sloped(Expr.of(0), variance, slope));
    return full ? loss.add((float) (0.5 * Math.log(2 * Math.PI))) : loss;
  }

  /**
   * Computes the loss.
   *
   * @throws IllegalArgumentException if the variance has none of the shapes that it may have
   */
  public Tensor forward(Tensor input, Tensor target, Tensor variance) {
    Shape s = input.shape();
    Tensor v = variance;
    if (!v.shape().equals(s)) {
      int rank = s.rank();
      Shape rows = rank == 0 ? s : s.without(rank - 1);
      Shape spread = rank == 0 ? s : s.with(rank - 1, 1);
      if (v.shape().equals(rows)) {
        v = v.reshape(spread.toArray());
      } else if (!v.shape().equals(spread)) {
        throw new IllegalArgumentException(
            "gaussianNLL: the variance has shape "
                + v.shape()
                + ", and the input "
                + s
                + "; give a variance of the input's shape, or one for each row: "
                + rows
                + " or "
                + spread);
      }
    }
    return Reduced.apply(function, reduction, input, target, v);
  }
}
