package io.cortado.nn.init;

/**
 * An initializer that asks the shape for its fans at most and draws one element after another, so
 * that its values can be made in pieces.
 */
@FunctionalInterface
interface ElementByElement extends Initializer {

  @Override
  default boolean inPieces() {
    return true;
  }
}
