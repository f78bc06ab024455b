package io.cortado.nn;

/**
 * The largest element of each window; the gradient goes to the first largest in row-major order.
 *
 * <p>Input and output are {@code [N, C, L]}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html">torch.nn.MaxPool1d</a>
 */
public final class MaxPool1d extends MaxPool<MaxPool1d> {

  private MaxPool1d(Geometry geometry) {
    super(geometry);
  }

  /**
   * Makes a layer of windows side by side.
   *
   * @throws IllegalArgumentException if a window's extent is below 1
   */
  public MaxPool1d(int kernel) {
    super(Geometry.of("maxPool1d", 1, kernel));
  }

  @Override
  MaxPool1d make(Geometry g) {
    return new MaxPool1d(g);
  }
}
