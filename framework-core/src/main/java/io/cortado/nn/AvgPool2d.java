package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.backend.spec.PoolSpec;

/**
 * The mean of each window.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html">torch.nn.AvgPool2d</a>
 */
public final class AvgPool2d extends Pool2d {

  private final boolean countIncludePad;
  private final int divisorOverride;

  /**
   * Makes a layer of a given geometry.
   *
   * @param countIncludePad whether padding counts in the divisor
   * @param divisorOverride what sums are divided by instead of the window's extent; 0 for that
   *     extent
   */
  public AvgPool2d(Geometry geometry, boolean countIncludePad, int divisorOverride) {
    super(geometry);
    if (!geometry.dilation().equals(Pair.of(1))) {
      throw new IllegalArgumentException("avgPool2d: there is no dilation of an average");
    }
    if (divisorOverride < 0) {
      throw new IllegalArgumentException(
          "avgPool2d: the divisor is " + divisorOverride + ", it has to be positive");
    }
    this.countIncludePad = countIncludePad;
    this.divisorOverride = divisorOverride;
  }

  /** Makes a layer of square windows side by side. */
  public AvgPool2d(int kernel) {
    this(Geometry.of(kernel, kernel), true, 0);
  }

  /** Returns a layer like this with another step between windows. */
  public AvgPool2d stride(int s) {
    return new AvgPool2d(geometry().withStride(Pair.of(s)), countIncludePad, divisorOverride);
  }

  /** Returns a layer like this with zeros on each side, at most half of the window. */
  public AvgPool2d padding(int p) {
    return new AvgPool2d(geometry().withPadding(Pair.of(p)), countIncludePad, divisorOverride);
  }

  /** Returns a layer like this whose windows may reach beyond the padded image. */
  public AvgPool2d ceilMode(boolean on) {
    return new AvgPool2d(geometry().withCeilMode(on), countIncludePad, divisorOverride);
  }

  /** Returns a layer like this where padding counts in the divisor, or not. */
  public AvgPool2d countIncludePad(boolean counts) {
    return new AvgPool2d(geometry(), counts, divisorOverride);
  }

  /** Returns a layer like this that divides each sum by a number of one's own. */
  public AvgPool2d divisorOverride(int divisor) {
    return new AvgPool2d(geometry(), countIncludePad, divisor);
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor y = super.forward(x);
    return divisorOverride == 0 ? y : y.mul(1f / divisorOverride);
  }

  @Override
  PoolSpec.Mode mode() {
    if (divisorOverride != 0) {
      return PoolSpec.Mode.SUM;
    }
    return countIncludePad ? PoolSpec.Mode.AVERAGE : PoolSpec.Mode.AVERAGE_EXCLUDE_PADDING;
  }
}
