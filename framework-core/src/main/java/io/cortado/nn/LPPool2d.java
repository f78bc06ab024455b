package io.cortado.nn;

/**
 * The power-average of each window, {@code (sum of x^p)^(1/p)}.
 *
 * <p>Input and output are {@code [N, C, H, W]}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html">torch.nn.LPPool2d</a>
 */
public final class LPPool2d extends LPPool<LPPool2d> {

  private LPPool2d(Geometry geometry, double p) {
    super(geometry, p);
  }

  /**
   * Makes a layer of square windows side by side.
   *
   * @param p the power
   * @throws IllegalArgumentException if a window's extent is below 1, or the power is not positive
   *     and finite
   */
  public LPPool2d(double p, int kernel) {
    super(Geometry.of("lpPool2d", 2, kernel), p);
  }

  @Override
  LPPool2d make(Geometry g) {
    return new LPPool2d(g, power());
  }
}
