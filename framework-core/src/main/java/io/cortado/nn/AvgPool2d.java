package io.cortado.nn;

/**
 * The mean of each window.
 *
 * <p>Input and output are {@code [N, C, H, W]}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html">torch.nn.AvgPool2d</a>
 */
public final class AvgPool2d extends AvgPool<AvgPool2d> {

  private AvgPool2d(Geometry geometry, Divisor divisor) {
    super(geometry, divisor);
  }

  /**
   * Makes a layer of square windows side by side.
   *
   * @throws IllegalArgumentException if a window's extent is below 1
   */
  public AvgPool2d(int kernel) {
    super(Geometry.of("avgPool2d", 2, kernel), Divisor.DEFAULT);
  }

  @Override
  AvgPool2d make(Geometry g, Divisor d) {
    return new AvgPool2d(g, d);
  }
}
