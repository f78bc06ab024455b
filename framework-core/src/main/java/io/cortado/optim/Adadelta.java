package io.cortado.optim;

import io.cortado.pointwise.Expr;
import java.util.List;

/**
 * Steps whose size follows from the last steps' sizes, so that the rate has no unit.
 *
 * <pre>
 *   g = gradient + weightDecay p,   v = rho v + (1 - rho) g^2
 *   d = sqrt(u + eps) / sqrt(v + eps) g,   u = rho u + (1 - rho) d^2
 *   p = p - lr d
 * </pre>
 *
 * @see <a href="https://arxiv.org/abs/1212.5701">Zeiler, ADADELTA (2012)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.Adadelta.html">torch.optim.Adadelta</a>
 */
public final class Adadelta extends PointwiseOptimizer<Adadelta> {

  private double rho = 0.9;
  private double eps = 1e-6;

  /** Makes an optimizer with PyTorch's defaults and learning rate, 1. */
  public Adadelta() {
    this(1);
  }

  /**
   * Makes an optimizer with PyTorch's defaults: rho 0.9, eps 1e-6, weight decay 0.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public Adadelta(double lr) {
    super(lr);
  }

  /**
   * Sets how slowly the running means forget; at first 0.9.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public Adadelta rho(double value) {
    checkDetached();
    if (!(value >= 0 && value <= 1)) {
      throw OptionChecks.wrong("Adadelta", "rho", value, "from 0 to 1");
    }
    rho = value;
    return this;
  }

  /**
   * Sets what is added below both roots; at first 1e-6.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Adadelta eps(double value) {
    checkDetached();
    eps = nonNegative("eps", value);
    return this;
  }

  /**
   * Sets the L2 penalty.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Adadelta weightDecay(double value) {
    setDefaultWeightDecay(value);
    return this;
  }

  @Override
  Adadelta self() {
    return this;
  }

  @Override
  List<Expr> step(Element e, ParamGroup group) {
    Expr g = penalised(e, group);
    Expr v = mean(rho, e.state().get(0), g.square());
    Expr u = e.state().get(1);
    Expr delta = u.add((float) eps).sqrt().div(v.add((float) eps).sqrt()).mul(g);
    Expr p = e.p().sub(e.numbers().get(LR).mul(delta));
    return List.of(p, v, mean(rho, u, delta.square()));
  }

  @Override
  List<String> stateNames() {
    return List.of("square_avg", "acc_delta");
  }

  @Override
  public String toString() {
    return described("rho " + rho + ", eps " + eps);
  }
}
