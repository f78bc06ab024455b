package io.cortado.autograd;

import static io.cortado.DType.INT32;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.IndexSpec;
import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.WindowAxis;
import io.cortado.internal.IntRange;
import org.jspecify.annotations.Nullable;

/** Largest elements whose places are kept, over windows of three axes. */
final class PlacedPooling {

  private PlacedPooling() {}

  /** Computes a pooling over three axes. */
  static ValuesAndIndices pool(PoolPlan plan, PoolSpec depth, Tensor x) {
    PoolSpec images = plan.images();
    MaxPoolSpec spec =
        new MaxPoolSpec(
            planes(plan.name(), x),
            inside(plan, rows(depth)),
            inside(plan, rows(images)),
            inside(plan, columns(images)));
    return pool(plan.name(), spec, null, x, plan.output());
  }

  private static WindowAxis rows(PoolSpec s) {
    return s.adaptive()
        ? adaptive(s.h(), s.outH())
        : regular(s.h(), s.outH(), s.kernelH(), s.strideH(), s.padH(), s.dilationH());
  }

  private static WindowAxis columns(PoolSpec s) {
    return s.adaptive()
        ? adaptive(s.w(), s.outW())
        : regular(s.w(), s.outW(), s.kernelW(), s.strideW(), s.padW(), s.dilationW());
  }

  private static WindowAxis adaptive(int in, int out) {
    return new WindowAxis(WindowAxis.Kind.ADAPTIVE, in, out, 0, 1, 0, 1);
  }

  private static WindowAxis regular(
      int in, int out, int kernel, int stride, int padding, int dilation) {
    return new WindowAxis(WindowAxis.Kind.REGULAR, in, out, kernel, stride, padding, dilation);
  }

  /** Complains of a window that has no element: its largest would be nowhere. */
  private static WindowAxis inside(PoolPlan plan, WindowAxis axis) {
    for (int i = 0; i < axis.out(); i++) {
      if (axis.first(i, 0) >= axis.end(i, 0)) {
        throw new IllegalArgumentException(
            "%s: window %d of %d elements at distances of %d along an axis of %d of input %s has nothing but padding, and its largest element no place; use less padding or dilation"
                .formatted(
                    plan.name(), i, axis.kernel(), axis.dilation(), axis.in(), plan.input()));
      }
    }
    return axis;
  }

  /** Returns how many planes a batch has. */
  static int planes(String name, Tensor x) {
    long planes = (long) x.dim(0) * x.dim(1);
    if (planes > Integer.MAX_VALUE || x.shape().product(2, x.shape().rank()) > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          name + ": input " + x.shape() + " has more channels or places than int32 can number");
    }
    return (int) planes;
  }

  /**
   * Computes a pooling.
   *
   * @param samples what moves random windows; null where there are none
   * @param out the output's shape
   */
  static ValuesAndIndices pool(
      String name, MaxPoolSpec spec, @Nullable Tensor samples, Tensor x, Shape out) {
    Step step = Checks.step(name, x);
    Checks.floats(name, x);
    Tensor indices = step.empty(INT32, out);
    Tensor y = step.empty(out);
    Backend backend = x.device().backend();
    Buffer drawn = samples == null ? null : samples.buffer();
    if (spec.planes() > 0) { // an empty batch has no windows
      backend.maxPool(spec, drawn, x.buffer(), y.buffer(), indices.buffer());
    }
    indices.withKnownRange(new IntRange(0, spec.inputPlane() - 1));
    IndexSpec back =
        new IndexSpec(name, spec.planes(), spec.inputPlane(), spec.outputPlane(), 1, false);
    if (step.records(x)) {
      step.record(
          name,
          y,
          g -> backend.scatterAdd(back, indices.buffer(), g.upstream(), g.beta(x), g.of(x)));
    }
    return new ValuesAndIndices(y, indices);
  }
}
