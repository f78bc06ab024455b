package io.cortado.optim;

import io.cortado.pointwise.Expr;
import java.util.List;

/**
 * Adam that trusts its second moment only once that is an average of enough gradients.
 *
 * <pre>
 *   g = gradient + weightDecay p      (decoupled: p = p - lr weightDecay p,   g = gradient)
 *   m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
 *   r_oo = 2 / (1 - beta2) - 1,   r = r_oo - 2 t beta2^t / (1 - beta2^t)
 *   p = p - lr m / (1 - beta1^t) (r &gt; 5 ? rect sqrt(1 - beta2^t) / (sqrt(v) + eps) : 1)
 *   rect = sqrt((r - 4) (r - 2) r_oo / ((r_oo - 4) (r_oo - 2) r))
 * </pre>
 *
 * @see <a href="https://arxiv.org/abs/1908.03265">Liu et al., On the Variance of the Adaptive
 *     Learning Rate and Beyond (2019)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.RAdam.html">torch.optim.RAdam</a>
 */
public final class RAdam extends MomentsOptimizer<RAdam> {

  /** The length of the average from which on the second moment is used. */
  private static final float LONG_ENOUGH = 5;

  /** Below this, {@link #remainder} is a series. */
  private static final float SMALL = 0.7f;

  /** Makes an optimizer with PyTorch's defaults and learning rate, 1e-3. */
  public RAdam() {
    this(1e-3);
  }

  /**
   * Makes an optimizer with PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8, weight decay 0.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public RAdam(double lr) {
    super(lr, false);
  }

  /** Takes the weight decay as a part of the parameters, as {@link AdamW} does. */
  public RAdam decoupledWeightDecay(boolean on) {
    setDecoupled(on);
    return this;
  }

  @Override
  RAdam self() {
    return this;
  }

  @Override
  List<Expr> numbers(List<Expr> kept, List<Expr> hyper, ParamGroup group) {
    Expr t = kept.getFirst().add(1);
    double end = 2 / (1 - beta2()) - 1;
    Expr length = length(t, end);
    Expr rect =
        length
            .sub(4)
            .mul(length.sub(2))
            .div(length)
            .mul((float) (end / ((end - 4) * (end - 2))))
            .sqrt();
    Expr factor = rect.mul(correction(beta2(), t).sqrt());
    Expr rectified = length.gt(LONG_ENOUGH).where(factor, Expr.of(0));
    Expr rate = hyper.get(LR).div(correction(momentum(group), t));
    return List.of(t, rate, rectified, hyper.get(DECAY_FACTOR));
  }

  /**
   * Returns how many gradients the second moment is an average of.
   *
   * <p>The formula is a difference of two large numbers, of which floats would leave nothing where
   * beta2 is near 1. With {@code y = -ln beta2} it is {@code coth(y / 2) - t (coth(t y / 2) - 1)},
   * and with {@code L(z) = coth(z) - 1 / z}, in which {@code 2 / y} cancels, {@code L(y / 2) + t (1
   * - L(t y / 2))}.
   */
  private Expr length(Expr t, double end) {
    double y = -Math.log(beta2());
    return t.mul(remainder(t.mul((float) (y / 2)))).add((float) (end - 2 / y));
  }

  /** Returns {@code 1 - coth(z) + 1 / z}. */
  private static Expr remainder(Expr z) {
    Expr q = z.square();
    Expr series =
        q.mul(2f / 93555)
            .sub(1f / 4725)
            .mul(q)
            .add(2f / 945)
            .mul(q)
            .sub(1f / 45)
            .mul(q)
            .add(1f / 3)
            .mul(z);
    Expr large = z.reciprocal().sub(z.mul(2).expm1().reciprocal().mul(2));
    return z.lt(SMALL).where(series.rsub(1), large);
  }

  @Override
  int sharedCount() {
    return 3;
  }

  @Override
  List<Expr> step(Element e, ParamGroup group) {
    Expr g = isDecoupled() ? descent(e) : penalised(e, group);
    Expr p = isDecoupled() ? e.p().mul(e.numbers().get(2)) : e.p();
    Expr m = mean(momentum(group), e.state().get(0), g);
    Expr v = mean(beta2(), e.state().get(1), g.square());
    Expr rectified = e.numbers().get(1);
    Expr scale = rectified.where(rectified.div(v.sqrt().add((float) eps())), Expr.of(1));
    return List.of(p.sub(e.numbers().getFirst().mul(m).mul(scale)), m, v);
  }
}
