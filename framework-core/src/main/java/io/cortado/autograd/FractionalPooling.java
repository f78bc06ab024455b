package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.WindowAxis;
import java.util.List;

/** Largest elements of windows that are drawn at random. */
public final class FractionalPooling {

  private static final List<String> LAYOUTS = List.of("[N, C, H, W]", "[N, C, D, H, W]");

  private FractionalPooling() {}

  /**
   * Returns the largest elements of windows whose starts are drawn at random for each channel of
   * each sample, and where they are: {@code (d * H + h) * W + w} within the channel.
   *
   * <p>Along an axis of extent L with L' windows of K elements, window i starts at {@code floor((i
   * + u) a) - floor(u a)}, u being the sample and {@code a = (L - K) / (L' - 1)}, in single
   * precision, and the last at {@code L - K}. Of equal elements the first counts, and NaN is larger
   * than all. No gradient flows into the samples.
   *
   * @param x {@code [N, C, H, W]} or {@code [N, C, D, H, W]}
   * @param kernel the windows' extents
   * @param out how many windows there are along each axis
   * @param samples {@code [N, C, 2]}, of which the first is for the columns and the second for the
   *     rows, or {@code [N, C, 3]} for depth, rows and columns: PyTorch's order. Numbers outside of
   *     [0, 1) give windows that are moved into the input
   * @return the values, and int32 indices of their shape, as {@link Pooling#maxUnpool} wants them
   * @throws IllegalArgumentException if ranks or samples do not fit, or the windows not into the
   *     input
   * @see <a href="https://arxiv.org/abs/1412.6071">Graham, "Fractional Max-Pooling" (2014)</a>
   * @see <a
   *     href="https://pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool2d.html">
   *     torch.nn.functional.fractional_max_pool2d</a>
   */
  public static ValuesAndIndices fractionalMaxPool(
      Tensor x, Shape kernel, Shape out, Tensor samples) {
    int axes = kernel.rank();
    if (axes < 2 || axes > 3 || out.rank() != axes) {
      throw Checks.mismatch(
          "fractionalMaxPool", kernel, out, "give extents of windows and output for 2 or 3 axes");
    }
    String name = "fractionalMaxPool" + axes + "d";
    Checks.rank(name, x, 2 + axes, LAYOUTS.get(axes - 2));
    Checks.sameDevice(name, x, samples);
    Checks.floats(name, samples);
    Shape wanted = Shape.of(x.dim(0), x.dim(1), axes);
    if (!samples.shape().equals(wanted)) {
      throw Checks.mismatch(
          name, x.shape(), samples.shape(), "random samples of shape " + wanted + " are needed");
    }
    WindowAxis[] windows = new WindowAxis[axes];
    Shape result = x.shape();
    for (int a = 0; a < axes; a++) {
      int in = x.dim(2 + a);
      int k = kernel.dim(a);
      int o = out.dim(a);
      if (k < 1 || o < 1 || (long) o + k - 1 > in) {
        throw new IllegalArgumentException(
            "%s: an output of %s with windows of %s needs at least output + window - 1 elements along each axis, 1 at least, and input %s has not; use a smaller output or window"
                .formatted(name, Windows.product(out), Windows.product(kernel), x.shape()));
      }
      windows[a] = WindowAxis.random(in, o, k);
      result = result.with(2 + a, o);
    }
    MaxPoolSpec spec =
        new MaxPoolSpec(
            PlacedPooling.planes(name, x),
            axes == 2 ? WindowAxis.none() : windows[0],
            windows[axes - 2],
            windows[axes - 1]);
    // PyTorch has the columns' sample first for images, and last for volumes.
    Tensor drawn = axes == 2 ? Layouts.flip(samples.detach(), 2) : samples;
    return PlacedPooling.pool(name, spec, drawn, x, result);
  }
}
