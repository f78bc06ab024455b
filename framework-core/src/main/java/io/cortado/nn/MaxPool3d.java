package io.cortado.nn;

/**
 * The largest element of each window; the gradient goes to the first largest in row-major order.
 *
 * <p>Input and output are {@code [N, C, D, H, W]}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.MaxPool3d.html">torch.nn.MaxPool3d</a>
 */
public final class MaxPool3d extends MaxPool<MaxPool3d> {

  private MaxPool3d(Geometry geometry) {
    super(geometry);
  }

  /**
   * Makes a layer of cubic windows side by side.
   *
   * @throws IllegalArgumentException if a window's extent is below 1
   */
  public MaxPool3d(int kernel) {
    super(Geometry.of("maxPool3d", 3, kernel));
  }

  @Override
  MaxPool3d make(Geometry g) {
    return new MaxPool3d(g);
  }
}
