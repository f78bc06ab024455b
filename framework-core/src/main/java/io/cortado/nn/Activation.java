package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.autograd.Arithmetic;
import io.cortado.backend.spec.UnaryOp;

/** A function applied to each element; {@link Layers} has a factory for each. */
public final class Activation extends Layer {

  private final String name;
  private final UnaryOp op;

  /**
   * Makes a layer.
   *
   * @param name as it appears in tables
   * @param op the function
   */
  public Activation(String name, UnaryOp op) {
    this.name = name;
    this.op = op;
  }

  /** Returns the function. */
  public UnaryOp op() {
    return op;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Arithmetic.unary(op, x);
  }

  @Override
  public String toString() {
    return name;
  }
}
