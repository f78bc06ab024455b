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
    MaxPoolSpec spec = plan.placed();
    if (spec == null) {
      throw complaint(plan, depth);
    }
    return pool(plan.name(), spec, null, x, plan.output());
  }

  /**
   * Returns a pooling over three axes of an input.
   *
   * @return null if a window has nothing but padding, so that its largest element has no place, or
   *     there are more places than int32 can number
   */
  static @Nullable MaxPoolSpec spec(Shape input, PoolSpec images, PoolSpec depth) {
    WindowAxis[] axes = {rows(depth), rows(images), columns(images)};
    for (WindowAxis axis : axes) {
      if (empty(axis) < axis.out()) {
        return null;
      }
    }
    return areTooMany(input)
        ? null
        : new MaxPoolSpec(input.dim(0) * input.dim(1), axes[0], axes[1], axes[2]);
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

  /** Returns the first window that has no element, or how many windows there are. */
  private static int empty(WindowAxis axis) {
    int i = 0;
    while (i < axis.out() && axis.first(i, 0) < axis.end(i, 0)) {
      i++;
    }
    return i;
  }

  /** Says why a plan has no pooling with places. */
  private static IllegalArgumentException complaint(PoolPlan plan, PoolSpec depth) {
    for (WindowAxis axis :
        new WindowAxis[] {rows(depth), rows(plan.images()), columns(plan.images())}) {
      int i = empty(axis);
      if (i < axis.out()) {
        return new IllegalArgumentException(
            "%s: window %d of %d elements at distances of %d along an axis of %d of input %s has nothing but padding, and its largest element no place; use less padding or dilation"
                .formatted(
                    plan.name(), i, axis.kernel(), axis.dilation(), axis.in(), plan.input()));
      }
    }
    return tooMany(plan.name(), plan.input());
  }

  /** Returns how many planes a batch has. */
  static int planes(String name, Tensor x) {
    if (areTooMany(x.shape())) {
      throw tooMany(name, x.shape());
    }
    return x.dim(0) * x.dim(1);
  }

  private static boolean areTooMany(Shape s) {
    return (long) s.dim(0) * s.dim(1) > Integer.MAX_VALUE
        || s.product(2, s.rank()) > Integer.MAX_VALUE;
  }

  private static IllegalArgumentException tooMany(String name, Shape s) {
    return new IllegalArgumentException(
        name + ": input " + s + " has more channels or places than int32 can number");
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
