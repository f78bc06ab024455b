package io.cortado.nn;

/**
 * The mean of each window.
 *
 * <p>Input and output are {@code [N, C, L]}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html">torch.nn.AvgPool1d</a>
 */
public final class AvgPool1d extends AvgPool<AvgPool1d> {

  private AvgPool1d(Geometry geometry, Divisor divisor) {
    super(geometry, divisor);
  }

  /**
   * Makes a layer of windows side by side.
   *
   * @throws IllegalArgumentException if a window's extent is below 1
   */
  public AvgPool1d(int kernel) {
    super(Geometry.of("avgPool1d", 1, kernel), Divisor.DEFAULT);
  }

  @Override
  AvgPool1d make(Geometry g, Divisor d) {
    return new AvgPool1d(g, d);
  }
}
