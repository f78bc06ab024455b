package io.cortado.optim;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.nn.ParameterStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stochastic gradient descent, with momentum as an option.
 *
 * <pre>
 *   g = gradient + weightDecay p
 *   b = momentum b + (1 - dampening) g      (b = g at the first step)
 *   p = p - lr (nesterov ? g + momentum b : b)
 * </pre>
 *
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.optim.SGD.html">torch.optim.SGD</a>
 */
public final class SGD extends Optimizer {

  private double momentum;
  private double dampening;
  private boolean nesterov;
  private @Nullable Buffer direction;
  private @Nullable SgdSpec lastSpec;

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
    momentum = checkNonNegative("momentum", m);
    return this;
  }

  /** Sets how much of a new gradient is left out of the direction. */
  public SGD dampening(double d) {
    checkDetached();
    dampening = checkNonNegative("dampening", d);
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
  void allocate(ParameterStore s) {
    if (nesterov && (momentum <= 0 || dampening != 0)) {
      throw new IllegalArgumentException(
          "Nesterov's momentum needs momentum above 0 and dampening 0; they are "
              + momentum
              + " and "
              + dampening);
    }
    direction = momentum == 0 ? null : zeros(s);
  }

  @Override
  void prepare(Run run, ParamGroup group) {
    run.hyper(SgdSpec.LR, group.lr());
  }

  @Override
  void update(Run run, ParamGroup group) {
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
  double ownMomentum() {
    return momentum;
  }

  @Override
  boolean countsSteps() {
    return direction != null;
  }

  @Override
  int hyperCount() {
    return SgdSpec.COUNT;
  }

  @Override
  List<Buffer> stateBuffers() {
    return direction == null ? List.of() : List.of(direction);
  }

  @Override
  public String toString() {
    return "SGD(lr " + lr() + ", momentum " + momentum + (nesterov ? ", nesterov)" : ")");
  }
}
