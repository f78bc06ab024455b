package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.cuda.Scratch;
import jcuda.driver.CUdeviceptr;

/** The local response normalisations that cuDNN does not have. */
public final class LrnKernels extends Family {

  /** Makes the family of a device. */
  public LrnKernels(Kernels kernels) {
    super(kernels, "lrn.cu");
  }

  private static float factor(LrnSpec s) {
    return (float) ((double) s.alpha() / s.size());
  }

  /** See {@link io.cortado.backend.Backend#lrn}. */
  public void lrn(LrnSpec s, Buffer x, Buffer y) {
    long n = s.count();
    each(
        "lrn_forward",
        n,
        x,
        y,
        n,
        s.channels(),
        (long) s.inner(),
        s.behind(),
        s.ahead(),
        factor(s),
        s.beta(),
        s.k());
  }

  /** See {@link io.cortado.backend.Backend#lrnBackward}. */
  public void lrnBackward(LrnSpec s, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
    long n = s.count();
    if (n == 0) {
      return;
    }
    try (Scratch scratch = kernels().context.memory().scratch(n * Float.BYTES)) {
      CUdeviceptr ratios = scratch.pointer();
      each(
          "lrn_ratios",
          n,
          x,
          y,
          dy,
          ratios,
          n,
          s.channels(),
          (long) s.inner(),
          s.behind(),
          s.ahead(),
          factor(s),
          s.k());
      each(
          "lrn_gradient",
          n,
          x,
          dy,
          ratios,
          beta,
          dx,
          n,
          s.channels(),
          (long) s.inner(),
          s.behind(),
          s.ahead(),
          factor(s),
          s.beta(),
          s.k());
    }
  }
}
