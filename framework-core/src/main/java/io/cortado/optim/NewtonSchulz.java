package io.cortado.optim;

import io.cortado.Shape;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import java.util.ArrayList;
import java.util.List;

/** The iteration that brings all singular values of a matrix near 1. */
final class NewtonSchulz {

  private final Shape shape;
  private final double[] coefficients;
  private final double eps;
  private final int steps;
  private final List<Buffer> scratch;

  /**
   * Makes the iteration.
   *
   * @param scratch two buffers of the matrix's size, two of its smaller side's square, one number
   */
  NewtonSchulz(Shape shape, double[] coefficients, double eps, int steps, List<Buffer> scratch) {
    this.shape = shape;
    this.coefficients = coefficients;
    this.eps = eps;
    this.steps = steps;
    this.scratch = scratch;
  }

  /** Returns where the result is. */
  Buffer result() {
    return scratch.get(steps % 2);
  }

  /** Returns the calls that compute it of a matrix, which stays as it is. */
  List<RunCalls.Call> calls(Buffer of) {
    List<RunCalls.Call> calls = new ArrayList<>();
    Buffer first = scratch.get(0);
    Buffer sum = scratch.get(4);
    calls.add(
        RunCalls.program(
            shape,
            List.of(new RunCalls.Input(of, shape)),
            in -> List.of(in.getFirst().square()),
            List.of(first)));
    ReduceSpec total = new ReduceSpec(ReduceOp.SUM, shape, Shape.scalar());
    calls.add(backend -> backend.reduce(total, first, 0, sum));
    calls.add(
        RunCalls.program(
            shape,
            List.of(new RunCalls.Input(of, shape), new RunCalls.Input(sum, Shape.scalar())),
            in -> List.of(in.get(0).div(in.get(1).sqrt().clampMin((float) eps))),
            List.of(first)));
    for (int i = 0; i < steps; i++) {
      addIteration(calls, scratch.get(i % 2), scratch.get((i + 1) % 2));
    }
    return calls;
  }

  /** Of a tall matrix the product from the left, x'x, is the smaller one. */
  private void addIteration(List<RunCalls.Call> calls, Buffer x, Buffer next) {
    int rows = shape.dim(0);
    int columns = shape.dim(1);
    boolean tall = rows > columns;
    int side = Math.min(rows, columns);
    Buffer gram = scratch.get(2);
    Buffer change = scratch.get(3);
    float a = (float) coefficients[0];
    float b = (float) coefficients[1];
    float c = (float) coefficients[2];
    GemmSpec square = GemmSpec.of(side, side, Math.max(rows, columns), tall, !tall);
    GemmSpec ofGrams = GemmSpec.of(side, side, side, false, false);
    GemmSpec times = GemmSpec.of(rows, columns, side, false, false);
    calls.add(backend -> {
      backend.gemm(square, 1, x, x, 0, gram);
      backend.copy(gram, 0, change, 0, (long) side * side);
      backend.gemm(ofGrams, c, gram, gram, b, change);
      backend.copy(x, 0, next, 0, shape.size());
      backend.gemm(times, 1, tall ? x : change, tall ? change : x, a, next);
    });
  }
}
