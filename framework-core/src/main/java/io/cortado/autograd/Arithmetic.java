package io.cortado.autograd;

import static io.cortado.DType.FLOAT32;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.UnaryOp;
import java.util.Locale;

/** Functions of one or two numbers, element by element. */
public final class Arithmetic {

  private Arithmetic() {}

  /** Applies a function to each element; activations are among them. */
  public static Tensor unary(UnaryOp op, Tensor x) {
    String name = op.kind().name().toLowerCase(Locale.ROOT);
    Step step = Checks.step(name, x);
    Checks.floats(name, x);
    Tensor y = step.empty(x.shape());
    Backend backend = x.device().backend();
    backend.unary(op, x.size(), x.buffer(), y.buffer());
    return step.records(x) ? step.record(name, y, g -> unaryBackward(op, x, y, g)) : y;
  }

  private static void unaryBackward(UnaryOp op, Tensor x, Tensor y, Gradients g) {
    Buffer bx = op.backwardNeedsInput() ? x.buffer() : null;
    Buffer by = op.backwardNeedsOutput() ? y.buffer() : null;
    Backend backend = x.device().backend();
    backend.unaryBackward(op, x.size(), bx, by, g.upstream(), g.beta(x), g.of(x));
  }

  /**
   * Combines two tensors with broadcasting.
   *
   * @throws IllegalArgumentException if the shapes do not broadcast
   */
  public static Tensor binary(BinaryOp op, Tensor a, Tensor b) {
    String name = name(op);
    Step step = Checks.step(name, a);
    Checks.sameDevice(name, a, b);
    Checks.floats(name, a);
    Checks.floats(name, b);
    Shape out = broadcast(name, a.shape(), b.shape());
    Tensor y = step.empty(out);
    a.device()
        .backend()
        .binary(
            new BinarySpec(op, a.shape(), b.shape(), out), a.buffer(), b.buffer(), 0, y.buffer());
    return step.records(a, b) ? step.record(name, y, g -> binaryBackward(op, a, b, y, step, g)) : y;
  }

  private static String name(BinaryOp op) {
    return switch (op) {
      case ADD -> "add";
      case SUB -> "sub";
      case MUL -> "mul";
      case DIV -> "div";
    };
  }

  private static void binaryBackward(
      BinaryOp op, Tensor a, Tensor b, Tensor y, Step step, Gradients g) {
    switch (op) {
      case ADD -> {
        addTo(a, 1, y, step, g);
        addTo(b, 1, y, step, g);
      }
      case SUB -> {
        addTo(a, 1, y, step, g);
        addTo(b, -1, y, step, g);
      }
      case MUL -> {
        combineInto(a, BinaryOp.MUL, y, b, 1, step, g);
        combineInto(b, BinaryOp.MUL, y, a, 1, step, g);
      }
      case DIV -> {
        combineInto(a, BinaryOp.DIV, y, b, 1, step, g);
        if (g.needs(b)) { // -dy * y / b: the product first, in the upstream's own place
          BinarySpec product = new BinarySpec(BinaryOp.MUL, y.shape(), y.shape(), y.shape());
          y.device().backend().binary(product, g.upstream(), y.buffer(), 0, g.upstream());
          combineInto(b, BinaryOp.DIV, y, b, -1, step, g);
        }
      }
    }
  }

  /** Adds {@code sign * upstream}, summed over the axes along which x was broadcast. */
  private static void addTo(Tensor x, float sign, Tensor y, Step step, Gradients g) {
    if (!g.needs(x)) {
      return;
    }
    Backend backend = y.device().backend();
    if (x.shape().equals(y.shape())) {
      backend.axpby(x.size(), sign, g.upstream(), g.beta(x), g.of(x));
    } else {
      reduceInto(x, sign, g.upstream(), y.shape(), step, g);
    }
  }

  /** Adds {@code sign * op(upstream, other)}, summed over the axes along which x was broadcast. */
  private static void combineInto(
      Tensor x, BinaryOp op, Tensor y, Tensor other, float sign, Step step, Gradients g) {
    if (!g.needs(x)) {
      return;
    }
    Backend backend = y.device().backend();
    BinarySpec spec = new BinarySpec(op, y.shape(), other.shape(), y.shape());
    if (sign == 1 && x.shape().equals(y.shape())) {
      backend.binary(spec, g.upstream(), other.buffer(), g.beta(x), g.of(x));
      return;
    }
    Buffer product = step.scratch(FLOAT32, Math.max(1, y.size()));
    backend.binary(spec, g.upstream(), other.buffer(), 0, product);
    if (x.shape().equals(y.shape())) {
      backend.axpby(x.size(), sign, product, g.beta(x), g.of(x));
    } else {
      reduceInto(x, sign, product, y.shape(), step, g);
    }
    step.free(product);
  }

  private static void reduceInto(
      Tensor x, float sign, Buffer from, Shape fromShape, Step step, Gradients g) {
    Backend backend = x.device().backend();
    ReduceSpec spec = new ReduceSpec(ReduceOp.SUM, fromShape, x.shape());
    if (sign == 1) {
      backend.reduce(spec, from, g.beta(x), g.of(x));
    } else {
      Buffer sum = step.scratch(FLOAT32, Math.max(1, x.size()));
      backend.reduce(spec, from, 0, sum);
      backend.axpby(x.size(), sign, sum, g.beta(x), g.of(x));
      step.free(sum);
    }
  }

  /**
   * Returns the shape that two shapes broadcast to, by NumPy's rule.
   *
   * @throws IllegalArgumentException if they do not
   */
  public static Shape broadcast(String operation, Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    int rank = Math.max(a.rank(), b.rank());
    int[] out = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int da = i <= a.rank() ? a.dim(-i) : 1;
      int db = i <= b.rank() ? b.dim(-i) : 1;
      if (da != db && da != 1 && db != 1) {
        throw Checks.mismatch(
            operation,
            a,
            b,
            "aligned at their last axes, extents have to be equal or 1, but axis -"
                + i
                + " has "
                + da
                + " and "
                + db);
      }
      out[rank - i] = da == 1 ? db : da;
    }
    return Shape.of(out);
  }
}
