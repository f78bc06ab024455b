package io.cortado.autograd;

import static io.cortado.DType.INT32;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.IndexSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.internal.IntRange;
import io.cortado.pointwise.Pointwise;
import org.jspecify.annotations.Nullable;

/** Pooling. */
public final class Pooling {

  private Pooling() {}

  /** What several values that came to one place become. */
  private static final Pointwise SHARED =
      Pointwise.of("maxUnpool", (sum, count) -> count.gt(1).where(sum.div(count), sum));

  /**
   * Computes a two-dimensional pooling; see {@link PoolSpec}.
   *
   * @param spec made for the input's shape
   * @param x {@code [N, C, H, W]}
   */
  public static Tensor pool2d(PoolSpec spec, Tensor x) {
    check(spec, x);
    return pool("pool2d", spec, x, spec.outputShape());
  }

  /**
   * Computes a pooling over one, two or three axes; see {@link PoolSpec}.
   *
   * @param plan made for the input's shape
   * @param x {@code [N, C, ...]}
   * @throws IllegalArgumentException if the input's shape is not the plan's
   */
  public static Tensor pool(PoolPlan plan, Tensor x) {
    check(plan, x);
    PoolSpec depth = plan.depth();
    Tensor images = pool(plan.name(), plan.images(), x, plan.middle());
    return depth == null ? images : pool(plan.name(), depth, images, plan.output());
  }

  private static void check(PoolPlan plan, Tensor x) {
    if (!x.shape().equals(plan.input())) {
      throw Checks.mismatch(
          plan.name(), x.shape(), plan.input(), "the plan was made for another input");
    }
  }

  private static Tensor pool(String name, PoolSpec spec, Tensor x, Shape out) {
    Step step = Checks.step(name, x);
    Checks.floats(name, x);
    long size = step.records(x) ? x.device().backend().poolReserveSize(spec) : 0;
    Buffer reserve = size == 0 ? null : step.scratch(INT32, size);
    return pool(name, spec, x, out, reserve, true);
  }

  /**
   * @param reserve where the backend keeps what its backward pass needs, if it wants to
   * @param mine whether the reserve is freed by the backward pass
   */
  private static Tensor pool(
      String name, PoolSpec spec, Tensor x, Shape out, @Nullable Buffer reserve, boolean mine) {
    Step step = Checks.step(name, x);
    Tensor y = step.empty(out);
    if (x.size() > 0) { // an empty batch has no windows, and nothing to reserve
      x.device().backend().pool(spec, x.buffer(), y.buffer(), reserve);
    }
    return step.records(x)
        ? step.record(name, y, g -> backward(spec, x, y, reserve, mine ? step : null, g))
        : y;
  }

  /**
   * Returns the largest elements of windows over one to three axes and where they are: {@code (d *
   * H + h) * W + w} within each channel of each sample.
   *
   * @param plan of a maximum, made for the input's shape
   * @param x {@code [N, C, L]}, {@code [N, C, H, W]} or {@code [N, C, D, H, W]}
   * @return the values, and int32 indices of their shape, as {@link #maxUnpool} wants them
   * @throws IllegalArgumentException if the input's shape is not the plan's, the plan is not of a
   *     maximum, or one of its windows over three axes has nothing but padding
   */
  public static ValuesAndIndices maxPoolWithIndices(PoolPlan plan, Tensor x) {
    check(plan, x);
    PoolSpec spec = plan.images();
    if (spec.mode() != PoolSpec.Mode.MAX) {
      throw new IllegalArgumentException(
          plan.name() + ": there are indices of a maximum, and not of " + spec.mode());
    }
    if (plan.depth() != null) {
      return PlacedPooling.pool(plan, plan.depth(), x);
    }
    Step step = Checks.step(plan.name(), x);
    Checks.floats(plan.name(), x);
    Tensor indices = step.empty(INT32, plan.output());
    Tensor y = pool(plan.name(), spec, x, plan.output(), indices.buffer(), false);
    IntRange places = new IntRange(0, Math.max(0, spec.h() * spec.w() - 1));
    return new ValuesAndIndices(y, indices.withKnownRange(places));
  }

