package io.cortado.optim;

import io.cortado.pointwise.Expr;
import java.util.List;

/**
 * Stochastic gradient descent that keeps an average of the parameters as well.
 *
 * <pre>
 *   g = gradient + weightDecay p
 *   p = p - eta (lambd p + g),   ax = ax + mu (p - ax)
 *   eta = lr / (1 + lambd lr t)^alpha,   mu = 1 / max(1, t - t0)      (for the next step)
 * </pre>
 *
 * <p>The average is {@code <parameter>.ax} of {@link #stateDict}; until t0 it is the parameter.
 * {@link AveragedModel} averages the weights of any optimizer.
 *
 * @see <a href="https://doi.org/10.1137/0330046">Polyak and Juditsky, Acceleration of Stochastic
 *     Approximation by Averaging (1992)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.ASGD.html">torch.optim.ASGD</a>
 */
public final class ASGD extends PointwiseOptimizer<ASGD> {

  private double lambd = 1e-4;
  private double alpha = 0.75;
  private double t0 = 1e6;

  /** Makes an optimizer with PyTorch's defaults and learning rate, 1e-2. */
  public ASGD() {
    this(1e-2);
  }

  /**
   * Makes an optimizer with PyTorch's defaults: lambd 1e-4, alpha 0.75, t0 1e6, weight decay 0.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public ASGD(double lr) {
    super(lr);
  }

  /**
   * Sets the decay term; at first 1e-4.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public ASGD lambd(double value) {
    checkDetached();
    lambd = nonNegative("lambd", value);
    return this;
  }

  /**
   * Sets the power by which the rate falls; at first 0.75.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public ASGD alpha(double value) {
    checkDetached();
    alpha = nonNegative("alpha", value);
    return this;
  }

  /**
   * Sets after how many steps averaging begins; at first 1e6.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public ASGD t0(double value) {
    checkDetached();
    t0 = nonNegative("t0", value);
    return this;
  }

  /**
   * Sets the L2 penalty.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public ASGD weightDecay(double value) {
    setDefaultWeightDecay(value);
    return this;
  }

  @Override
  ASGD self() {
    return this;
  }

  @Override
  List<String> keptNames() {
    return List.of(STEP, "eta");
  }

  /** The rate of the first step is the optimizer's, which may be set until then. */
  @Override
  List<Expr> numbers(List<Expr> kept, List<Expr> hyper, ParamGroup group) {
    Expr before = kept.get(0);
    Expr t = before.add(1);
    Expr lr = hyper.get(LR);
    Expr eta = before.eq(0).where(lr, kept.get(1));
    Expr next = lr.div(t.mul(lr).mul((float) lambd).add(1).pow((float) alpha));
    Expr mu = before.sub((float) t0).maximum(new Expr.Literal(1)).reciprocal();
    return List.of(t, next, eta, mu);
  }

  @Override
  int sharedCount() {
    return 2;
  }

  @Override
  List<Expr> step(Element e, ParamGroup group) {
    Expr g = penalised(e, group).add(e.p().mul((float) lambd));
    Expr p = e.p().sub(e.numbers().get(0).mul(g));
    Expr mu = e.numbers().get(1);
    Expr ax = e.state().getFirst();
    return List.of(p, mu.eq(1).where(p, ax.add(p.sub(ax).mul(mu))));
  }

  @Override
  List<String> stateNames() {
    return List.of("ax");
  }

  @Override
  public String toString() {
    return described("lambd %s, alpha %s, t0 %s".formatted(lambd, alpha, t0));
  }
}
