package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.CtcSpec;
import io.cortado.cuda.Scratch;
import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/**
 * The connectionist temporal classification loss and its gradient, and what cuDNN's needs to give
 * the same.
 *
 * <p>Why cuDNN's is taken only where it is asked for is told in docs/decisions/ctc-on-the-gpu.md.
 */
public final class CtcKernels extends Family {

  /** How many numbers there are of each sequence besides its labels. */
  private static final int PER_SEQUENCE = 3;

  /**
   * What cuDNN is told of a batch, int32 on the device.
   *
   * <p>It gets one label that fits in place of targets that are empty or that no alignment fits:
   * NVIDIA does not say what it makes of these.
   *
   * @param labels of all targets, one behind the other
   * @param labelLengths {@code [batch]}
   * @param inputLengths {@code [batch]}
   * @param fates {@code [batch]}, which sequences have their own labels
   */
  public record Packed(
      CUdeviceptr labels, CUdeviceptr labelLengths, CUdeviceptr inputLengths, CUdeviceptr fates) {}

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
    int[] struct = struct(s);
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

  private static int[] struct(CtcSpec s) {
    return new int[] {
      s.steps(), s.batch(), s.classes(), s.maxTarget(), s.blank(), s.zeroInfinity() ? 1 : 0
    };
  }

  /** Returns how many bytes {@link #pack} writes, for a spec with room for a label. */
  public static long packedBytes(CtcSpec s) {
    return Integer.BYTES * (long) s.batch() * (s.maxTarget() + PER_SEQUENCE);
  }

  /** Brings the targets into cuDNN's order; for a spec with blank 0 and room for a label. */
  public Packed pack(
      CtcSpec s, Buffer targets, Buffer inputLengths, Buffer targetLengths, CUdeviceptr to) {
    long row = Integer.BYTES * (long) s.batch();
    CUdeviceptr labels = to.withByteOffset(PER_SEQUENCE * row);
    Packed p = new Packed(labels, to, to.withByteOffset(row), to.withByteOffset(2 * row));
    launch(
        "ctc_pack",
        1,
        struct(s),
        targets,
        inputLengths,
        targetLengths,
        p.labels(),
        p.labelLengths(),
        p.inputLengths(),
        p.fates());
    return p;
  }

  /**
   * Turns cuDNN's losses and gradient into the seam's.
   *
   * <p>cuDNN normalises x: each step's {@code z = ln(sum(e^x))} is taken from the loss, and the
   * gradient's {@code e^(x - z)} becomes {@code e^x}.
   *
   * @param inputLengths the sequences', not cuDNN's
   * @param norms scratch memory for a double for each step of each sequence
   */
  public void mend(
      CtcSpec s,
      Buffer x,
      Buffer inputLengths,
      Packed packed,
      CUdeviceptr norms,
      Buffer losses,
      @Nullable Buffer gradient) {
    launch(
        "ctc_mend",
        Math.min(s.batch(), MAX_BLOCKS),
        struct(s),
        x,
        inputLengths,
        packed.fates(),
        norms,
        losses,
        gradient);
  }
}
