package io.cortado.backend.spec;

/**
 * Running sums or products along one axis.
 *
 * @param axis the axis
 * @param op how elements are combined
 * @param reverse whether it runs from the last element to the first
 * @param exclusive whether an element itself is left out of its own result
 */
public record ScanSpec(AxisSpec axis, Op op, boolean reverse, boolean exclusive) {

  /** How elements are combined. */
  public enum Op {
    /** The sum; of nothing it is 0. */
    SUM,
    /** The product; of nothing it is 1. */
    PRODUCT
  }
}
