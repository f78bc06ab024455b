package io.cortado.nn;

/**
 * The mean of each window.
 *
 * <p>Input and output are {@code [N, C, D, H, W]}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.AvgPool3d.html">torch.nn.AvgPool3d</a>
 */
public final class AvgPool3d extends AvgPool<AvgPool3d> {

  private AvgPool3d(Geometry geometry, Divisor divisor) {
    super(geometry, divisor);
  }

  /**
   * Makes a layer of cubic windows side by side.
   *
   * @throws IllegalArgumentException if a window's extent is below 1
   */
  public AvgPool3d(int kernel) {
    super(Geometry.of("avgPool3d", 3, kernel), Divisor.DEFAULT);
  }

  @Override
  AvgPool3d make(Geometry g, Divisor d) {
    return new AvgPool3d(g, d);
  }
}
