package io.cortado.optim;

import io.cortado.Shape;
import io.cortado.pointwise.Expr;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An optimizer whose step is made of pointwise programs.
 *
 * <p>What all elements share and a step changes, such as a bias correction, is computed on the
 * device too, by a program of one element before the others: a step may be skipped there, or be
 * replayed, and the host knows neither. The step's number is a float there, as in PyTorch's
 * capturable optimizers: it stays at 2^24 (16.8 million) where that is reached, when corrections by
 * it have long become 1.
 *
 * @param <O> the optimizer itself
 */
abstract class ProgramOptimizer<O extends ProgramOptimizer<O>> extends Optimizer {

  /** Index of the learning rate among the hyper-parameters. */
  static final int LR = 0;

  /** Index of {@code 1 - lr weightDecay}, by which parameters shrink where that is decoupled. */
  static final int DECAY_FACTOR = 1;

  ProgramOptimizer(double lr) {
    super(lr);
  }

  /** Returns this. */
  abstract O self();

  /**
   * Returns the new values of the numbers that are kept, then those that the step reads.
   *
   * @param kept in the order of {@link #keptNames}
   * @param hyper the numbers that the host sets
   */
  List<Expr> numbers(List<Expr> kept, List<Expr> hyper, ParamGroup group) {
    return List.of();
  }

  /** Returns the call that brings the numbers of a run up to date. */
  final RunCalls.Call numbersCall(Run run, ParamGroup group) {
    int keeps = keptNames().size();
    List<RunCalls.Input> inputs =
        RunCalls.Input.numbers(
            Stream.concat(run.numbers.subList(0, keeps).stream(), run.hypers().stream()).toList());
    return RunCalls.update(
        Shape.scalar(),
        run.skip,
        IntStream.range(0, keeps).boxed().toList(),
        inputs,
        in -> numbers(in.subList(0, keeps), in.subList(keeps, in.size()), group),
        run.numbers);
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
  final void prepare(Run run, ParamGroup group) {
    run.hyper(LR, group.lr());
    if (hyperCount() > DECAY_FACTOR) {
      run.hyper(DECAY_FACTOR, 1 - group.lr() * group.weightDecay());
    }
  }

  @Override
  int hyperCount() {
    return 1;
  }
}
