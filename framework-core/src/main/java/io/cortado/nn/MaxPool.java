package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.autograd.Pooling;
import io.cortado.autograd.ValuesAndIndices;
import io.cortado.backend.spec.PoolSpec;

/**
 * What poolings by the maximum have in common: padding counts as minus infinity, and the gradient
 * goes to the first largest in row-major order.
 *
 * @param <L> the layer itself
 */
public abstract sealed class MaxPool<L extends MaxPool<L>> extends PoolBase<L>
    permits MaxPool1d, MaxPool2d, MaxPool3d {

  MaxPool(Geometry geometry) {
    super(geometry);
  }

  /**
   * Returns a layer like this with padding on each side, at most half of the window.
   *
   * @param padding for each axis, or for all
   */
  public final L padding(int... padding) {
    return withPadding(padding);
  }

  /**
   * Returns a layer like this with other distances between a window's elements.
   *
   * @param dilation for each axis, or for all
   */
  public final L dilation(int... dilation) {
    return withDilation(dilation);
  }

  /**
   * Returns the largest elements and where they are within their channel, {@code (d * H + h) * W +
   * w}, as {@link MaxUnpool} wants them: torch's {@code return_indices}.
   *
   * @throws IllegalArgumentException as {@link #forward} does, and where a window over three axes
   *     has nothing but padding
   */
  public final ValuesAndIndices forwardWithIndices(Tensor x) {
    return Pooling.maxPoolWithIndices(plan(x), x);
  }

  @Override
  final PoolSpec.Mode mode() {
    return PoolSpec.Mode.MAX;
  }
}
