package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.backend.spec.PoolSpec;

/**
 * What poolings by the mean have in common.
 *
 * @param <L> the layer itself
 */
public abstract sealed class AvgPool<L extends AvgPool<L>> extends PoolBase<L>
    permits AvgPool1d, AvgPool2d, AvgPool3d {

  /**
   * What sums are divided by.
   *
   * @param countIncludePad whether padding counts
   * @param override a number of one's own instead of the window's extent; 0 for that extent
   */
  record Divisor(boolean countIncludePad, int override) {

    static final Divisor DEFAULT = new Divisor(true, 0);
  }

  private final Divisor divisor;

  AvgPool(Geometry geometry, Divisor divisor) {
    super(geometry);
    this.divisor = divisor;
  }

  abstract L make(Geometry g, Divisor d);

  @Override
  final L make(Geometry g) {
    return make(g, divisor);
  }

  /**
   * Returns a layer like this with zeros on each side, at most half of the window.
   *
   * @param padding for each axis, or for all
   */
  public final L padding(int... padding) {
    return withPadding(padding);
  }

  /** Returns a layer like this where padding counts in the divisor, or not. */
  public final L countIncludePad(boolean counts) {
    return make(geometry(), new Divisor(counts, divisor.override()));
  }

  /**
   * Returns a layer like this that divides each sum by a number of one's own.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public final L divisorOverride(int by) {
    if (by < 1) {
      throw new IllegalArgumentException(
          name() + ": the divisor is " + by + ", it has to be positive");
    }
    return make(geometry(), new Divisor(divisor.countIncludePad(), by));
  }

  /** Says whether padding counts in the divisor. */
  public final boolean countsIncludedPad() {
    return divisor.countIncludePad();
  }

  /** Returns the divisor of one's own, or 0 if each sum is divided by its window's extent. */
  public final int divisorOverride() {
    return divisor.override();
  }

  @Override
  public final Tensor forward(Tensor x) {
    Tensor y = super.forward(x);
    return divisor.override() == 0 ? y : y.mul(1f / divisor.override());
  }

  @Override
  final PoolSpec.Mode mode() {
    if (divisor.override() != 0) {
      return PoolSpec.Mode.SUM;
    }
    return divisor.countIncludePad()
        ? PoolSpec.Mode.AVERAGE
        : PoolSpec.Mode.AVERAGE_EXCLUDE_PADDING;
  }
}
