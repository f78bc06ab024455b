package io.cortado.optim;

import io.cortado.DType;
import io.cortado.Scope;
import io.cortado.Shape;
import io.cortado.backend.Buffer;
import io.cortado.nn.Parameter;
import io.cortado.nn.ParameterStore;
import io.cortado.pointwise.Expr;
import java.util.ArrayList;
import java.util.List;

/**
 * Momentum whose direction is made orthogonal, for the matrices of hidden layers.
 *
 * <pre>
 *   b = momentum b + (1 - momentum) gradient
 *   u = nesterov ? momentum b + (1 - momentum) gradient : b
 *   p = p - lr weightDecay p - lr ratio NewtonSchulz(u)
 *   ratio = sqrt(max(1, rows / columns))      (or 0.2 sqrt(max(rows, columns)))
 * </pre>
 *
 * <p>Newton-Schulz' iteration, of {@code x = u / |u|}, brings all singular values near 1: {@code x
 * = a x + (b x x' + c (x x')^2) x}. PyTorch computes it in bfloat16; here it has the device's
 * {@link io.cortado.backend.MathPrecision}.
 *
 * <p>Only matrices can be changed so. A model's other parameters, and by custom its embedding and
 * its output layer, are another optimizer's:
 *
 * {@snippet :
 * Optimizer matrices = new Muon(0.02).attach(model, p -> p.shape().rank() == 2);
 * Optimizer others = new AdamW(1e-3).attach(model, p -> p.shape().rank() != 2);
 * }
 *
 * @see <a href="https://kellerjordan.github.io/posts/muon/">Jordan, Muon (2024)</a>
 * @see <a href="https://arxiv.org/abs/2502.16982">Liu et al., Muon is Scalable for LLM Training
 *     (2025), for the other ratio</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.Muon.html">torch.optim.Muon</a>
 */
public final class Muon extends ProgramOptimizer<Muon> {

  private static final int TOO_MANY_STEPS = 100;

  /** What the learning rate is multiplied by for a matrix's shape. */
  public enum AdjustLr {
    /** {@code sqrt(max(1, rows / columns))}. */
    ORIGINAL,
    /** {@code 0.2 sqrt(max(rows, columns))}, which makes steps as large as AdamW's. */
    MATCH_RMS_ADAMW;

    double ratio(int rows, int columns) {
      return switch (this) {
        case ORIGINAL -> Math.sqrt(Math.max(1, (double) rows / columns));
        case MATCH_RMS_ADAMW -> 0.2 * Math.sqrt(Math.max(rows, columns));
      };
    }
  }

  private double momentum = 0.95;
  private boolean nesterov = true;
  private double[] coefficients = {3.4445, -4.7750, 2.0315};
  private double eps = 1e-7;
  private int nsSteps = 5;
  private AdjustLr adjust = AdjustLr.ORIGINAL;
  private List<Buffer> buffers = List.of();
  private List<Buffer> scratch = List.of();

  /** Makes an optimizer with PyTorch's defaults and learning rate, 1e-3. */
  public Muon() {
    this(1e-3);
  }

  /**
   * Makes an optimizer with PyTorch's defaults: momentum 0.95 by Nesterov, weight decay 0.1, five
   * iterations.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public Muon(double lr) {
    super(lr);
    setDefaultWeightDecay(0.1);
  }

  /**
   * Sets how slowly the running mean of gradients forgets; at first 0.95.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Muon momentum(double value) {
    checkDetached();
    momentum = nonNegative("momentum", value);
    return this;
  }

  /** Takes the gradient a step ahead, as at first. */
  public Muon nesterov(boolean on) {
    checkDetached();
    nesterov = on;
    return this;
  }

  /** Sets the coefficients of the iteration; at first 3.4445, -4.775 and 2.0315. */
  public Muon nsCoefficients(double a, double b, double c) {
    checkDetached();
    coefficients = new double[] {a, b, c};
    return this;
  }

  /**
   * Sets how many iterations are made; at first 5.
   *
   * @throws IllegalArgumentException if it is not from 0 to 99
   */
  public Muon nsSteps(int count) {
    checkDetached();
    if (count < 0 || count >= TOO_MANY_STEPS) {
      throw OptionChecks.wrong("Muon", "number of iterations", count, "from 0 to 99; 5 is usual");
    }
    nsSteps = count;
    return this;
  }

