package io.cortado.autograd;

import static io.cortado.DType.FLOAT32;
import static io.cortado.DType.INT32;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.internal.IntRange;
import java.util.Arrays;

/** Sums and means, and where the largest element is. */
public final class Reductions {

  private Reductions() {}

  /** Reduces all elements to a scalar. */
  public static Tensor all(ReduceOp op, Tensor x) {
    return reduce(op, x, Shape.scalar(), Shape.scalar());
  }

  /** Reduces one axis. */
  public static Tensor axis(ReduceOp op, Tensor x, int axis, boolean keepDim) {
    Shape kept = x.shape().with(axis, 1);
    return reduce(op, x, kept, keepDim ? kept : x.shape().without(axis));
  }

  /**
   * Reduces some axes, in one pass.
   *
   * @param axes negative ones count from the end; none for all
   * @throws IllegalArgumentException if one is named twice
   */
  public static Tensor axes(ReduceOp op, Tensor x, boolean keepDim, int... axes) {
    Shape kept = x.shape();
    boolean[] reduced = MergedAxes.reduced(op == ReduceOp.SUM ? "sum" : "mean", kept, axes);
    int[] left = new int[kept.rank()];
    int count = 0;
    for (int a = 0; a < reduced.length; a++) {
      if (reduced[a]) {
        kept = kept.with(a, 1);
      } else {
        left[count++] = kept.dim(a);
      }
    }
    return reduce(op, x, kept, keepDim ? kept : Shape.of(Arrays.copyOf(left, count)));
  }

  /**
   * @param kept the result's shape with reduced axes of extent 1, as the seam wants it
   * @param shape the result's shape as the caller wants it
   */
  private static Tensor reduce(ReduceOp op, Tensor x, Shape kept, Shape shape) {
    String name = op == ReduceOp.SUM ? "sum" : "mean";
    Step step = Checks.step(name, x);
    Checks.floats(name, x);
    Tensor y = step.empty(shape);
    ReduceSpec spec = new ReduceSpec(op, x.shape(), kept);
    Backend backend = x.device().backend();
    backend.reduce(spec, x.buffer(), 0, y.buffer());
    return step.records(x) ? step.record(name, y, g -> backward(spec, x, step, g)) : y;
  }

  /** Repeats the upstream gradient over the reduced axes, divided by their extent for a mean. */
  private static void backward(ReduceSpec spec, Tensor x, Step step, Gradients g) {
    Backend backend = x.device().backend();
    Buffer factor = step.scratch(FLOAT32, 1);
    backend.fill(factor, 1, spec.op() == ReduceOp.MEAN ? 1f / spec.count() : 1);
    BinarySpec repeat = new BinarySpec(BinaryOp.MUL, spec.out(), Shape.scalar(), spec.in());
    backend.binary(repeat, g.upstream(), factor, g.beta(x), g.of(x));
    step.free(factor);
  }

  private static AxisSpec filledAxis(String name, Tensor x, int axis) {
    AxisSpec spec = AxisSpec.of(x.shape(), axis);
    if (spec.extent() == 0) {
      throw new IllegalArgumentException(
          name + ": axis " + axis + " of shape " + x.shape() + " is empty");
    }
    return spec;
  }

  /** Returns the index of the first largest element along an axis. */
  public static Tensor argmax(Tensor x, int axis) {
    Step step = Checks.step("argmax", x);
    Checks.floats("argmax", x);
    AxisSpec spec = filledAxis("argmax", x, axis);
    Tensor y = step.empty(INT32, x.shape().without(axis));
    x.device().backend().argMax(spec, x.buffer(), y.buffer());
    return y.withKnownRange(new IntRange(0, spec.extent() - 1));
  }

  /**
   * Returns the index of the first smallest element along an axis, NaN counting as smallest; it has
   * no gradient.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.argmin.html">torch.argmin</a>
   */
  public static Tensor argmin(Tensor x, int axis) {
    Step step = Checks.step("argmin", x);
    Checks.floats("argmin", x);
    AxisSpec spec = filledAxis("argmin", x, axis);
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer negated = temporaries.floats(x.size());
      x.device().backend().unary(UnaryOp.affine(-1, 0), x.size(), x.buffer(), negated);
      Tensor y = step.empty(INT32, x.shape().without(axis));
      x.device().backend().argMax(spec, negated, y.buffer());
      return y.withKnownRange(new IntRange(0, spec.extent() - 1));
    }
  }
}
