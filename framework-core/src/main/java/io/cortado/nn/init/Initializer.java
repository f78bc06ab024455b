package io.cortado.nn.init;

import io.cortado.Philox;
import io.cortado.Shape;

/**
 * Sets a parameter's first values; runs on the host, so that every backend starts from the same
 * bits.
 */
@FunctionalInterface
public interface Initializer {

  /**
   * Fills a parameter.
   *
   * @param values receives the values, row-major
   * @param shape the parameter's shape
   * @param random this parameter's own run of random numbers
   */
  void fill(float[] values, Shape shape, Philox random);

  /**
   * Says whether values may be made piece by piece: {@link #fill} of arrays shorter than the shape,
   * one after the other by the same random numbers, gives what one array would hold. A layer of a
   * hundred million weights then needs no second copy of them on the host.
   */
  default boolean inPieces() {
    return false;
  }
}
