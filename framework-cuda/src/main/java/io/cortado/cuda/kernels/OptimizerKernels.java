package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.cuda.Scratch;
import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/** Steps of optimizers, and what clips gradients before them. */
public final class OptimizerKernels extends Family {

  /** Makes the family of a device. */
  public OptimizerKernels(Kernels kernels) {
    super(kernels, "optimizer.cu");
  }

  /** See {@link io.cortado.backend.Backend#advance}. */
  public void advance(Buffer counter, @Nullable Buffer skip) {
    launch("advance", 1, counter, skip);
  }

  /** See {@link io.cortado.backend.Backend#sgd}. */
  public void sgd(
      SgdSpec s,
      Buffer hyper,
      @Nullable Buffer step,
      @Nullable Buffer skip,
      Buffer param,
      Buffer grad,
      @Nullable Buffer momentum) {
    each(
        "sgd",
        s.n(),
        s.n(),
        hyper,
        step,
        skip,
        s.momentum(),
        (float) (1 - (double) s.dampening()),
        s.weightDecay(),
        s.nesterov(),
        param,
        grad,
        momentum);
  }

  /** See {@link io.cortado.backend.Backend#adam}. */
  public void adam(
      AdamSpec s,
      Buffer hyper,
      Buffer step,
      @Nullable Buffer skip,
      Buffer param,
      Buffer grad,
      Buffer m,
      Buffer v) {
    each(
        "adam",
        s.n(),
        s.n(),
        hyper,
        step,
        skip,
        s.beta1(),
        s.beta2(),
        (float) (1 - s.beta1()),
        (float) (1 - s.beta2()),
        s.eps(),
        s.weightDecay(),
        s.decoupled(),
        param,
        grad,
        m,
        v);
  }

  /** See {@link io.cortado.backend.Backend#clipNorm}. */
  public void clipNorm(long n, float maxNorm, Buffer x, Buffer norm) {
    norm(n, maxNorm, x, norm, true);
  }

  /** See {@link io.cortado.backend.Backend#vectorNorm}. */
  public void vectorNorm(long n, Buffer x, Buffer norm) {
    norm(n, Float.MAX_VALUE, x, norm, false);
  }

  private void norm(long n, float maxNorm, Buffer x, Buffer norm, boolean clip) {
    int parts = blocks(n);
    try (Scratch scratch = kernels().context.memory().scratch((parts + 1L) * Double.BYTES)) {
      CUdeviceptr squares = scratch.pointer();
      CUdeviceptr factor = squares.withByteOffset((long) parts * Double.BYTES);
      launch("sum_of_squares", parts, n, x, squares);
      launch("clip_factor", 1, parts, squares, maxNorm, norm, factor);
      if (clip) {
        each("scale_by", n, n, factor, x);
      }
    }
  }
}
