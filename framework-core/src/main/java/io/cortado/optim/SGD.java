package io.cortado.optim;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.pointwise.Expr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stochastic gradient descent, with momentum as an option.
 *
 * <pre>
 *   g = gradient + weightDecay p      (-gradient + weightDecay p to maximize)
 *   b = momentum b + (1 - dampening) g      (b = g at the first step)
 *   p = p - lr (nesterov ? g + momentum b : b)
 * </pre>
 *
 * <p>A gradient that lists its rows, {@link io.cortado.nn.Embedding#sparse}, changes these alone
 * where there is no momentum. With momentum all rows move on, as in PyTorch; weight decay is
 * refused.
 *
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.optim.SGD.html">torch.optim.SGD</a>
 */
public final class SGD extends PointwiseOptimizer<SGD> {

  private double momentum;
  private double dampening;
  private boolean nesterov;
  private @Nullable SgdSpec lastSpec;

  /** Makes an optimizer without momentum, of PyTorch's learning rate, 1e-3. */
  public SGD() {
    this(1e-3);
  }

  /**
   * Makes an optimizer without momentum.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public SGD(double lr) {
    super(lr);
  }

  /** Sets how much of the last direction is kept. */
  public SGD momentum(double m) {
    checkDetached();
    momentum = nonNegative("momentum", m);
    return this;
  }

  /** Sets how much of a new gradient is left out of the direction. */
  public SGD dampening(double d) {
    checkDetached();
    dampening = nonNegative("dampening", d);
    return this;
  }

  /** Takes the gradient a step ahead; needs momentum and no dampening. */
  public SGD nesterov(boolean on) {
    checkDetached();
    nesterov = on;
    return this;
  }

  /** Sets the L2 penalty. */
  public SGD weightDecay(double wd) {
    setDefaultWeightDecay(wd);
    return this;
  }

  @Override
  SparseUse rows(ParamGroup group) {
    checkSparse(group);
    return momentum == 0 ? SparseUse.ROWS_ALONE : SparseUse.AS_DENSE;
  }

  @Override
  SGD self() {
    return this;
  }

  @Override
  void check() {
    if (nesterov && (momentum <= 0 || dampening != 0)) {
      throw new IllegalArgumentException(
          "SGD: Nesterov's momentum needs momentum above 0 and dampening 0; they are "
              + momentum
              + " and "
              + dampening);
    }
  }

  @Override
  void update(Run run, ParamGroup group) {
    if (maximizes() || run.rows != null) { // of which the backends have no kernel
      super.update(run, group);
      return;
    }
    Buffer buffer = run.state.isEmpty() ? null : run.state.get(0);
    run.backend()
        .sgd(
            spec(run.size, group),
            run.hyper(),
            buffer == null ? null : run.nextStep(),
            run.skip,
            run.values,
            run.gradients,
            buffer);
  }

  private SgdSpec spec(long n, ParamGroup group) {
    float m = (float) momentum(group);
    float decay = (float) group.weightDecay();
    SgdSpec s = lastSpec;
    if (s == null || s.n() != n || s.weightDecay() != decay || s.momentum() != m) {
      s = new SgdSpec(n, m, (float) dampening, decay, nesterov);
      lastSpec = s;
    }
    return s;
  }

  @Override
  List<Expr> numbers(List<Expr> kept, List<Expr> hyper, ParamGroup group) {
    Expr t = kept.getFirst().add(1);
    return List.of(t, hyper.get(LR), t.eq(1));
  }

  @Override
  List<Expr> step(Element e, ParamGroup group) {
    Expr g = penalised(e, group);
    Expr lr = e.numbers().get(0);
    if (momentum == 0) {
      return List.of(e.p().sub(lr.mul(g)));
    }
    float m = (float) momentum(group);
    Expr going = e.state().getFirst().mul(m).add(g.mul((float) (1 - dampening)));
    Expr b = e.numbers().get(1).where(g, going);
    return List.of(e.p().sub(lr.mul(nesterov ? g.add(b.mul(m)) : b)), b);
  }

  @Override
  double ownMomentum() {
    return momentum;
  }

  @Override
  boolean countsSteps() {
    return momentum != 0 && !maximizes();
  }

  @Override
  List<String> keptNames() {
    return momentum != 0 && maximizes() ? List.of(STEP) : List.of();
  }

  @Override
  int sharedCount() {
    return momentum != 0 && maximizes() ? 2 : 0;
  }

  @Override
  List<String> stateNames() {
    return momentum == 0 ? List.of() : List.of("momentum_buffer");
  }

  @Override
  public String toString() {
    return described("momentum " + momentum + (nesterov ? ", nesterov" : ""));
  }
}
