package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.LossScaleSpec;

/** Undoes a loss scale, and chooses the next. */
public final class LossScaleKernels extends Family {

  /** Makes the family of a device. */
  public LossScaleKernels(Kernels kernels) {
    super(kernels, "loss_scale.cu");
  }

  /** See {@link io.cortado.backend.Backend#unscale}. */
  public void unscale(long n, Buffer x, Buffer state) {
    each("unscale", n, n, x, state);
  }

  /** See {@link io.cortado.backend.Backend#updateScale}. */
  public void update(LossScaleSpec s, Buffer state) {
    launch("update_scale", 1, s.growthFactor(), s.backoffFactor(), s.growthInterval(), state);
  }
}
