package io.cortado.nn.init;

import io.cortado.Philox;
import io.cortado.Shape;

/**
 * An initializer that asks the shape for its fans at most and draws one element after another, so
 * that its values can be made in pieces.
 */
@FunctionalInterface
interface ElementByElement extends Initializer {

  @Override
  void fill(float[] values, Shape shape, Philox random);

  @Override
  default boolean inPieces() {
    return true;
  }
}
