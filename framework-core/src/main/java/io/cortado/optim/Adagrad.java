package io.cortado.optim;

import io.cortado.pointwise.Expr;
import java.util.List;

/**
 * Steps by the gradient over the root of the sum of all its squares so far.
 *
 * <pre>
 *   g = gradient + weightDecay p,   s = s + g^2
 *   p = p - lr / (1 + (t - 1) lrDecay) g / (sqrt(s) + eps)
 * </pre>
 *
 * <p>A gradient that lists its rows, {@link io.cortado.nn.Embedding#sparse}, changes these alone,
 * which is what it would change anyway; weight decay is refused.
 *
 * @see <a href="https://jmlr.org/papers/v12/duchi11a.html">Duchi, Hazan and Singer, Adaptive
 *     Subgradient Methods (2011)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.Adagrad.html">torch.optim.Adagrad</a>
 */
public final class Adagrad extends PointwiseOptimizer<Adagrad> {

  private double lrDecay;
  private double initialAccumulatorValue;
  private double eps = 1e-10;

  /** Makes an optimizer with PyTorch's defaults and learning rate, 1e-2. */
  public Adagrad() {
    this(1e-2);
  }

  /**
   * Makes an optimizer with PyTorch's defaults: no decay, sums that begin at 0, eps 1e-10.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public Adagrad(double lr) {
    super(lr);
  }

  /**
   * Sets how the rate falls with the steps; at first 0.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Adagrad lrDecay(double value) {
    checkDetached();
    lrDecay = nonNegative("learning-rate decay", value);
    return this;
  }

  /**
   * Sets what the sums of squares begin with; at first 0.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Adagrad initialAccumulatorValue(double value) {
    checkDetached();
    initialAccumulatorValue = nonNegative("initial accumulator value", value);
    return this;
  }

  /**
   * Sets what is added to the denominator; at first 1e-10.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Adagrad eps(double value) {
    checkDetached();
    eps = nonNegative("eps", value);
    return this;
  }

  /**
   * Sets the L2 penalty.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Adagrad weightDecay(double value) {
    setDefaultWeightDecay(value);
    return this;
  }

  @Override
  SparseUse rows(ParamGroup group) {
    checkSparse(group);
    return SparseUse.ROWS_ALONE;
  }

  @Override
  Adagrad self() {
    return this;
  }

  @Override
  List<String> keptNames() {
    return List.of(STEP);
  }

  @Override
  List<Expr> numbers(List<Expr> kept, List<Expr> hyper, ParamGroup group) {
    Expr before = kept.getFirst();
    Expr rate = hyper.get(LR).div(before.mul((float) lrDecay).add(1));
    return List.of(before.add(1), rate);
  }

  @Override
  int sharedCount() {
    return 1;
  }

  @Override
  List<Expr> step(Element e, ParamGroup group) {
    Expr g = penalised(e, group);
    Expr sum = e.state().getFirst().add(g.square());
    Expr denominator = sum.sqrt().add((float) eps);
    return List.of(e.p().sub(e.numbers().getFirst().mul(g).div(denominator)), sum);
  }

  @Override
  double firstState() {
    return initialAccumulatorValue;
  }

  @Override
  List<String> stateNames() {
    return List.of("sum");
  }

  @Override
  public String toString() {
    return described(
        "lr decay %s, initial accumulator %s, eps %s"
            .formatted(lrDecay, initialAccumulatorValue, eps));
  }
}
