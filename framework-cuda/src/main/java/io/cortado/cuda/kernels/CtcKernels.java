package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.CtcSpec;
import io.cortado.cuda.Scratch;
import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/**
 * The connectionist temporal classification loss and its gradient.
 *
 * <p>cuDNN has this loss too; why it is not used is told in docs/cuda.md.
 */
public final class CtcKernels extends Family {

  /** Makes the family of a device. */
  public CtcKernels(Kernels kernels) {
    super(kernels, "ctc.cu");
  }

  /** See {@link io.cortado.backend.SequenceLossOps#ctcLoss}. */
  public void loss(
      CtcSpec s,
      Buffer x,
      Buffer targets,
      Buffer inputLengths,
      Buffer targetLengths,
      Buffer losses,
      @Nullable Buffer gradient) {
    if (s.batch() == 0) {
      return;
    }
    int[] struct = {
      s.steps(), s.batch(), s.classes(), s.maxTarget(), s.blank(), s.zeroInfinity() ? 1 : 0
    };
    int grid = Math.min(s.batch(), MAX_BLOCKS);
    int rows = gradient == null ? 2 : Math.max(1, s.steps());
    long row = (long) s.batch() * s.places();
    long doubles = Double.BYTES * (long) s.batch() * (s.steps() + 1);
    long alphas = Float.BYTES * row * rows;
    try (Scratch scratch =
        kernels().context.memory().scratch(doubles + alphas + 5 * Float.BYTES * row)) {
      CUdeviceptr likelihood = scratch.pointer();
      CUdeviceptr base = likelihood.withByteOffset(Double.BYTES * (long) s.batch());
      CUdeviceptr alpha = likelihood.withByteOffset(doubles);
      launch(
          "ctc_forward",
          grid,
          struct,
          rows,
          x,
          targets,
          inputLengths,
          targetLengths,
          alpha,
          base,
          likelihood,
          losses);
      if (gradient == null || s.size() == 0) {
        return;
      }
      each("ctc_densities", s.size(), struct, x, inputLengths, likelihood, gradient);
      CUdeviceptr beta = alpha.withByteOffset(alphas);
      CUdeviceptr chain = beta.withByteOffset(3 * Float.BYTES * row);
      launch(
          "ctc_backward",
          grid,
          struct,
          x,
          targets,
          inputLengths,
          targetLengths,
          alpha,
          base,
          likelihood,
          beta,
          chain,
          gradient);
    }
  }
}
