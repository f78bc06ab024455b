package io.cortado.loss;

import io.cortado.Tensor;

/** Compares what a model computed with what it should have. */
@FunctionalInterface
public interface Loss {

  /** Computes the loss: a single number, unless its reduction is none. */
  Tensor forward(Tensor input, Tensor target);
}
