package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Pooling;
import io.cortado.autograd.Windows;
import java.util.Arrays;

/**
 * Puts what a pooling by the maximum took back where it was, among zeros, over one to three axes.
 *
 * <p>Inputs {@code [N, C, ...]} and int32 indices of that shape; each extent L becomes {@code (L -
 * 1) stride - 2 padding + kernel}. Where windows overlapped, the same element may come to its place
 * more than once, and is there as it was.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html">torch.nn.MaxUnpool2d</a>
 */
public final class MaxUnpool extends Module {

  private final String name;
  private final Windows windows;

  private MaxUnpool(String name, Windows windows) {
    this.name = name;
    this.windows = windows;
  }

  /**
   * Makes a layer for windows side by side.
   *
   * @param axes 1 to 3
   * @throws IllegalArgumentException if there are more or less, or the kernel is below 1
   */
  public MaxUnpool(int axes, int kernel) {
    this("maxUnpool" + axes + "d", sideBySide(axes, kernel));
  }

  private static Windows sideBySide(int axes, int kernel) {
    if (axes < 1 || axes > 3) {
      throw new IllegalArgumentException("maxUnpool: " + axes + " axes; there are one to three");
    }
    Shape extents = Windows.extents("maxUnpool" + axes + "d: window", axes, 1, kernel);
    return Windows.of(axes, 1).withKernel(extents).withStride(extents);
  }

  /**
   * Returns a layer like this for other windows, side by side if they were.
   *
   * @param kernel for each axis, or for all
   */
  public MaxUnpool kernel(int... kernel) {
    Shape k = Windows.extents(name + ": window", windows.axes(), 1, kernel);
    Windows moved = windows.stride().equals(windows.kernel()) ? windows.withStride(k) : windows;
    return new MaxUnpool(name, moved.withKernel(k));
  }

  /**
   * Returns a layer like this for other steps between windows.
   *
   * @param stride for each axis, or for all
   */
  public MaxUnpool stride(int... stride) {
    Shape s = Windows.extents(name + ": stride", windows.axes(), 1, stride);
    return new MaxUnpool(name, windows.withStride(s));
  }

  /**
   * Returns a layer like this for other padding.
   *
   * @param padding for each axis, or for all
   */
  public MaxUnpool padding(int... padding) {
    Shape p = Windows.extents(name + ": padding", windows.axes(), 0, padding);
    return new MaxUnpool(name, windows.withPadding(p));
  }

  /**
   * Computes the output.
   *
   * @param outputSize its extents along the last axes, if they are not those of the formula
   * @throws IllegalArgumentException if the input's rank does not fit, an extent is a stride or
   *     more away from the formula's, or the indices are of another shape or outside of the output
   */
  public Tensor forward(Tensor x, Tensor indices, int... outputSize) {
    int axes = windows.axes();
    int[] out = new int[axes];
    boolean fits = x.shape().rank() == 2 + axes;
    fits &= outputSize.length == 0 || outputSize.length == axes;
    for (int a = 0; fits && a < axes; a++) {
      int stride = windows.stride().dim(a);
      int usual =
          (x.dim(2 + a) - 1) * stride - 2 * windows.padding().dim(a) + windows.kernel().dim(a);
      out[a] = outputSize.length == 0 ? usual : outputSize[a];
      fits = out[a] > 0 && Math.abs(out[a] - usual) < stride;
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "%s: input %s and output size %s do not fit: give an input of rank %d and extents less than a stride of %s away from (L - 1) stride - 2 padding + kernel"
              .formatted(
                  name,
                  x.shape(),
                  Arrays.toString(outputSize),
                  2 + axes,
                  Windows.text(windows.stride())));
    }
    return Pooling.maxUnpool(x, indices, Shape.of(out));
  }

  @Override
  public String toString() {
    return "MaxUnpool" + windows.axes() + "d(" + Windows.text(windows.kernel()) + ")";
  }
}
