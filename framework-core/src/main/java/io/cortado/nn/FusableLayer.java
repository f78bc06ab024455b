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
}
