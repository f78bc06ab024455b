package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.PoolSpec.Mode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pooling over one, two or three axes of one input shape, and the two-dimensional ones that
 * compute it.
 *
 * <p>Over one axis, the images have height 1. Over three, all slices are pooled first, and then
 * what is left along the first axis: the largest of the largest is the largest, the first of the
 * first is the first, and a mean's divisor is a product of one factor for each axis.
 *
 * @param name the function, for messages
 * @param input the input's shape
 * @param middle the shape after the first pass
 * @param output the output's shape
 * @param images the pooling of images
 * @param depth that of what is left along the first of three axes; null where there is none
 * @param placed the maximum over three axes that says where its elements are; null for all others,
 *     and where {@link PlacedPooling} cannot number the places, or a window has none
 */
public record PoolPlan(
    String name,
    Shape input,
    Shape middle,
    Shape output,
    PoolSpec images,
    @Nullable PoolSpec depth,
    @Nullable MaxPoolSpec placed) {

  private static final List<String> LAYOUTS =
      List.of("[N, C, L]", "[N, C, H, W]", "[N, C, D, H, W]");

  /**
   * Makes a plan of windows of one extent.
   *
   * @param name what asks for it, for messages
   * @param ceilMode whether windows may reach beyond the padded tensor
   * @param x the input, {@code [N, C, ...]}
   * @throws IllegalArgumentException if the rank does not fit, the padding is more than half of a
   *     window, or no window fits into the input
   */
  public static PoolPlan of(String name, Mode mode, Windows w, boolean ceilMode, Tensor x) {
    int axes = w.axes();
    Checks.rank(name, x, 2 + axes, LAYOUTS.get(axes - 1));
    Shape s = x.shape();
    int[] out = new int[axes];
    for (int a = 0; a < axes; a++) {
      if (2 * w.padding().dim(a) > w.kernel().dim(a)) {
        throw new IllegalArgumentException(
            "%s: padding %s has to be 0 to half of the %s window"
                .formatted(name, Windows.product(w.padding()), Windows.product(w.kernel())));
      }
      int extent = s.dim(2 + a);
      out[a] = ceilMode ? w.countCeiling(a, extent) : w.count(a, extent);
      if (out[a] < 1 || extent < 1) {
        throw new IllegalArgumentException(
            "%s: the %s window is larger than the padded image of input %s; add padding or use a smaller window"
                .formatted(name, Windows.product(w.kernel()), s));
      }
    }
    return of(name, mode, w, Shape.of(out), false, s);
  }

  /**
   * Makes a plan of windows that follow from the output's extents.
   *
   * @param name what asks for it, for messages
   * @param out the output's extents along the pooled axes
   * @param x the input, {@code [N, C, ...]}
   * @throws IllegalArgumentException if the rank does not fit, or an axis is empty
   */
  public static PoolPlan adaptive(String name, Mode mode, Shape out, Tensor x) {
    int axes = out.rank();
    Checks.rank(name, x, 2 + axes, LAYOUTS.get(axes - 1));
    if (x.shape().product(2, 2 + axes) == 0) {
      throw new IllegalArgumentException(
          name + ": input " + x.shape() + " has an empty axis; there is nothing to pool");
    }
    return of(name, mode, Windows.of(axes, 0), out, true, x.shape());
  }

  private static PoolPlan of(
      String name, Mode mode, Windows w, Shape out, boolean adaptive, Shape s) {
    int axes = out.rank();
    boolean line = axes == 1;
    boolean deep = axes == 3;
    int last = axes - 1;
    int above = Math.max(0, axes - 2); // not looked at where there is one axis alone
    int slices = deep ? s.dim(2) : 1;
    PoolSpec images =
        new PoolSpec(
            mode,
            s.dim(0),
            Math.multiplyExact(s.dim(1), slices),
            line ? 1 : s.dim(-2),
            s.dim(-1),
            line ? 1 : out.dim(-2),
            out.dim(-1),
            line ? 1 : w.kernel().dim(above),
            w.kernel().dim(last),
            line ? 1 : w.stride().dim(above),
            w.stride().dim(last),
            line ? 0 : w.padding().dim(above),
            w.padding().dim(last),
            line ? 1 : w.dilation().dim(above),
            w.dilation().dim(last),
            adaptive);
    Shape middle = s;
    for (int a = deep ? 1 : 0; a < axes; a++) {
      middle = middle.with(2 + a, out.dim(a));
    }
    if (!deep) {
      return new PoolPlan(name, s, middle, middle, images, null, null);
    }
    int image = Math.toIntExact(out.product(1, 3));
    PoolSpec depth =
        new PoolSpec(
            mode,
            s.dim(0),
            s.dim(1),
            s.dim(2),
            image,
            out.dim(0),
            image,
            w.kernel().dim(0),
            1,
            w.stride().dim(0),
            1,
            w.padding().dim(0),
            0,
            w.dilation().dim(0),
            1,
            adaptive);
    MaxPoolSpec placed = mode == Mode.MAX ? PlacedPooling.spec(s, images, depth) : null;
    return new PoolPlan(name, s, middle, middle.with(2, out.dim(0)), images, depth, placed);
  }
}
