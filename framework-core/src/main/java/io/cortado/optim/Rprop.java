package io.cortado.optim;

import io.cortado.pointwise.Expr;
import java.util.List;

/**
 * Steps by the gradient's sign alone, each parameter with a step size of its own.
 *
 * <pre>
 *   sign of g the same as last time:   size = min(size etaPlus, largest)
 *   the other one:                     size = max(size etaMinus, smallest),   g = 0
 *   p = p - sign(g) size
 * </pre>
 *
 * <p>The learning rate is the first step size. It has no weight decay, as PyTorch's.
 *
 * @see <a href="https://doi.org/10.1109/ICNN.1993.298623">Riedmiller and Braun, The RPROP Algorithm
 *     (1993)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.Rprop.html">torch.optim.Rprop</a>
 */
public final class Rprop extends PointwiseOptimizer<Rprop> {

  private double etaMinus = 0.5;
  private double etaPlus = 1.2;
  private double smallest = 1e-6;
  private double largest = 50;

  /** Makes an optimizer with PyTorch's defaults and first step size, 1e-2. */
  public Rprop() {
    this(1e-2);
  }

  /**
   * Makes an optimizer with PyTorch's defaults: etas 0.5 and 1.2, step sizes from 1e-6 to 50.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public Rprop(double lr) {
    super(lr);
  }

  /**
   * Sets what a step size is multiplied by, where the sign has changed and where it has not; at
   * first 0.5 and 1.2.
   *
   * @throws IllegalArgumentException if not {@code 0 < minus < 1 < plus}
   */
  public Rprop etas(double minus, double plus) {
    checkDetached();
    if (!(minus > 0 && minus < 1 && plus > 1) || Double.isInfinite(plus)) {
      throw new IllegalArgumentException(
          "Rprop: the etas are %s and %s, the first has to be between 0 and 1, the second above 1"
              .formatted(minus, plus));
    }
    etaMinus = minus;
    etaPlus = plus;
    return this;
  }

  /**
   * Sets the smallest and the largest step size; at first 1e-6 and 50.
   *
   * @throws IllegalArgumentException if not {@code 0 <= smallest <= largest}
   */
  public Rprop stepSizes(double min, double max) {
    checkDetached();
    if (!(min >= 0 && max >= min) || Double.isInfinite(max)) {
      throw new IllegalArgumentException(
          "Rprop: the step sizes go from %s to %s, they have to be 0 or more and in this order"
              .formatted(min, max));
    }
    smallest = min;
    largest = max;
    return this;
  }

  @Override
  void checkGroup(double weightDecay) {
    if (weightDecay != 0) {
      throw new IllegalArgumentException(
          "Rprop: the weight decay of a group is "
              + weightDecay
              + ", and Rprop has none: it has to be 0; add a penalty to the loss");
    }
  }

  @Override
  Rprop self() {
    return this;
  }

  @Override
  List<String> keptNames() {
    return List.of(STEP);
  }

  @Override
  List<Expr> numbers(List<Expr> kept, List<Expr> hyper, ParamGroup group) {
    Expr t = kept.getFirst().add(1);
    return List.of(t, t.eq(1), hyper.get(LR));
  }

  @Override
  int sharedCount() {
    return 2;
  }

  @Override
  List<Expr> step(Element e, ParamGroup group) {
    Expr g = descent(e);
    Expr product = g.mul(e.state().get(0));
    Expr turned = product.lt(new Expr.Literal(0));
    Expr goesOn = new Expr.Literal(0).lt(product);
    Expr before = e.numbers().get(0).where(e.numbers().get(1), e.state().get(1));
    Expr factor =
        turned.where(Expr.of((float) etaMinus), goesOn.where(Expr.of((float) etaPlus), Expr.of(1)));
    Expr size = before.mul(factor).clamp((float) smallest, (float) largest);
    Expr used = turned.where(new Expr.Literal(0), g);
    return List.of(e.p().sub(used.sign().mul(size)), used, size);
  }

  @Override
  List<String> stateNames() {
    return List.of("prev", "step_size");
  }

  @Override
  public String toString() {
    return described(
        "etas %s %s, step sizes from %s to %s".formatted(etaMinus, etaPlus, smallest, largest));
  }
}
