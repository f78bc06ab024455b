package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;

/**
 * The negative log-likelihood of counts: {@code e^x - t x} for the logarithm x of a rate, or {@code
 * x - t ln(x + eps)} for a rate x.
 *
 * <p>Input and target broadcast to one shape; both may require a gradient. What only depends on the
 * target is left out, or with {@link #full} approximated by Stirling's formula {@code t ln t - t +
 * ln(2 pi t) / 2} for t above 1.
 *
 * <p>For targets that count something, such as clicks or photons, behind a linear layer: the rate's
 * logarithm has no limits. Not where counts vary more than their mean, as those of rare bursts do;
 * and not of rates below 0, which give NaN.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html">torch.nn.PoissonNLLLoss</a>
 */
public final class PoissonNLLLoss implements Loss {

  private boolean logInput = true;
  private boolean full;
  private float eps = 1e-8f;
  private Reduction reduction = Reduction.MEAN;
  private Pointwise function = function();

  /** Says whether the input is the rate's logarithm; at first it is. */
  public PoissonNLLLoss logInput(boolean on) {
    logInput = on;
    function = function();
    return this;
  }

  /** Adds Stirling's approximation of what depends on the target alone; at first not. */
  public PoissonNLLLoss full(boolean on) {
    full = on;
    function = function();
    return this;
  }

  /** Sets what is added to a rate before its logarithm is taken; at first 1e-8. */
  public PoissonNLLLoss eps(double value) {
    eps = (float) value;
    function = function();
    return this;
  }

  /** Sets what is done with the elements' losses; at first the mean. */
  public PoissonNLLLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  private Pointwise function() {
    return Pointwise.of("poissonNLL", this::element);
  }

  private Expr element(Expr x, Expr t) {
    Expr loss = logInput ? x.exp().sub(t.mul(x)) : x.sub(t.mul(x.add(eps).log()));
    if (!full) {
      return loss;
    }
    Expr stirling = t.mul(t.log()).sub(t).add(t.mul((float) (2 * Math.PI)).log().mul(0.5f));
    return loss.add(t.gt(1).where(stirling, Expr.of(0)));
  }

  @Override
  public Tensor forward(Tensor input, Tensor target) {
    return Reduced.apply(function, reduction, input, target);
  }
}
