package io.cortado.nn;

/**
 * The largest element of each window; the gradient goes to the first largest in row-major order.
 *
 * <p>Input and output are {@code [N, C, H, W]}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html">torch.nn.MaxPool2d</a>
 */
public final class MaxPool2d extends MaxPool<MaxPool2d> {

  private MaxPool2d(Geometry geometry) {
    super(geometry);
  }

  /**
   * Makes a layer of square windows side by side.
   *
   * @throws IllegalArgumentException if a window's extent is below 1
   */
  public MaxPool2d(int kernel) {
    super(Geometry.of("maxPool2d", 2, kernel));
  }

  @Override
  MaxPool2d make(Geometry g) {
    return new MaxPool2d(g);
  }
}
