package io.cortado.optim;

import io.cortado.Shape;
import io.cortado.autograd.Fused;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a run's step calls of the backend, with all arguments, made once and called at each step.
 *
 * @param momentum the momentum that the calls were made with
 * @param skip the flag that they look at
 * @param rows how many rows they change; all of a run for {@link Run#ALL_ROWS}
 * @param calls in order
 */
record RunCalls(double momentum, @Nullable Buffer skip, int rows, List<Call> calls) {

  /** A call of the backend with all its arguments. */
  @FunctionalInterface
  interface Call {
    void on(Backend backend);
  }

  /**
   * What a program reads.
   *
   * @param buffer where it is
   * @param shape the outputs' shape, or one that broadcasts to it
   */
  record Input(Buffer buffer, Shape shape) {

    /** Returns numbers that all elements read. */
    static List<Input> numbers(List<Buffer> buffers) {
      return buffers.stream().map(b -> new Input(b, Shape.scalar())).toList();
    }
  }

  /** Says whether a step with these would have the same programs and arguments. */
  boolean isOf(double otherMomentum, @Nullable Buffer otherSkip, int otherRows) {
    return Double.compare(momentum, otherMomentum) == 0 && skip == otherSkip && rows == otherRows;
  }

  void run(Backend backend) {
    for (int i = 0; i < calls.size(); i++) {
      calls.get(i).on(backend);
    }
  }

  /**
   * Makes the call of a program.
   *
   * @param formula of the inputs, an expression for each output
   */
  static Call program(
      Shape shape,
      List<Input> inputs,
      Function<List<Expr>, List<Expr>> formula,
      List<Buffer> outputs) {
    Fused.Program program = Pointwise.program(inputs.size(), formula);
    PointwiseSpec spec =
        new PointwiseSpec(program.program(), inputs.stream().map(Input::shape).toList(), shape);
    Buffer[] in = inputs.stream().map(Input::buffer).toArray(Buffer[]::new);
    Buffer[] out = outputs.toArray(Buffer[]::new);
    return backend -> backend.pointwise(spec, program.parameters(), in, out);
  }

  /**
   * Makes the call of a program that changes some of its inputs, unless a flag says that the step
   * is skipped.
   *
   * @param skip the flag, null for none
   * @param changed how many of the first outputs are inputs, and at which position each is
   */
  static Call update(
      Shape shape,
      @Nullable Buffer skip,
      List<Integer> changed,
      List<Input> inputs,
      Function<List<Expr>, List<Expr>> formula,
      List<Buffer> outputs) {
    if (skip == null) {
      return program(shape, inputs, formula, outputs);
    }
    List<Input> all = new ArrayList<>(inputs);
    all.add(new Input(skip, Shape.scalar()));
    return program(
        shape,
        all,
        in -> {
          List<Expr> results = new ArrayList<>(formula.apply(in.subList(0, inputs.size())));
          for (int i = 0; i < changed.size(); i++) {
            results.set(i, in.getLast().where(in.get(changed.get(i)), results.get(i)));
          }
          return results;
        },
        outputs);
  }
}
