package io.cortado.nn;

import io.cortado.DeviceObserver;
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
        ? fused(f, a, x)
        : second.call(first.call(x));
  }

  private static Tensor fused(FusableLayer first, Activation second, Tensor x) {
    DeviceObserver observer = x.device().observer();
    if (observer == null) {
      return first.forward(x, second.op());
    }
    observer.entered(first);
    try {
      Tensor y = first.forward(x, second.op());
      observer.output(second, y);
      return y;
    } finally {
      observer.left(first);
    }
  }
}
