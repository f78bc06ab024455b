package io.cortado.optim;

import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Buffer;
import io.cortado.nn.Parameter;
import io.cortado.nn.ParameterStore;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Newton's method with an inverse Hessian out of the last changes of gradient and parameters.
 *
 * <pre>
 *   d = -H gradient,   p = p + t d,   H from the pairs y = change of gradient, s = change of p
 * </pre>
 *
 * <p>For smooth problems whose loss is of all data at once; noise of batches spoils the Hessian. A
 * step makes several iterations, and computes the loss in each at least once:
 *
 * {@snippet :
 * LBFGS optimizer = new LBFGS().strongWolfe(true);
 * optimizer.attach(model);
 * double loss =
 *     optimizer.step(
 *         () -> {
 *           Tensor value = mse().forward(model.forward(x), y);
 *           value.backward();
 *           return value;
 *         });
 * }
 *
 * <p>There is one group of parameters, no weight decay, no loss scaling, and no recorded step. The
 * history takes twice its length times the memory of the parameters.
 *
 * @see <a href="https://doi.org/10.1007/BF01589116">Liu and Nocedal, On the Limited Memory BFGS
 *     Method (1989)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.LBFGS.html">torch.optim.LBFGS</a>
 */
public final class LBFGS extends Optimizer {

  private int maxIter = 20;
  private @Nullable Integer maxEval;
  private double toleranceGrad = 1e-7;
  private double toleranceChange = 1e-9;
  private int historySize = 100;
  private boolean strongWolfe;
  private @Nullable LbfgsMemory memory;

  /** Makes an optimizer with PyTorch's defaults and learning rate, 1. */
  public LBFGS() {
    this(1);
  }

  /**
   * Makes an optimizer with PyTorch's defaults: 20 iterations and 25 evaluations a step, a history
   * of 100, tolerances 1e-7 and 1e-9, no line search.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public LBFGS(double lr) {
    super(lr);
  }

  /**
   * Sets how many iterations a step makes at most; at first 20.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public LBFGS maxIter(int count) {
    checkDetached();
    maxIter = OptionChecks.atLeastOne("LBFGS", "number of iterations", count);
    return this;
  }

  /**
   * Sets after how many evaluations of the loss a step ends; at first 5/4 of the iterations.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public LBFGS maxEval(int count) {
    checkDetached();
    maxEval = OptionChecks.atLeastOne("LBFGS", "number of evaluations", count);
    return this;
  }

  /**
   * Sets below which largest gradient a step ends; at first 1e-7.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public LBFGS toleranceGrad(double value) {
    checkDetached();
    toleranceGrad = nonNegative("tolerance of the gradient", value);
    return this;
  }

  /**
   * Sets below which change of loss or parameters a step ends; at first 1e-9.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public LBFGS toleranceChange(double value) {
    checkDetached();
    toleranceChange = nonNegative("tolerance of changes", value);
    return this;
  }

  /**
   * Sets how many pairs of changes are kept; at first 100.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public LBFGS historySize(int count) {
    checkDetached();
    historySize = OptionChecks.atLeastOne("LBFGS", "history size", count);
    return this;
  }

  /**
   * Searches for a step that fulfils the strong Wolfe conditions, instead of one of the learning
   * rate's length; PyTorch's {@code line_search_fn="strong_wolfe"}.
   */
  public LBFGS strongWolfe(boolean on) {
    checkDetached();
    strongWolfe = on;
    return this;
  }

  /**
   * Complains: there is one group only.
   *
   * @throws IllegalArgumentException always
   */
  @Override
  public Optimizer group(Predicate<Parameter> members, double lr, double weightDecay) {
    throw new IllegalArgumentException(
        "LBFGS: a group with a learning rate of %s and a weight decay of %s was given, and all parameters are one group here; use another optimizer, or attach(model, which) for a part of the parameters"
            .formatted(lr, weightDecay));
  }

  @Override
  void checkStep() {
    throw new IllegalStateException(
        "LBFGS: a step computes the loss several times; call step(() -> { ...; loss.backward(); return loss; }), and use no GradScaler");
  }

  @Override
  void allocate(ParameterStore s) {
    memory = new LbfgsMemory(s, historySize, strongWolfe);
  }

  private LbfgsMemory memory() {
    LbfgsMemory m = memory;
    if (m == null) {
      throw new IllegalStateException("LBFGS has no model yet: call attach(model) first");
    }
    return m;
  }

