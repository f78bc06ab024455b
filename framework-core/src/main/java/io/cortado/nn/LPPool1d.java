package io.cortado.nn;

/**
 * The power-average of each window, {@code (sum of x^p)^(1/p)}.
 *
 * <p>Input and output are {@code [N, C, L]}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html">torch.nn.LPPool1d</a>
 */
public final class LPPool1d extends LPPool<LPPool1d> {

  private LPPool1d(Geometry geometry, double p) {
    super(geometry, p);
  }

  /**
   * Makes a layer of windows side by side.
   *
   * @param p the power
   * @throws IllegalArgumentException if a window's extent is below 1, or the power is not positive
   *     and finite
   */
  public LPPool1d(double p, int kernel) {
    super(Geometry.of("lpPool1d", 1, kernel), p);
  }

  @Override
  LPPool1d make(Geometry g) {
    return new LPPool1d(g, power());
  }
}
