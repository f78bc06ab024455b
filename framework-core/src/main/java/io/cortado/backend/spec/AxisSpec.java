package io.cortado.backend.spec;

import io.cortado.Shape;

/**
 * One axis of a tensor seen as {@code [outer, extent, inner]}.
 *
 * @param outer the product of the extents before the axis
 * @param extent the extent of the axis
 * @param inner the product of the extents after it
 */
public record AxisSpec(long outer, int extent, long inner) {

  /** Makes the view of one axis of a shape; a negative axis counts from the end. */
  public static AxisSpec of(Shape shape, int axis) {
    int a = shape.axis(axis);
    return new AxisSpec(shape.product(0, a), shape.dim(a), shape.product(a + 1, shape.rank()));
  }

  /** Returns the number of elements. */
  public long size() {
    return outer * extent * inner;
  }
}