  /**
   * Takes a step of several iterations.
   *
   * @param closure computes the loss, calls its backward pass, and returns it; runs in a step of
   *     the device of its own each time
   * @return the loss before the step
   * @throws IllegalStateException if a step is open on the device, or the closure left no gradient
   */
  public double step(Supplier<Tensor> closure) {
    LbfgsMemory m = memory();
    double before = evaluate(closure, m.gradient);
    int evaluations = 1;
    m.evaluations++;
    if (m.vectors.largestMagnitude(m.gradient) <= toleranceGrad) {
      return before;
    }
    int mostEvaluations = maxEval == null ? maxIter * 5 / 4 : maxEval;
    double loss = before;
    for (int i = 1; i <= maxIter; i++) {
      m.iterations++;
      m.chooseDirection();
      m.vectors.copy(m.gradient, m.previousGradient);
      double previous = loss;
      double slope = m.vectors.dot(m.gradient, m.direction);
      m.t = firstLength(m);
      if (slope > -toleranceChange) {
        break;
      }
      int counted = 0;
      if (strongWolfe) {
        StrongWolfe.Point found = search(closure, m, loss, slope);
        counted = m.searched;
        loss = found.loss();
        m.t = (float) found.t();
        if (found.gradient() != m.gradient) {
          m.vectors.copy(found.gradient(), m.gradient);
        }
        move(m, m.t);
      } else {
        m.vectors.copy(store().values(), m.start);
        move(m, m.t);
        if (i != maxIter) {
          loss = evaluate(closure, m.gradient);
          counted = 1;
        }
      }
      evaluations += counted;
      m.evaluations += counted;
      if (i == maxIter || evaluations >= mostEvaluations || isDone(m, loss, previous)) {
        break;
      }
    }
    return before;
  }

  private boolean isDone(LbfgsMemory m, double loss, double previous) {
    return m.vectors.largestMagnitude(m.gradient) <= toleranceGrad
        || m.vectors.largestMagnitude(m.direction) * Math.abs(m.t) <= toleranceChange
        || Math.abs(loss - previous) < toleranceChange;
  }

  private float firstLength(LbfgsMemory m) {
    double length = m.iterations == 1 ? Math.min(1, 1 / m.vectors.sumOfMagnitudes(m.gradient)) : 1;
    return (float) (length * lr());
  }

  private StrongWolfe.Point search(
      Supplier<Tensor> closure, LbfgsMemory m, double loss, double slope) {
    m.vectors.copy(store().values(), m.start);
    StrongWolfe search =
        new StrongWolfe(
            (t, gradient) -> {
              move(m, t);
              double there = evaluate(closure, gradient);
              return new StrongWolfe.Point(
                  t, there, m.vectors.dot(gradient, m.direction), gradient);
            },
            new StrongWolfe.Point(0, loss, slope, m.gradient),
            m.vectors.largestMagnitude(m.direction),
            toleranceChange,
            m.searchGradients);
    StrongWolfe.Point found = search.search(m.t);
    m.searched = search.evaluations();
    return found;
  }

  /** Puts the parameters where the iteration began, and some way along the direction. */
  private void move(LbfgsMemory m, double t) {
    m.vectors.copy(m.start, store().values());
    m.vectors.axpby(t, m.direction, 1, store().values());
    List<Parameter> ps = store().parameters();
    for (int i = 0; i < ps.size(); i++) {
      ps.get(i).value().markOverwritten();
    }
  }

  /** Returns the loss, and copies its gradient; parameters without one have 0. */
  private double evaluate(Supplier<Tensor> closure, Buffer gradient) {
    ParameterStore s = store();
    zeroGrad();
    double loss;
    try (Step _ = s.device().step()) {
      loss = closure.get().item();
    }
    if (!s.hasGradients()) {
      throw new IllegalStateException(
          "LBFGS: the closure left no gradient; call backward() on the loss before it is returned");
    }
    s.zeroUnwritten();
    memory().vectors.copy(s.gradients(), gradient);
    for (int i = 0; i < s.parameters().size(); i++) {
      if (!owns(i)) {
        Parameter p = s.parameters().get(i);
        Buffer slice = s.device().backend().slice(gradient, p.offset(), p.shape().size());
        s.device().backend().fill(slice, p.shape().size(), 0);
      }
    }
    zeroGrad();
    return loss;
  }

  @Override
  Map<String, Tensor> ownState(int parameter) {
    for (int i = 0; i < parameter; i++) {
      if (owns(i)) {
        return Map.of(); // that of all is with the first one, as in PyTorch
      }
    }
    return memory().tensors();
  }

  @Override
  void stateToTensors() {
    memory().toTensors();
  }

  @Override
  void stateFromTensors() {
    memory().fromTensors();
  }

  @Override
  public String toString() {
    return "LBFGS(lr %s, %d iterations, history %d%s)"
        .formatted(lr(), maxIter, historySize, strongWolfe ? ", strong Wolfe" : "");
  }
}
