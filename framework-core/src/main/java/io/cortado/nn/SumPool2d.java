package io.cortado.nn;

import io.cortado.backend.spec.PoolSpec;

/** The sum of each window; padding counts as zero. */
public final class SumPool2d extends Pool2d {

  /** Makes a layer of a given geometry. */
  public SumPool2d(Geometry geometry) {
    super(geometry);
    if (!geometry.dilation().equals(Pair.of(1))) {
      throw new IllegalArgumentException("sumPool2d: there is no dilation of a sum");
    }
  }

  /** Makes a layer of square windows side by side. */
  public SumPool2d(int kernel) {
    this(Geometry.of(kernel, kernel));
  }

  /** Returns a layer like this with another step between windows. */
  public SumPool2d stride(int s) {
    return new SumPool2d(geometry().withStride(Pair.of(s)));
  }

  /** Returns a layer like this with zeros on each side, at most half of the window. */
  public SumPool2d padding(int p) {
    return new SumPool2d(geometry().withPadding(Pair.of(p)));
  }

  /** Returns a layer like this whose windows may reach beyond the padded image. */
  public SumPool2d ceilMode(boolean on) {
    return new SumPool2d(geometry().withCeilMode(on));
  }

  @Override
  PoolSpec.Mode mode() {
    return PoolSpec.Mode.SUM;
  }
}
