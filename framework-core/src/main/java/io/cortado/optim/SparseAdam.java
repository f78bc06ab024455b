package io.cortado.optim;

import io.cortado.pointwise.Expr;
import java.util.List;

/**
 * Adam for tables of which a step reads a few rows: those rows are all that a step changes, their
 * moments included.
 *
 * <pre>
 *   for the rows that have a gradient g:
 *   m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
 *   p = p - lr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + eps)
 * </pre>
 *
 * <p>The moments of other rows do not fade, unlike {@link Adam}'s. All parameters have to be tables
 * of sparse layers, {@link io.cortado.nn.Embedding#sparse}: a step with any other gradient is an
 * {@link IllegalArgumentException}. Give the other parameters of a model to an optimizer of their
 * own, by {@link #attach(io.cortado.nn.Module, java.util.function.Predicate)}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.SparseAdam.html">torch.optim.SparseAdam</a>
 */
public final class SparseAdam extends PointwiseOptimizer<SparseAdam> {

  private double beta1 = 0.9;
  private double beta2 = 0.999;
  private double eps = 1e-8;

  /** Makes an optimizer with PyTorch's defaults and learning rate, 1e-3. */
  public SparseAdam() {
    this(1e-3);
  }

  /**
   * Makes an optimizer with PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public SparseAdam(double lr) {
    super(lr);
  }

  /**
   * Sets how slowly the two running moments forget; at first 0.9 and 0.999.
   *
   * @throws IllegalArgumentException if one is below 0, or 1 or more
   */
  public SparseAdam betas(double first, double second) {
    checkDetached();
    beta1 = fraction("first beta", first);
    beta2 = fraction("second beta", second);
    return this;
  }

  /**
   * Sets what is added to the denominator; at first 1e-8.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public SparseAdam eps(double value) {
    checkDetached();
    eps = nonNegative("eps", value);
    return this;
  }

  @Override
  SparseAdam self() {
    return this;
  }

  @Override
  void checkGroup(double weightDecay) {
    if (weightDecay != 0) {
      throw new IllegalArgumentException(
          "SparseAdam: weight decay "
              + weightDecay
              + ", which would change all rows; it has to be 0, or take AdamW without sparse");
    }
  }

  @Override
  SparseUse rows(ParamGroup group) {
    return SparseUse.ROWS_ALONE;
  }

  @Override
  boolean takesDense() {
    return false;
  }

  @Override
  double ownMomentum() {
    return beta1;
  }

  @Override
  List<String> keptNames() {
    return List.of(STEP);
  }

  @Override
  int sharedCount() {
    return 1;
  }

  @Override
  List<String> stateNames() {
    return List.of("exp_avg", "exp_avg_sq");
  }

  @Override
  List<Expr> numbers(List<Expr> kept, List<Expr> hyper, ParamGroup group) {
    Expr t = kept.getFirst().add(1);
    Expr rate = hyper.get(LR).mul(correction(beta2, t).sqrt());
    return List.of(t, rate.div(correction(momentum(group), t)));
  }

  @Override
  List<Expr> step(Element e, ParamGroup group) {
    Expr g = descent(e);
    Expr m = mean(momentum(group), e.state().get(0), g);
    Expr v = mean(beta2, e.state().get(1), g.square());
    Expr change = e.numbers().getFirst().mul(m).div(v.sqrt().add((float) eps));
    return List.of(e.p().sub(change), m, v);
  }

  @Override
  public String toString() {
    return described("betas " + beta1 + " " + beta2 + ", eps " + eps);
  }
}
