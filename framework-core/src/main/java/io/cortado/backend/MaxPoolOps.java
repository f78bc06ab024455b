package io.cortado.backend;

import io.cortado.backend.spec.MaxPoolSpec;
import org.jspecify.annotations.Nullable;

/** The largest elements of windows, with their places. */
public interface MaxPoolOps {

  /**
   * Writes the largest element of each window over three axes, and where it is: {@code (d * height
   * + h) * width + w} within its plane.
   *
   * <p>Of equal ones the first counts, in row-major order; NaN is larger than all, and the first
   * NaN counts. Every window has at least one element. The gradient is {@link IndexOps#scatterAdd}.
   *
   * @param samples {@code [planes, randomAxes]} numbers of [0, 1), which move the windows of random
   *     axes; null where the spec has none
   * @param y {@code [planes, depth.out, rows.out, columns.out]}
   * @param places int32, of y's extents
   */
  void maxPool(MaxPoolSpec spec, @Nullable Buffer samples, Buffer x, Buffer y, Buffer places);
}
