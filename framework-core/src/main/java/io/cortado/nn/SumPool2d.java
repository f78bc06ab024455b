package io.cortado.nn;

import io.cortado.backend.spec.PoolSpec;

/**
 * The sum of each window; padding counts as zero.
 *
 * <p>Input and output are {@code [N, C, H, W]}.
 */
public final class SumPool2d extends PoolBase<SumPool2d> {

  private SumPool2d(Geometry geometry) {
    super(geometry);
  }

  /**
   * Makes a layer of square windows side by side.
   *
   * @throws IllegalArgumentException if a window's extent is below 1
   */
  public SumPool2d(int kernel) {
    super(Geometry.of("sumPool2d", 2, kernel));
  }

  /**
   * Returns a layer like this with zeros on each side, at most half of the window.
   *
   * @param padding for each axis, or for both
   */
  public SumPool2d padding(int... padding) {
    return withPadding(padding);
  }

  @Override
  SumPool2d make(Geometry g) {
    return new SumPool2d(g);
  }

  @Override
  PoolSpec.Mode mode() {
    return PoolSpec.Mode.SUM;
  }
}
