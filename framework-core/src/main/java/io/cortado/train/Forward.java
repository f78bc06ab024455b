package io.cortado.train;

import io.cortado.Tensor;
import io.cortado.data.Batch;

/** Computes a model's output, or a loss, from a batch; for models with several inputs. */
@FunctionalInterface
public interface Forward {

  /** Computes it, in the step that is open. */
  Tensor forward(Batch batch);
}
