package io.cortado.optim;

import io.cortado.pointwise.Expr;
import java.util.List;

/**
 * Adam with Nesterov's momentum, which grows from step to step.
 *
 * <pre>
 *   g = gradient + weightDecay p      (decoupled: p = p - lr weightDecay p,   g = gradient)
 *   mu_t = beta1 (1 - 0.96^(t momentumDecay) / 2)
 *   m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
 *   p = p - lr ((1 - mu_t) g / (1 - mu_1 ... mu_t) + mu_t+1 m / (1 - mu_1 ... mu_t+1))
 *           / (sqrt(v / (1 - beta2^t)) + eps)
 * </pre>
 *
 * @see <a href="https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ">Dozat, Incorporating Nesterov
 *     Momentum into Adam (2016)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.NAdam.html">torch.optim.NAdam</a>
 */
public final class NAdam extends MomentsOptimizer<NAdam> {

  private static final double GROWTH = 0.96;

  private double momentumDecay = 4e-3;

  /** Makes an optimizer with PyTorch's defaults and learning rate, 2e-3. */
  public NAdam() {
    this(2e-3);
  }

  /**
   * Makes an optimizer with PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8, momentum decay 4e-3,
   * weight decay 0.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public NAdam(double lr) {
    super(lr, false);
  }

  /**
   * Sets how fast the momentum grows to the first beta; at first 4e-3.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public NAdam momentumDecay(double value) {
    checkDetached();
    momentumDecay = nonNegative("momentum decay", value);
    return this;
  }

  /** Takes the weight decay as a part of the parameters, as {@link AdamW} does. */
  public NAdam decoupledWeightDecay(boolean on) {
    setDecoupled(on);
    return this;
  }

  @Override
  NAdam self() {
    return this;
  }

  @Override
  List<String> keptNames() {
    return List.of(STEP, "mu_product");
  }

  @Override
  float[] firstNumbers() {
    return new float[] {0, 1};
  }

  @Override
  List<Expr> numbers(List<Expr> kept, List<Expr> hyper, ParamGroup group) {
    Expr t = kept.get(0).add(1);
    Expr mu = mu(t, momentum(group));
    Expr next = mu(t.add(1), momentum(group));
    Expr product = kept.get(1).mul(mu);
    Expr lr = hyper.get(LR);
    Expr ofGradient = lr.mul(mu.rsub(1)).div(product.rsub(1));
    Expr ofMoment = lr.mul(next).div(product.mul(next).rsub(1));
    Expr root = correction(beta2(), t).rsqrt();
    return List.of(t, product, ofGradient, ofMoment, root, hyper.get(DECAY_FACTOR));
  }

  private Expr mu(Expr t, double beta1) {
    Expr shortfall = t.mul((float) (momentumDecay * Math.log(GROWTH))).exp().mul(0.5f);
    return shortfall.rsub(1).mul((float) beta1);
  }

  @Override
  int sharedCount() {
    return 4;
  }

  @Override
  List<Expr> step(Element e, ParamGroup group) {
    Expr g = isDecoupled() ? descent(e) : penalised(e, group);
    Expr p = isDecoupled() ? e.p().mul(e.numbers().get(3)) : e.p();
    Expr m = mean(momentum(group), e.state().get(0), g);
    Expr v = mean(beta2(), e.state().get(1), g.square());
    Expr denominator = v.sqrt().mul(e.numbers().get(2)).add((float) eps());
    Expr direction = e.numbers().get(0).mul(g).add(e.numbers().get(1).mul(m));
    return List.of(p.sub(direction.div(denominator)), m, v);
  }
}
