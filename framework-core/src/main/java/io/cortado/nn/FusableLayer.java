package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.backend.spec.UnaryOp;

/** A layer that can apply the activation that follows it before its output leaves the cache. */
interface FusableLayer {

  /**
   * Computes the output with an activation applied to it; the activation's gradient follows from
   * its output.
   */
  Tensor forward(Tensor x, UnaryOp activation);

  /** Computes a layer and the one that follows it, as one where that is possible. */
  static Tensor forward(Layer first, Layer second, Tensor x) {
    return first instanceof FusableLayer f
            && second instanceof Activation a
            && !a.op().backwardNeedsInput()
        ? f.forward(x, a.op())
        : second.forward(first.forward(x));
  }
}
