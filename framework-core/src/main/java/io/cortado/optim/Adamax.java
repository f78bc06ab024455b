package io.cortado.optim;

import io.cortado.pointwise.Expr;
import java.util.List;

/**
 * Adam with the largest recent gradient in place of the root of the mean square.
 *
 * <pre>
 *   g = gradient + weightDecay p
 *   m = beta1 m + (1 - beta1) g,   u = max(beta2 u, |g| + eps)
 *   p = p - lr / (1 - beta1^t) m / u
 * </pre>
 *
 * @see <a href="https://arxiv.org/abs/1412.6980">Kingma and Ba, Adam (2014), section 7.1</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.Adamax.html">torch.optim.Adamax</a>
 */
public final class Adamax extends MomentsOptimizer<Adamax> {

  /** Makes an optimizer with PyTorch's defaults and learning rate, 2e-3. */
  public Adamax() {
    this(2e-3);
  }

  /**
   * Makes an optimizer with PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8, weight decay 0.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public Adamax(double lr) {
    super(lr, false);
  }

  @Override
  Adamax self() {
    return this;
  }

  @Override
  List<Expr> numbers(List<Expr> kept, List<Expr> hyper, ParamGroup group) {
    Expr t = kept.getFirst().add(1);
    return List.of(t, hyper.get(LR).div(correction(momentum(group), t)));
  }

  @Override
  int sharedCount() {
    return 1;
  }

  @Override
  List<Expr> step(Element e, ParamGroup group) {
    Expr g = penalised(e, group);
    Expr m = mean(momentum(group), e.state().get(0), g);
    Expr u = e.state().get(1).mul((float) beta2()).maximum(g.abs().add((float) eps()));
    return List.of(e.p().sub(e.numbers().getFirst().mul(m).div(u)), m, u);
  }

  @Override
  List<String> stateNames() {
    return List.of("exp_avg", "exp_inf");
  }
}
