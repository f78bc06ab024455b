package io.cortado.optim;

import io.cortado.pointwise.Expr;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps by the gradient over the root of the running mean of its square.
 *
 * <pre>
 *   g = gradient + weightDecay p,   v = alpha v + (1 - alpha) g^2
 *   centered: a = alpha a + (1 - alpha) g,   w = v - a^2;   else w = v
 *   b = momentum b + g / (sqrt(w) + eps)
 *   p = p - lr b
 * </pre>
 *
 * <p>A variance that rounding makes negative is 0 here; PyTorch's root of it is NaN.
 *
 * @see <a href="https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf">Hinton,
 *     Neural Networks for Machine Learning, lecture 6e (2012)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.RMSprop.html">torch.optim.RMSprop</a>
 */
public final class RMSprop extends PointwiseOptimizer<RMSprop> {

  private double alpha = 0.99;
  private double eps = 1e-8;
  private double momentum;
  private boolean centered;

  /** Makes an optimizer with PyTorch's defaults and learning rate, 1e-2. */
  public RMSprop() {
    this(1e-2);
  }

  /**
   * Makes an optimizer with PyTorch's defaults: alpha 0.99, eps 1e-8, no momentum, not centered.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public RMSprop(double lr) {
    super(lr);
  }

  /**
   * Sets how slowly the running means forget; at first 0.99.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public RMSprop alpha(double value) {
    checkDetached();
    alpha = nonNegative("alpha", value);
    return this;
  }

  /**
   * Sets what is added to the denominator; at first 1e-8.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public RMSprop eps(double value) {
    checkDetached();
    eps = nonNegative("eps", value);
    return this;
  }

  /**
   * Sets how much of the last direction is kept; at first 0.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public RMSprop momentum(double value) {
    checkDetached();
    momentum = nonNegative("momentum", value);
    return this;
  }

  /** Divides by the gradient's running standard deviation instead of its root mean square. */
  public RMSprop centered(boolean on) {
    checkDetached();
    centered = on;
    return this;
  }

  /**
   * Sets the L2 penalty.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public RMSprop weightDecay(double value) {
    setDefaultWeightDecay(value);
    return this;
  }

  @Override
  RMSprop self() {
    return this;
  }

  @Override
  List<Expr> step(Element e, ParamGroup group) {
    Expr g = penalised(e, group);
    Expr v = mean(alpha, e.state().getFirst(), g.square());
    List<Expr> results = new ArrayList<>(List.of(v));
    Expr w = v;
    if (centered) {
      Expr a = mean(alpha, e.state().get(1), g);
      results.add(a);
      w = v.sub(a.square()).maximum(new Expr.Literal(0));
    }
    Expr b = g.div(w.sqrt().add((float) eps));
    if (momentum != 0) {
      b = e.state().getLast().mul((float) momentum(group)).add(b);
      results.add(b);
    }
    results.addFirst(e.p().sub(e.numbers().get(LR).mul(b)));
    return results;
  }

  @Override
  double ownMomentum() {
    return momentum;
  }

  @Override
  List<String> stateNames() {
    List<String> names = new ArrayList<>(List.of("square_avg"));
    if (centered) {
      names.add("grad_avg");
    }
    if (momentum != 0) {
      names.add("momentum_buffer");
    }
    return names;
  }

  @Override
  public String toString() {
    return described(
        "alpha %s, eps %s, momentum %s%s"
            .formatted(alpha, eps, momentum, centered ? ", centered" : ""));
  }
}
