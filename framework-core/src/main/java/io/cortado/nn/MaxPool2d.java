package io.cortado.nn;

import io.cortado.backend.spec.PoolSpec;

/**
 * The largest element of each window; the gradient goes to the first largest in row-major order.
 *
 * <p>Padding counts as minus infinity.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html">torch.nn.MaxPool2d</a>
 */
public final class MaxPool2d extends Pool2d {

  /** Makes a layer of a given geometry. */
  public MaxPool2d(Geometry geometry) {
    super(geometry);
  }

  /** Makes a layer of square windows side by side. */
  public MaxPool2d(int kernel) {
    super(Geometry.of(kernel, kernel));
  }

  /** Returns a layer like this with another step between windows. */
  public MaxPool2d stride(int s) {
    return new MaxPool2d(geometry().withStride(Pair.of(s)));
  }

  /** Returns a layer like this with padding on each side, at most half of the window. */
  public MaxPool2d padding(int p) {
    return new MaxPool2d(geometry().withPadding(Pair.of(p)));
  }

  /** Returns a layer like this with another distance between a window's elements. */
  public MaxPool2d dilation(int d) {
    return new MaxPool2d(geometry().withDilation(Pair.of(d)));
  }

  /** Returns a layer like this whose windows may reach beyond the padded image. */
  public MaxPool2d ceilMode(boolean on) {
    return new MaxPool2d(geometry().withCeilMode(on));
  }

  @Override
  PoolSpec.Mode mode() {
    return PoolSpec.Mode.MAX;
  }
}
