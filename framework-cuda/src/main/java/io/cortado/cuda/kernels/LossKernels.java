package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.Reduction;
import io.cortado.cuda.Scratch;
import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/** Losses with their gradients. */
public final class LossKernels extends Family {

  /** Makes the family of a device. */
  public LossKernels(Kernels kernels) {
    super(kernels, "loss.cu");
  }

  /**
   * See {@link io.cortado.backend.Backend#crossEntropy} and {@link
   * io.cortado.backend.Backend#crossEntropyProbabilities}.
   *
   * @param targets one class index per row; null where there are probabilities
   * @param probabilities one per logit; null where there are targets
   */
  public void crossEntropy(
      CrossEntropySpec s,
      Buffer logits,
      @Nullable Buffer targets,
      @Nullable Buffer probabilities,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    long rows = s.rows();
    long inner = s.inner();
    boolean each = s.reduction() == Reduction.NONE;
    try (Scratch scratch = kernels().context.memory().scratch((5 * rows + 1) * Float.BYTES)) {
      CUdeviceptr max = scratch.pointer();
      CUdeviceptr logSum = max.withByteOffset(rows * Float.BYTES);
      CUdeviceptr share = max.withByteOffset(2 * rows * Float.BYTES);
      CUdeviceptr counts = max.withByteOffset(3 * rows * Float.BYTES);
      CUdeviceptr losses = max.withByteOffset(4 * rows * Float.BYTES);
      CUdeviceptr divisor = max.withByteOffset(5 * rows * Float.BYTES);
      rows(
          "cross_entropy_rows",
          rows,
          s.classes(),
          inner,
          rows,
          s.classes(),
          inner,
          s.ignoreIndex(),
          s.labelSmoothing(),
          logits,
          targets,
          probabilities,
          weight,
          max,
          logSum,
          share,
          counts,
          each ? loss : losses);
      if (!each) {
        boolean mean = s.reduction() == Reduction.MEAN;
        launch("cross_entropy_total", 1, rows, mean, counts, losses, divisor, loss);
      }
      if (grad != null) {
        long n = rows * s.classes();
        each(
            "cross_entropy_gradient",
            n,
            n,
            s.classes(),
            inner,
            s.ignoreIndex(),
            s.labelSmoothing(),
            logits,
            targets,
            probabilities,
            weight,
            max,
            logSum,
            share,
            each ? null : divisor,
            grad);
      }
    }
  }

  /** See {@link io.cortado.backend.Backend#pointwiseLoss}. */
  public void pointwiseLoss(
      PointwiseLossSpec s,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer posWeight,
      Buffer loss,
      @Nullable Buffer grad) {
    int kind = s.kind().ordinal();
    long n = s.n();
    if (s.reduction() == Reduction.NONE) {
      each("pointwise_loss", n, kind, n, 1f, x, target, weight, posWeight, loss, null, grad);
      return;
    }
    float divisor = s.reduction() == Reduction.MEAN ? (float) n : 1f;
    int parts = blocks(n);
    try (Scratch scratch = kernels().context.memory().scratch((long) parts * Float.BYTES)) {
      CUdeviceptr sums = scratch.pointer();
      launch(
          "pointwise_loss",
          parts,
          kind,
          n,
          divisor,
          x,
          target,
          weight,
          posWeight,
          null,
          sums,
          grad);
      launch("pointwise_total", 1, parts, divisor, sums, loss);
    }
  }
}
