package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.IndexSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.pointwise.Functions;
import io.cortado.pointwise.Pointwise;

/** The largest and the smallest elements; NaN where there is one. */
public final class Extremes {

  /** 1 where a number is not 0, else 0; NaN stays NaN. */
  private static final Pointwise NON_ZERO = Pointwise.of("nonZero", x -> x.sign().abs());

  private Extremes() {}

  /**
   * Returns the largest elements along an axis and where they are, of equal ones the first.
   *
   * <p>The gradient goes to the element that was taken.
   *
   * @throws IllegalArgumentException if the axis is empty
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.max.html">torch.max</a>
   */
  public static ValuesAndIndices max(Tensor x, int axis, boolean keepDim) {
    return taken("max", x, axis, keepDim, Reductions.argmax(x, axis));
  }

  /**
   * Returns the smallest elements along an axis and where they are, of equal ones the first.
   *
   * <p>The gradient goes to the element that was taken.
   *
   * @throws IllegalArgumentException if the axis is empty
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.min.html">torch.min</a>
   */
  public static ValuesAndIndices min(Tensor x, int axis, boolean keepDim) {
    return taken("min", x, axis, keepDim, Reductions.argmin(x, axis));
  }

  private static ValuesAndIndices taken(
      String name, Tensor x, int axis, boolean keepDim, Tensor indices) {
    Tensor kept = Shaping.reshape(indices, x.shape().with(axis, 1).toArray());
    Tensor values = Indexing.pick(name, x, axis, kept, kept.shape(), false);
    return keepDim
        ? new ValuesAndIndices(values, kept)
        : new ValuesAndIndices(Shaping.reshape(values, indices.shape().toArray()), indices);
  }

  /**
   * Returns the largest elements over some axes.
   *
   * <p>The gradient is shared evenly among all that are equal to it.
   *
   * @param axes none for all
   * @throws IllegalArgumentException if there is nothing to take the largest of
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.amax.html">torch.amax</a>
   */
  public static Tensor amax(Tensor x, boolean keepDim, int... axes) {
    return shared("amax", x, true, keepDim, axes);
  }

  /**
   * Returns the smallest elements over some axes.
   *
   * <p>The gradient is shared evenly among all that are equal to it.
   *
   * @param axes none for all
   * @throws IllegalArgumentException if there is nothing to take the smallest of
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.amin.html">torch.amin</a>
   */
  public static Tensor amin(Tensor x, boolean keepDim, int... axes) {
    return shared("amin", x, false, keepDim, axes);
  }

  private static Tensor shared(
      String name, Tensor x, boolean largest, boolean keepDim, int... axes) {
    Step step = Checks.step(name, x);
    Checks.floats(name, x);
    MergedAxes merged = MergedAxes.of(name, x, axes);
    if (merged.extent() == 0) {
      throw new IllegalArgumentException(
          name + ": tensor " + x.shape() + " has no elements to compare; reduce another axis");
    }
    return merged.reduce(keepDim, m -> shared(name, step, m, merged, largest));
  }

  private static Tensor shared(
      String name, Step step, Tensor m, MergedAxes merged, boolean largest) {
    int axis = merged.axis();
    Tensor where = largest ? Reductions.argmax(m, axis) : Reductions.argmin(m, axis);
    var s = merged.spec();
    IndexSpec spec = new IndexSpec(name, s.outer(), s.extent(), 1, s.inner(), false);
    Tensor y = step.empty(merged.reduced());
    m.device().backend().gather(spec, where.buffer(), m.buffer(), 0, y.buffer());
    return step.records(m) ? step.record(name, y, g -> sharedBackward(step, m, y, g)) : y;
  }

  private static void sharedBackward(Step step, Tensor m, Tensor y, Gradients g) {
    Backend backend = m.device().backend();
    Shape all = m.shape();
    Shape one = y.shape();
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer mask = temporaries.floats(m.size());
      Buffer share = temporaries.floats(y.size());
      // Of a row with NaN no element is equal to the largest: each gets 0 times an infinite share.
      Fused.run(Functions.EQ, all, mask, m, y);
      backend.reduce(new ReduceSpec(ReduceOp.SUM, all, one), mask, 0, share);
      backend.binary(new BinarySpec(BinaryOp.DIV, one, one, one), g.upstream(), share, 0, share);
      backend.binary(new BinarySpec(BinaryOp.MUL, all, one, all), mask, share, g.beta(m), g.of(m));
    }
  }

  /** Counts the elements that are not 0 along one axis; it has no gradient. */
  static Tensor count(Step step, MergedAxes merged) {
    Tensor m = merged.x();
    Backend backend = m.device().backend();
    Tensor y = step.empty(merged.reduced());
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer mask = temporaries.floats(m.size());
      Fused.run(NON_ZERO, m.shape(), mask, m);
      backend.reduce(
          new ReduceSpec(ReduceOp.SUM, m.shape(), merged.reduced()), mask, 0, y.buffer());
    }
    return y;
  }
}
