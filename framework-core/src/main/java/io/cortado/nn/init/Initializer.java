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
}
