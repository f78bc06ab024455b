package io.cortado.data;

import io.cortado.Shape;

/**
 * Changes one float field of a sample while it is read.
 *
 * <p>A transform has no state and is used by several threads at once. What it draws at random comes
 * from {@link Row#random()}, so that results depend on nothing but seed, epoch and sample. See
 * {@link Transforms} for those at hand.
 */
public interface Transform {

  /**
   * Returns the shape of the result for a shape of the source.
   *
   * @throws IllegalArgumentException if the transform cannot be applied to such a field
   */
  Shape outputShape(Shape input);

  /**
   * Says whether {@link #apply} is called with source and destination the same; then the shape is
   * too.
   */
  default boolean inPlace() {
    return false;
  }

  /**
   * Transforms one sample.
   *
   * @param shape the source's shape
   * @param src holds the source from {@code srcOffset} on
   * @param dst receives the result from {@code dstOffset} on; all of it is to be written
   * @param row gives random numbers
   */
  void apply(Shape shape, float[] src, int srcOffset, float[] dst, int dstOffset, Row row);
}
