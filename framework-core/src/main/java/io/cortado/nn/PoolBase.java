package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.PoolPlan;
import io.cortado.autograd.Pooling;
import io.cortado.autograd.Windows;
import io.cortado.backend.spec.PoolSpec;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What poolings over windows have in common.
 *
 * <p>Input {@code [N, C, ...]}; each pooled extent L becomes {@code L' = floor((L + 2 padding -
 * dilation (kernel - 1) - 1) / stride) + 1}, or the ceiling instead of the floor in ceil mode,
 * where a window that would start beyond the tensor and the padding before it is left out. The
 * stride is the window's extent unless it is set. Each method that changes the geometry returns a
 * layer like this one.
 *
 * @param <L> the layer itself
 */
public abstract sealed class PoolBase<L extends PoolBase<L>> extends Layer
    permits MaxPool, AvgPool, LPPool, SumPool2d {

  /**
   * The geometry.
   *
   * @param windows kernel, stride, padding and dilation along each axis
   * @param ceilMode whether windows may reach beyond the padded tensor
   */
  public record Geometry(Windows windows, boolean ceilMode) {

    static Geometry of(String name, int axes, int kernel) {
      Shape extents = Windows.extents(name + ": window", axes, 1, kernel);
      return new Geometry(Windows.of(axes, 1).withKernel(extents).withStride(extents), false);
    }

    Geometry with(Windows w) {
      return new Geometry(w, ceilMode);
    }
  }

  private final Geometry geometry;
  private @Nullable PoolPlan lastPlan;

  PoolBase(Geometry geometry) {
    this.geometry = geometry;
  }

  abstract PoolSpec.Mode mode();

  /** Makes a layer of another geometry. */
  abstract L make(Geometry g);

  final String name() {
    String title = getClass().getSimpleName();
    return title.substring(0, 1).toLowerCase(Locale.ROOT) + title.substring(1);
  }

  final Shape extents(String what, int least, int... values) {
    return Windows.extents(name() + ": " + what, geometry.windows().axes(), least, values);
  }

  /**
   * Returns a layer like this with other windows, side by side if they were.
   *
   * @param kernel for each axis, or for all
   */
  public final L kernel(int... kernel) {
    Windows w = geometry.windows();
    Shape k = extents("window", 1, kernel);
    Windows moved = w.stride().equals(w.kernel()) ? w.withStride(k) : w;
    return make(geometry.with(moved.withKernel(k)));
  }

  /**
   * Returns a layer like this with other steps between windows.
   *
   * @param stride for each axis, or for all
   */
  public final L stride(int... stride) {
    return make(geometry.with(geometry.windows().withStride(extents("stride", 1, stride))));
  }

  /** Returns a layer like this whose windows may reach beyond the padded tensor. */
  public final L ceilMode(boolean on) {
    return make(new Geometry(geometry.windows(), on));
  }

  final L withPadding(int... padding) {
    return make(geometry.with(geometry.windows().withPadding(extents("padding", 0, padding))));
  }

  final L withDilation(int... dilation) {
    return make(geometry.with(geometry.windows().withDilation(extents("dilation", 1, dilation))));
  }

  /** Returns the geometry. */
  public final Geometry geometry() {
    return geometry;
  }

  /**
   * Computes the output.
   *
   * @throws IllegalArgumentException if the input's rank does not fit, the padding is more than
   *     half of a window, or no window fits into the input
   */
  @Override
  public Tensor forward(Tensor x) {
    return Pooling.pool(plan(x), x);
  }

  /** Batches come in one shape, nearly always; a plan is made anew only when it changes. */
  final PoolPlan plan(Tensor x) {
    PoolPlan plan = lastPlan;
    if (plan == null || !plan.input().equals(x.shape())) {
      plan = PoolPlan.of(name(), mode(), geometry.windows(), geometry.ceilMode(), x);
      lastPlan = plan;
    }
    return plan;
  }

  /** Appends what else a layer is made of. */
  void describe(StringBuilder s) {}

  @Override
  public final String toString() {
    Windows w = geometry.windows();
    StringBuilder s = new StringBuilder(getClass().getSimpleName() + "(");
    describe(s);
    s.append(Windows.text(w.kernel()));
    if (!w.stride().equals(w.kernel())) {
      s.append(", stride ").append(Windows.text(w.stride()));
    }
    if (Arrays.stream(w.padding().toArray()).anyMatch(p -> p != 0)) {
      s.append(", padding ").append(Windows.text(w.padding()));
    }
    if (Arrays.stream(w.dilation().toArray()).anyMatch(d -> d != 1)) {
      s.append(", dilation ").append(Windows.text(w.dilation()));
    }
    return s.append(geometry.ceilMode() ? ", ceil mode)" : ")").toString();
  }
}
