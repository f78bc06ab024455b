package io.cortado.train;

import io.cortado.Tensor;
import io.cortado.data.Batch;

/** Computes a loss from a model's output and whatever in the batch it is compared with. */
@FunctionalInterface
public interface BatchLoss {

  /** Computes it, a single number, in the step that is open. */
  Tensor loss(Tensor output, Batch batch);
}
