package io.cortado.optim;

import io.cortado.Shape;
import io.cortado.backend.Buffer;
import io.cortado.nn.ParameterStore;
import io.cortado.pointwise.Expr;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An optimizer whose step is a formula for one element, which runs in one pass over the flat
 * buffers.
 *
 * @param <O> the optimizer itself
 */
abstract class PointwiseOptimizer<O extends PointwiseOptimizer<O>> extends ProgramOptimizer<O> {

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

  /** Returns the new parameter, then the new state. */
  abstract List<Expr> step(Element e, ParamGroup group);

  /** Returns what a state buffer is filled with at first. */
  double firstState() {
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

  /** Complains about a weight decay, which would change rows without a gradient. */
  final void checkSparse(ParamGroup group) {
    if (group.weightDecay() != 0) {
      throw new IllegalArgumentException(
          "%s: weight decay %s is not compatible with sparse gradients; set it to 0 for the table's group, or make the layer without sparse"
              .formatted(name(), group.weightDecay()));
    }
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

  @Override
  final void allocate(ParameterStore s) {
    List<Buffer> made = new ArrayList<>();
    for (int i = 0; i < stateNames().size(); i++) {
      Buffer b = zeros(s);
      if (firstState() != 0) {
        s.device().backend().fill(b, s.size(), (float) firstState());
      }
      made.add(b);
    }
    buffers = List.copyOf(made);
  }

  @Override
  final List<Buffer> stateBuffers() {
    return buffers;
  }

  @Override
  final List<RunCalls.Call> calls(Run run, ParamGroup group) {
    List<RunCalls.Call> calls = new ArrayList<>();
    if (!keptNames().isEmpty()) {
      calls.add(numbersCall(run, group));
    }
    RowsStep rows = run.rows;
    if (rows == null) {
      calls.add(stepCall(run, group));
    } else if (rows.count() > 0) {
      RunCalls.Call step = stepCall(run, group);
      calls.add(_ -> rows.load());
      calls.add(step);
      calls.add(_ -> rows.store());
    }
    return calls;
  }

  private RunCalls.Call stepCall(Run run, ParamGroup group) {
    Shape shape = run.stepShape();
    List<Buffer> buffers = run.stepBuffers();
    List<RunCalls.Input> inputs = new ArrayList<>();
    buffers.forEach(b -> inputs.add(new RunCalls.Input(b, shape)));
    int keeps = keptNames().size();
    inputs.addAll(
        RunCalls.Input.numbers(
            keeps == 0 ? run.hypers() : run.numbers.subList(keeps, run.numbers.size())));
    int gradient = 1 + run.state.size();
    List<Buffer> outputs = buffers.subList(0, gradient);
    return RunCalls.update(
        shape,
        run.skip,
        IntStream.range(0, gradient).boxed().toList(),
        inputs,
        in ->
            step(
                new Element(
                    in.getFirst(),
                    in.get(gradient),
                    in.subList(1, gradient),
                    in.subList(gradient + 1, in.size())),
                group),
        outputs);
  }

  /** Returns the optimizer's name and what it was made with. */
  final String described(String options) {
    return "%s(lr %s, %s%s)".formatted(name(), lr(), options, maximize ? ", maximize" : "");
  }
}
