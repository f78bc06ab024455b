package io.cortado.backend.spec;

/**
 * A sort along one axis, of which the first few elements are wanted.
 *
 * <p>Stable: equal elements stay in their order. NaN is larger than all numbers, and all NaN are
 * equal, as are both zeros.
 *
 * @param axis the axis
 * @param k how many of the sorted elements are written, at most the axis's extent
 * @param descending whether the largest comes first
 */
public record SortSpec(AxisSpec axis, int k, boolean descending) {

  /** Returns the number of elements that are written. */
  public long outputSize() {
    return axis.outer() * k * axis.inner();
  }
}