  /**
   * Sets the smallest norm that a direction is divided by; at first 1e-7.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Muon eps(double value) {
    checkDetached();
    eps = nonNegative("eps", value);
    return this;
  }

  /** Sets what the learning rate is multiplied by for a matrix's shape; at first the original. */
  public Muon adjustLr(AdjustLr how) {
    checkDetached();
    adjust = how;
    return this;
  }

  /**
   * Sets the decoupled weight decay; at first 0.1.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Muon weightDecay(double value) {
    setDefaultWeightDecay(value);
    return this;
  }

  @Override
  Muon self() {
    return this;
  }

  @Override
  void check(Parameter p) {
    if (p.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "Muon: parameter %s %s is no matrix; attach Muon to the matrices alone, by attach(model, p -> p.shape().rank() == 2), and AdamW, for example, to the others"
              .formatted(p.name(), p.shape()));
    }
  }

  @Override
  void allocate(ParameterStore s) {
    buffers = List.of(zeros(s));
    long largest = 1;
    long gram = 1;
    for (int i = 0; i < s.parameters().size(); i++) {
      Shape shape = s.parameters().get(i).shape();
      if (owns(i)) {
        largest = Math.max(largest, shape.size());
        long side = Math.min(shape.dim(0), shape.dim(1));
        gram = Math.max(gram, side * side);
      }
    }
    Scope root = s.device().root();
    List<Buffer> made = new ArrayList<>(List.of(zeros(s)));
    for (long length : new long[] {largest, largest, gram, gram, 1}) {
      made.add(root.scratch(DType.FLOAT32, length));
    }
    scratch = List.copyOf(made);
  }

  @Override
  List<RunCalls.Call> calls(Run run, ParamGroup group) {
    Buffer directions = scratch.getFirst();
    List<RunCalls.Call> calls = new ArrayList<>();
    calls.add(directionsCall(run, group));
    List<Parameter> ps = store().parameters();
    for (int i = run.first; i < run.end; i++) {
      Parameter p = ps.get(i);
      long size = p.shape().size();
      Buffer direction = run.backend().slice(directions, p.offset(), size);
      NewtonSchulz iteration =
          new NewtonSchulz(p.shape(), coefficients, eps, nsSteps, scratch.subList(1, 6));
      calls.addAll(iteration.calls(direction));
      calls.add(stepCall(run, p, iteration.result()));
    }
    return calls;
  }

  /** Brings the momentum up to date, and writes each direction. */
  private RunCalls.Call directionsCall(Run run, ParamGroup group) {
    Shape shape = run.shape();
    Buffer momentumBuffer = run.state.getFirst();
    long offset = store().parameters().get(run.first).offset();
    Buffer directions = run.backend().slice(scratch.getFirst(), offset, run.size);
    double keep = momentum(group);
    return RunCalls.update(
        shape,
        run.skip,
        List.of(0),
        List.of(
            new RunCalls.Input(momentumBuffer, shape), new RunCalls.Input(run.gradients, shape)),
        in -> {
          Expr b = mean(keep, in.get(0), in.get(1));
          return List.of(b, nesterov ? mean(keep, b, in.get(1)) : b);
        },
        List.of(momentumBuffer, directions));
  }

  private RunCalls.Call stepCall(Run run, Parameter p, Buffer orthogonal) {
    Shape shape = p.shape();
    Buffer value = p.value().buffer();
    float ratio = (float) adjust.ratio(shape.dim(0), shape.dim(1));
    List<RunCalls.Input> inputs = new ArrayList<>();
    inputs.add(new RunCalls.Input(value, shape));
    inputs.add(new RunCalls.Input(orthogonal, shape));
    inputs.addAll(RunCalls.Input.numbers(run.hypers()));
    return RunCalls.update(
        shape,
        run.skip,
        List.of(0),
        inputs,
        in ->
            List.of(
                in.get(0)
                    .mul(in.get(2 + DECAY_FACTOR))
                    .sub(in.get(2 + LR).mul(ratio).mul(in.get(1)))),
        List.of(value));
  }

  @Override
  double ownMomentum() {
    return momentum;
  }

  @Override
  int hyperCount() {
    return 2;
  }

  @Override
  List<Buffer> stateBuffers() {
    return buffers;
  }

  @Override
  List<String> stateNames() {
    return List.of("momentum_buffer");
  }

  @Override
  public String toString() {
    return "Muon(lr %s, momentum %s%s, %d iterations)"
        .formatted(lr(), momentum, nesterov ? " by Nesterov" : "", nsSteps);
  }
}
