package io.cortado.optim;

import io.cortado.Shape;
import io.cortado.autograd.Fused;
import io.cortado.backend.Buffer;
import io.cortado.nn.ParameterStore;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import java.util.ArrayList;
import java.util.List;

/**
 * An optimizer whose step is a formula for one element, which runs in one pass over the flat
 * buffers.
 *
 * <p>What all elements share and a step changes, such as a bias correction, is computed on the
 * device too, by a program of one element before: a step may be skipped there, or be replayed, and
 * the host knows neither. The step's number is a float there, as in PyTorch's capturable
 * optimizers: it stays at 2^24 (16.8 million) where that is reached, when corrections by it have
 * long become 1.
 *
 * @param <O> the optimizer itself
 */
abstract class PointwiseOptimizer<O extends PointwiseOptimizer<O>> extends Optimizer {

  /** Index of the learning rate among the hyper-parameters. */
  static final int LR = 0;

  /** Index of {@code 1 - lr weightDecay}, by which parameters shrink where that is decoupled. */
  static final int DECAY_FACTOR = 1;

  private static final int FLOATS_OF_A_ROW = 64; // a run is a multiple of it

  private boolean maximize;
  private List<Buffer> buffers = List.of();

  PointwiseOptimizer(double lr) {
    super(lr);
  }

  /**
   * What the formula of one element reads.
   *
   * @param p the parameter
   * @param gradient as the backward pass left it
   * @param state in the order of {@link #stateNames}
   * @param numbers those that {@link #numbers} shares; the hyper-parameters where none are kept
   */
  record Element(Expr p, Expr gradient, List<Expr> state, List<Expr> numbers) {}

  /** Returns this. */
  abstract O self();

  /** Returns the new parameter, then the new state. */
  abstract List<Expr> step(Element e, ParamGroup group);

  /**
   * Returns the new values of the numbers that are kept, then those that {@link #step} reads.
   *
   * @param kept in the order of {@link #keptNames}
   * @param hyper the numbers that the host sets
   */
  List<Expr> numbers(List<Expr> kept, List<Expr> hyper, ParamGroup group) {
    return List.of();
  }

  /** Returns what a state buffer is filled with at first. */
  double firstState(int index) {
    return 0;
  }

  /** Goes up the gradient rather than down. */
  public O maximize(boolean on) {
    checkDetached();
    maximize = on;
    return self();
  }

  final boolean maximizes() {
    return maximize;
  }

  /** Returns the gradient that is gone down. */
  final Expr descent(Element e) {
    return maximize ? e.gradient().neg() : e.gradient();
  }

  /** Returns that gradient with an L2 penalty's added. */
  final Expr penalised(Element e, ParamGroup group) {
    Expr g = descent(e);
    return group.weightDecay() == 0 ? g : g.add(e.p().mul((float) group.weightDecay()));
  }

  /** Returns {@code 1 - beta^step}, exact where that is small. */
  static Expr correction(double beta, Expr step) {
    return step.mul((float) Math.log(beta)).expm1().neg();
  }

  /** Returns {@code keep old + (1 - keep) x}. */
  static Expr mean(double keep, Expr old, Expr x) {
    return old.mul((float) keep).add(x.mul((float) (1 - keep)));
  }

  @Override
  void allocate(ParameterStore s) {
    List<Buffer> made = new ArrayList<>();
    for (int i = 0; i < stateNames().size(); i++) {
      Buffer b = zeros(s);
      if (firstState(i) != 0) {
        s.device().backend().fill(b, s.size(), (float) firstState(i));
      }
      made.add(b);
    }
    buffers = List.copyOf(made);
  }

  @Override
  void prepare(Run run, ParamGroup group) {
    run.hyper(LR, group.lr());
    if (hyperCount() > DECAY_FACTOR) {
      run.hyper(DECAY_FACTOR, 1 - group.lr() * group.weightDecay());
    }
  }

  @Override
  int hyperCount() {
    return 1;
  }

  @Override
  final List<Buffer> stateBuffers() {
    return buffers;
  }

  @Override
  void update(Run run, ParamGroup group) {
    double momentum = momentum(group);
    PointwiseCalls calls = run.calls;
    if (calls == null || !calls.isOf(momentum, run.skip)) {
      calls = new PointwiseCalls(momentum, run.skip, calls(run, group));
      run.calls = calls;
    }
    calls.run(run.backend());
  }

  private List<PointwiseCalls.Call> calls(Run run, ParamGroup group) {
    List<PointwiseCalls.Call> calls = new ArrayList<>();
    if (!keptNames().isEmpty()) {
      calls.add(numbersCall(run, group));
    }
    calls.add(stepCall(run, group));
    return List.copyOf(calls);
  }

  /** Returns what a skipped step leaves of some values: each as it was. */
  private static List<Expr> unless(Expr skip, List<Expr> old, List<Expr> changed) {
    List<Expr> all = new ArrayList<>();
    for (int i = 0; i < changed.size(); i++) {
      all.add(i < old.size() ? skip.where(old.get(i), changed.get(i)) : changed.get(i));
    }
    return all;
  }

  private PointwiseCalls.Call numbersCall(Run run, ParamGroup group) {
    int keeps = keptNames().size();
    int inputs = keeps + hyperCount();
    Buffer skip = run.skip;
    Fused.Program program =
        Pointwise.program(
            skip == null ? inputs : inputs + 1,
            in -> {
              List<Expr> old = in.subList(0, keeps);
              List<Expr> results = numbers(old, in.subList(keeps, inputs), group);
              return skip == null ? results : unless(in.get(inputs), old, results);
            });
    List<Buffer> single = new ArrayList<>(run.numbers.subList(0, keeps));
    single.addAll(run.hypers());
    if (skip != null) {
      single.add(skip);
    }
    return PointwiseCalls.Call.of(
        program, Shape.scalar(), List.of(), single, run.numbers.toArray(Buffer[]::new));
  }

  private PointwiseCalls.Call stepCall(Run run, ParamGroup group) {
    int states = buffers.size();
    List<Buffer> full = new ArrayList<>(List.of(run.values, run.gradients));
    full.addAll(run.state);
    int keeps = keptNames().size();
    List<Buffer> single =
        new ArrayList<>(
            keeps == 0 ? run.hypers() : run.numbers.subList(keeps, run.numbers.size()));
    Buffer skip = run.skip;
    int inputs = full.size() + single.size();
    Fused.Program program =
        Pointwise.program(
            skip == null ? inputs : inputs + 1,
            in -> {
              Element e =
                  new Element(
                      in.get(0),
                      in.get(1),
                      in.subList(2, 2 + states),
                      in.subList(2 + states, inputs));
              List<Expr> old = new ArrayList<>(List.of(e.p()));
              old.addAll(e.state());
              List<Expr> results = step(e, group);
              return skip == null ? results : unless(in.get(inputs), old, results);
            });
    if (skip != null) {
      single.add(skip);
    }
    List<Buffer> out = new ArrayList<>(List.of(run.values));
    out.addAll(run.state);
    return PointwiseCalls.Call.of(
        program,
        Shape.of(Math.toIntExact(run.size / FLOATS_OF_A_ROW), FLOATS_OF_A_ROW),
        full,
        single,
        out.toArray(Buffer[]::new));
  }

  /** Returns the optimizer's name and what it was made with. */
  final String described(String options) {
    return "%s(lr %s%s%s)"
        .formatted(
            getClass().getSimpleName(),
            lr(),
            options.isEmpty() ? "" : ", " + options,
            maximize ? ", maximize" : "");
  }
}
