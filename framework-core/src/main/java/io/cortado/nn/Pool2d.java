package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Pooling;
import io.cortado.backend.spec.PoolSpec;
import org.jspecify.annotations.Nullable;

/**
 * What the two-dimensional poolings have in common.
 *
 * <p>Input {@code [N, C, H, W]}, output {@code [N, C, H', W']} with {@code H' = floor((H + 2
 * padding - dilation (kernel - 1) - 1) / stride) + 1}, or the ceiling instead of the floor in ceil
 * mode, where a window that would start beyond the image and its left padding is left out.
 */
public abstract sealed class Pool2d extends Layer permits MaxPool2d, AvgPool2d, SumPool2d {

  /**
   * The geometry.
   *
   * @param kernel extent of a window
   * @param stride step between windows
   * @param padding rows and columns added on each side
   * @param dilation distance between a window's elements
   * @param ceilMode whether windows may reach beyond the padded image
   */
  public record Geometry(Pair kernel, Pair stride, Pair padding, Pair dilation, boolean ceilMode) {

    static Geometry of(int kernel, int stride) {
      return new Geometry(Pair.of(kernel), Pair.of(stride), Pair.of(0), Pair.of(1), false);
    }

    Geometry withPadding(Pair p) {
      return new Geometry(kernel, stride, p, dilation, ceilMode);
    }

    Geometry withStride(Pair s) {
      return new Geometry(kernel, s, padding, dilation, ceilMode);
    }

    Geometry withDilation(Pair d) {
      return new Geometry(kernel, stride, padding, d, ceilMode);
    }

    Geometry withCeilMode(boolean on) {
      return new Geometry(kernel, stride, padding, dilation, on);
    }
  }

  private final Geometry geometry;
  private @Nullable PoolSpec lastSpec;

  Pool2d(Geometry geometry) {
    geometry.kernel().check("pool2d: window", 1);
    geometry.stride().check("pool2d: stride", 1);
    geometry.padding().check("pool2d: padding", 0);
    geometry.dilation().check("pool2d: dilation", 1);
    this.geometry = geometry;
  }

  abstract PoolSpec.Mode mode();

  /** Returns the geometry. */
  public final Geometry geometry() {
    return geometry;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Pooling.pool2d(spec(x.shape()), x);
  }

  private PoolSpec spec(Shape x) {
    if (x.rank() != 4) {
      return makeSpec(Shape.of(0, 0, 0, 0)); // pool2d's own check names the shape
    }
    PoolSpec s = lastSpec;
    if (s == null
        || s.n() != x.dim(0)
        || s.c() != x.dim(1)
        || s.h() != x.dim(2)
        || s.w() != x.dim(3)) {
      s = makeSpec(x);
      lastSpec = s;
    }
    return s;
  }

  private PoolSpec makeSpec(Shape x) {
    Geometry g = geometry;
    return new PoolSpec(
        mode(),
        x.dim(0),
        x.dim(1),
        x.dim(2),
        x.dim(3),
        out(x.dim(2), g.kernel.h(), g.stride.h(), g.padding.h(), g.dilation.h()),
        out(x.dim(3), g.kernel.w(), g.stride.w(), g.padding.w(), g.dilation.w()),
        g.kernel.h(),
        g.kernel.w(),
        g.stride.h(),
        g.stride.w(),
        g.padding.h(),
        g.padding.w(),
        g.dilation.h(),
        g.dilation.w(),
        false);
  }

  private int out(int in, int kernel, int stride, int padding, int dilation) {
    int span = in + 2 * padding - dilation * (kernel - 1) - 1;
    if (span < 0) {
      return 0;
    }
    int out = (span + (geometry.ceilMode ? stride - 1 : 0)) / stride + 1;
    // PyTorch's rule: the last window has to start inside the image or its left padding.
    return geometry.ceilMode && (out - 1) * stride >= in + padding ? out - 1 : out;
  }

  @Override
  public String toString() {
    StringBuilder s = new StringBuilder(getClass().getSimpleName() + "(" + geometry.kernel);
    if (!geometry.stride.equals(geometry.kernel)) {
      s.append(", stride ").append(geometry.stride);
    }
    geometry.padding.describe(s, ", padding ", 0);
    geometry.dilation.describe(s, ", dilation ", 1);
    return s.append(geometry.ceilMode ? ", ceil mode)" : ")").toString();
  }
}
