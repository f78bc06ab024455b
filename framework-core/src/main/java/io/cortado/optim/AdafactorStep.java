package io.cortado.optim;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.pointwise.Expr;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Adafactor's step of one parameter. */
final class AdafactorStep {

  private static final Shape ONE = Shape.scalar();

  private final Shape shape;
  private final Buffer value;
  private final Buffer gradient;
  private final Map<String, Tensor> state;
  private final Run run;
  private final boolean maximize;
  private final Buffer update;
  private final Buffer squares;
  private final Buffer lines;
  private final Buffer meanOfRows;
  private final Buffer ofValue;
  private final Buffer ofUpdate;
  private final Buffer rate;
  private final List<RunCalls.Call> calls = new ArrayList<>();

  /**
   * Makes the step.
   *
   * @param scratch two buffers of the parameter's size, two of its state's, three numbers
   */
  AdafactorStep(
      Shape shape,
      Buffer value,
      Buffer gradient,
      Map<String, Tensor> state,
      Run run,
      List<Buffer> scratch,
      boolean maximize) {
    this.shape = shape;
    this.value = value;
    this.gradient = gradient;
    this.state = state;
    this.run = run;
    this.maximize = maximize;
    update = scratch.get(0);
    squares = scratch.get(1);
    lines = scratch.get(2);
    meanOfRows = scratch.get(3);
    ofValue = scratch.get(4);
    ofUpdate = scratch.get(5);
    rate = scratch.get(6);
  }

  /** Returns its calls, in order. */
  List<RunCalls.Call> calls(double eps1, double eps2, double d) {
    calls.add(
        RunCalls.program(
            shape,
            List.of(full(value), full(gradient)),
            in -> List.of(in.get(0).square(), in.get(1).square()),
            List.of(update, squares)));
    reduce(ReduceOp.MEAN, shape, update, ONE, ofValue);
    Tensor variance = state.get("variance");
    if (variance == null) {
      factored(eps1);
    } else {
      whole(variance, eps1);
    }
    reduce(ReduceOp.MEAN, shape, squares, ONE, ofUpdate);
    calls.add(
        RunCalls.program(
            ONE,
            RunCalls.Input.numbers(List.of(ofValue, ofUpdate, number(1))),
            in -> {
              Expr size = in.get(0).sqrt().maximum(Expr.of((float) eps2));
              Expr tooLarge = in.get(1).sqrt().div((float) d).maximum(Expr.of(1));
              return List.of(size.mul(in.get(2)).div(tooLarge));
            },
            List.of(rate)));
    calls.add(
        RunCalls.update(
            shape,
            run.skip,
            List.of(0),
            List.of(full(value), full(update), one(rate), one(number(2))),
            in -> List.of(in.get(0).mul(in.get(3)).sub(in.get(2).mul(in.get(1)))),
            List.of(value)));
    return calls;
  }

  private void whole(Tensor variance, double eps1) {
    calls.add(
        RunCalls.update(
            shape,
            run.skip,
            List.of(0),
            List.of(full(variance.buffer()), full(gradient), one(number(0))),
            in -> {
              Expr old = in.get(0);
              Expr v = old.add(in.get(2).mul(in.get(1).square().sub(old)));
              return withSquare(v, in.get(1), eps1, v);
            },
            List.of(variance.buffer(), update, squares)));
  }

  private void factored(double eps1) {
    Tensor rows = blend("row_var");
    Tensor columns = blend("col_var");
    Shape each = Adafactor.meanOver(rows.shape(), shape.rank() - 2);
    reduce(ReduceOp.MEAN, rows.shape(), rows.buffer(), each, meanOfRows);
    calls.add(
        RunCalls.program(
            shape,
            List.of(
                new RunCalls.Input(rows.buffer(), rows.shape()),
                full(gradient),
                new RunCalls.Input(columns.buffer(), columns.shape()),
                new RunCalls.Input(meanOfRows, each)),
            in -> {
              Expr mean = in.get(3).maximum(Expr.of((float) eps1));
              Expr v = in.get(0).mul(in.get(2)).div(mean);
              return withSquare(v, in.get(1), eps1);
            },
            List.of(update, squares)));
  }

  /** Returns some values, then the update for a second moment, and the update's square. */
  private List<Expr> withSquare(Expr variance, Expr g, double eps1, Expr... before) {
    Expr down = maximize ? g.neg() : g;
    Expr u = variance.maximum(Expr.of((float) (eps1 * eps1))).rsqrt().mul(down);
    List<Expr> results = new ArrayList<>(List.of(before));
    results.add(u);
    results.add(u.square());
    return results;
  }

  /** Moves a factor towards the mean of the squares that it stands for. */
  private Tensor blend(String name) {
    Tensor factor = state.get(name);
    if (factor == null) {
      throw new IllegalStateException("Adafactor: no state " + name + " of " + shape);
    }
    Shape s = factor.shape();
    reduce(ReduceOp.MEAN, shape, squares, s, lines);
    calls.add(
        RunCalls.update(
            s,
            run.skip,
            List.of(0),
            List.of(
                new RunCalls.Input(factor.buffer(), s),
                new RunCalls.Input(lines, s),
                one(number(0))),
            in -> {
              Expr old = in.get(0);
              return List.of(old.add(in.get(2).mul(in.get(1).sub(old))));
            },
            List.of(factor.buffer())));
    return factor;
  }

  private void reduce(ReduceOp op, Shape from, Buffer x, Shape to, Buffer y) {
    ReduceSpec spec = new ReduceSpec(op, from, to);
    calls.add(backend -> backend.reduce(spec, x, 0, y));
  }

  private RunCalls.Input full(Buffer b) {
    return new RunCalls.Input(b, shape);
  }

  private static RunCalls.Input one(Buffer b) {
    return new RunCalls.Input(b, ONE);
  }

  /** Returns one of the numbers that {@link Adafactor#numbers} shares. */
  private Buffer number(int index) {
    return run.numbers.get(1 + index);
  }
}
