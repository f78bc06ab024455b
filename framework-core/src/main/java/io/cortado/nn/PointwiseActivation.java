package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import java.util.function.UnaryOperator;

/** A formula applied to each element, in one pass; {@link Activations} has PyTorch's. */
public final class PointwiseActivation extends Layer {

  private final String name;
  private final Pointwise function;

  /**
   * Makes a layer.
   *
   * @param name as it appears in tables
   * @param formula the function of one element
   */
  public PointwiseActivation(String name, UnaryOperator<Expr> formula) {
    this.name = name;
    this.function = Pointwise.of(name, formula);
  }

  /** Returns the formula. */
  public Pointwise function() {
    return function;
  }

  @Override
  public Tensor forward(Tensor x) {
    return function.apply(x);
  }

  @Override
  public String toString() {
    return name;
  }
}
