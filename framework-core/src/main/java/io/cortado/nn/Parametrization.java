package io.cortado.nn;

import io.cortado.Tensor;

/**
 * How one parameter is computed of others; registered as {@code parametrizations.NAME} beside it.
 */
abstract sealed class Parametrization extends Module permits WeightNorm, SpectralNorm {

  /** The part that holds a module's parametrisations by their parameters' names. */
  static final class All extends Module {
    Parametrization add(String name, Parametrization p) {
      return child(name, p);
    }
  }

  /** Computes the parameter in the open step. */
  abstract Tensor compute();

  /** Computes the parameter in the open step without changing any state. */
  abstract Tensor computeAsItIs();

  /** Returns the parameter that is computed. */
  abstract Parameter computed();

  /**
   * Returns the parameter of the computed one's shape, whose place that takes when it is removed.
   */
  abstract Parameter original();
}
