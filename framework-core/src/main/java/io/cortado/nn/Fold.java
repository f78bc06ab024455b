package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Patches;
import io.cortado.autograd.Windows;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Windows of images as columns, or images as the sums of such columns.
 *
 * <p>{@link #unfold} takes {@code [N, C, H, W]} to {@code [N, C kernelH kernelW, H' W']}, {@link
 * #fold} takes that to images of a given size.
 *
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.Unfold.html">torch.nn.Unfold</a>
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.Fold.html">torch.nn.Fold</a>
 */
public final class Fold extends Layer {

  private final Windows windows;
  private final @Nullable Shape size;

  private Fold(Windows windows, @Nullable Shape size) {
    this.windows = windows;
    this.size = size;
  }

  private static Windows windows(int... kernel) {
    return Windows.of(2, 1).withKernel(Windows.extents("fold: window", 2, 1, kernel));
  }

  /**
   * Makes a layer of columns, its windows at steps of 1.
   *
   * @param kernel height and width of a window, or both
   */
  public static Fold unfold(int... kernel) {
    return new Fold(windows(kernel), null);
  }

  /**
   * Makes a layer of images, their windows at steps of 1.
   *
   * @param height of an image
   * @param width of an image
   * @param kernel height and width of a window, or both
   */
  public static Fold fold(int height, int width, int... kernel) {
    return new Fold(windows(kernel), Windows.extents("fold: output", 2, 1, height, width));
  }

  /** Returns a layer like this with other steps between windows. */
  public Fold stride(int... stride) {
    return new Fold(windows.withStride(Windows.extents("fold: stride", 2, 1, stride)), size);
  }

  /** Returns a layer like this with zeros around images. */
  public Fold padding(int... padding) {
    return new Fold(windows.withPadding(Windows.extents("fold: padding", 2, 0, padding)), size);
  }

  /** Returns a layer like this with other distances between a window's elements. */
  public Fold dilation(int... dilation) {
    return new Fold(windows.withDilation(Windows.extents("fold: dilation", 2, 1, dilation)), size);
  }

  @Override
  public Tensor forward(Tensor x) {
    return size == null ? Patches.unfold(windows, x) : Patches.fold(windows, size, x);
  }

  @Override
  public String toString() {
    String what = size == null ? "unfold(" : "fold(" + Windows.text(size) + ", ";
    return what.substring(0, 1).toUpperCase(Locale.ROOT)
        + what.substring(1)
        + Windows.text(windows.kernel())
        + ")";
  }
}
