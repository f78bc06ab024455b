package io.cortado.autograd;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.IndexSpec;
import io.cortado.backend.spec.ScanSpec;
import io.cortado.backend.spec.SortSpec;
import io.cortado.internal.IntRange;

/** Sorts, the largest few, and running sums. */
public final class Ordering {

  private Ordering() {}

  /**
   * Sorts along an axis; equal elements stay in their order, and NaN counts as largest.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.sort.html">torch.sort</a>, with
   *     stable=True
   */
  public static ValuesAndIndices sort(Tensor x, int axis, boolean descending) {
    return first("sort", x, axis, x.dim(axis), descending);
  }

  /**
   * Returns the k largest or smallest elements along an axis, in order; of equal ones the first.
   *
   * @throws IllegalArgumentException if k is negative or larger than the axis
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.topk.html">torch.topk</a>, which
   *     leaves open which of equal elements it gives
   */
  public static ValuesAndIndices topk(Tensor x, int k, int axis, boolean largest) {
    if (k < 0 || k > x.dim(axis)) {
      throw new IllegalArgumentException(
          "topk: "
              + k
              + " elements along axis "
              + axis
              + " of tensor "
              + x.shape()
              + ": give 0 to "
              + x.dim(axis));
    }
    return first("topk", x, axis, k, largest);
  }

  private static ValuesAndIndices first(
      String name, Tensor x, int axis, int k, boolean descending) {
    Step step = Checks.step(name, x);
    Checks.floats(name, x);
    SortSpec spec = new SortSpec(AxisSpec.of(x.shape(), axis), k, descending);
    Shape out = x.shape().with(axis, k);
    Tensor y = step.empty(out);
    Tensor indices = step.empty(DType.INT32, out);
    Backend backend = x.device().backend();
    backend.sort(spec, x.buffer(), y.buffer(), indices.buffer());
    indices.withKnownRange(new IntRange(0, Math.max(0, spec.axis().extent() - 1)));
    if (step.records(x)) {
      AxisSpec a = spec.axis();
      IndexSpec back = new IndexSpec(name, a.outer(), a.extent(), k, a.inner(), false);
      step.record(
          name,
          y,
          g -> backend.scatterAdd(back, indices.buffer(), g.upstream(), g.beta(x), g.of(x)));
    }
    return new ValuesAndIndices(y, indices);
  }

  /**
   * Returns running sums along an axis: each element's is that of all up to it.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.cumsum.html">torch.cumsum</a>
   */
  public static Tensor cumsum(Tensor x, int axis) {
    Step step = Checks.step("cumsum", x);
    Checks.floats("cumsum", x);
    AxisSpec a = AxisSpec.of(x.shape(), axis);
    Tensor y = step.empty(x.shape());
    Backend backend = x.device().backend();
    backend.scan(new ScanSpec(a, ScanSpec.Op.SUM, false, false), x.buffer(), 0, y.buffer());
    ScanSpec back = new ScanSpec(a, ScanSpec.Op.SUM, true, false);
    return step.records(x)
        ? step.record("cumsum", y, g -> backend.scan(back, g.upstream(), g.beta(x), g.of(x)))
        : y;
  }
}