  /**
   * Puts elements where their indices say, and 0 elsewhere: what undoes a pooling by the maximum.
   *
   * <p>Where several elements come to one place, as they do from windows that overlap, it gets
   * their mean: of what a pooling took there they are all the same. PyTorch keeps one of them. The
   * gradient of each is that of its place.
   *
   * @param x {@code [N, C, ...]}
   * @param indices int32, of x's shape, as {@link #maxPoolWithIndices} gives them
   * @param out the result's extents along the axes after the channels
   * @throws IllegalArgumentException if the indices have another shape, or one is known to be
   *     outside of the result
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool2d.html">
   *     torch.nn.functional.max_unpool2d</a>
   */
  public static Tensor maxUnpool(Tensor x, Tensor indices, Shape out) {
    Step step = Checks.step("maxUnpool", x);
    Checks.sameDevice("maxUnpool", x, indices);
    Checks.floats("maxUnpool", x);
    Checks.ints("maxUnpool", indices);
    Shape s = x.shape();
    if (!indices.shape().equals(s) || s.rank() != out.rank() + 2) {
      throw Checks.mismatch(
          "maxUnpool",
          s,
          indices.shape(),
          "give the values and indices of one pooling, [N, C, ...], and extents for all axes after"
              + " these, which were "
              + out);
    }
    int extent = Math.toIntExact(out.size());
    Checks.within("maxUnpool", indices, extent, "the places of a result of extents", out);
    Shape result = out.prepend(s.dim(1)).prepend(s.dim(0));
    int count = Math.toIntExact(s.product(2, s.rank()));
    IndexSpec spec =
        new IndexSpec("maxUnpool", (long) s.dim(0) * s.dim(1), extent, count, 1, false);
    Tensor y = step.empty(result);
    Backend backend = x.device().backend();
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer ones = temporaries.floats(x.size());
      Tensor counts = Tensor.over(step, result, temporaries.floats(result.size()));
      backend.fill(ones, x.size(), 1);
      backend.scatterAdd(spec, indices.buffer(), ones, 0, counts.buffer());
      backend.scatterAdd(spec, indices.buffer(), x.buffer(), 0, y.buffer());
      Fused.run(SHARED, result, y.buffer(), y, counts);
    }
    return step.records(x)
        ? step.record(
            "maxUnpool",
            y,
            g -> backend.gather(spec, indices.buffer(), g.upstream(), g.beta(x), g.of(x)))
        : y;
  }

  private static void check(PoolSpec s, Tensor x) {
    Checks.rank("pool2d", x, 4, "[N, C, H, W]");
    if (!s.adaptive()) {
      if (s.kernelH() < 1 || s.kernelW() < 1 || s.strideH() < 1 || s.strideW() < 1) {
        throw new IllegalArgumentException("pool2d: window and stride have to be at least 1: " + s);
      }
      if (s.padH() < 0
          || s.padW() < 0
          || 2 * s.padH() > s.kernelH()
          || 2 * s.padW() > s.kernelW()) {
        throw new IllegalArgumentException(
            "pool2d: padding "
                + s.padH()
                + "x"
                + s.padW()
                + " has to be 0 to half of the "
                + s.kernelH()
                + "x"
                + s.kernelW()
                + " window");
      }
    }
    if (s.outH() < 1 || s.outW() < 1 || x.dim(2) < 1 || x.dim(3) < 1) {
      throw new IllegalArgumentException(
          "pool2d: the "
              + s.kernelH()
              + "x"
              + s.kernelW()
              + " window is larger than the padded image of input "
              + x.shape()
              + "; add padding or use a smaller window");
    }
  }

  private static void backward(
      PoolSpec spec,
      Tensor x,
      Tensor y,
      @Nullable Buffer reserve,
      @Nullable Step frees,
      Gradients g) {
    if (x.size() == 0) {
      g.of(x);
      return;
    }
    x.device()
        .backend()
        .poolBackward(spec, x.buffer(), y.buffer(), reserve, g.upstream(), g.beta(x), g.of(x));
    if (reserve != null && frees != null) {
      frees.free(reserve);
    }
  }
}
