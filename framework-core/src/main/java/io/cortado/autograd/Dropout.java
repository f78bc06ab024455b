package io.cortado.autograd;

import io.cortado.RandomState;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.spec.RandomKey;

/** Dropout. */
public final class Dropout {

  private Dropout() {}

  /**
   * Sets each element to 0 with probability p and scales the others by {@code 1 / (1 - p)}.
   *
   * <p>No mask is stored: the backward pass draws the same numbers again.
   */
  public static Tensor dropout(Tensor x, float p) {
    Step step = Checks.step("dropout", x);
    Checks.floats("dropout", x);
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("dropout: probability " + p + " is not between 0 and 1");
    }
    RandomState random = x.device().random();
    RandomKey key = random.next();
    Backend backend = x.device().backend();
    Tensor y = step.empty(x.shape());
    backend.dropout(key, random.step(), p, x.size(), x.buffer(), 0, y.buffer());
    return step.records(x)
        ? step.record(
            "dropout",
            y,
            g -> backend.dropout(key, random.step(), p, x.size(), g.upstream(), g.beta(x), g.of(x)))
        : y;
  }
}
