package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.NormSpec;
import io.cortado.cuda.Scratch;
import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/** Layer norm, RMS norm and group norm. */
public final class NormKernels extends Family {

  /** Columns that a block of {@code norm_parameters_by_columns} has. */
  private static final int COLUMNS = 32;

  /** How many rows a block sums before it is worth having more blocks. */
  private static final long SERIAL = 64;

  /** Makes the family of a device. */
  public NormKernels(Kernels kernels) {
    super(kernels, "norm.cu");
  }

  private static int rowBlocks(NormSpec s) {
    return Math.min(s.rows(), MAX_BLOCKS);
  }

  /** See {@link io.cortado.backend.Backend#norm}. */
  public void norm(
      NormSpec s,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer y,
      @Nullable Buffer saveMean,
      Buffer saveInvStd) {
    if (s.count() > 0) {
      launch(
          "norm_forward",
          rowBlocks(s),
          x,
          gamma,
          shift,
          y,
          saveMean,
          saveInvStd,
          s.eps(),
          s.centered(),
          (long) s.rows(),
          s.groups(),
          s.channels(),
          s.inner());
    }
  }

  /** See {@link io.cortado.backend.Backend#normBackward}. */
  public void normBackward(
      NormSpec s,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer mean,
      Buffer invStd,
      Buffer dy,
      float betaX,
      @Nullable Buffer dx,
      float betaGamma,
      @Nullable Buffer dGamma,
      float betaShift,
      @Nullable Buffer dShift) {
    if (dx != null && s.count() > 0) {
      launch(
          "norm_input_gradient",
          rowBlocks(s),
          x,
          gamma,
          mean,
          invStd,
          dy,
          betaX,
          dx,
          s.centered(),
          (long) s.rows(),
          s.groups(),
          s.channels(),
          s.inner());
    }
    if ((dGamma == null && dShift == null) || s.parameters() == 0) {
      return;
    }
    long count = s.rows() / s.groups();
    if (s.inner() == 1) {
      byColumns(s, count, x, mean, invStd, dy, betaGamma, dGamma, betaShift, dShift);
    } else {
      launch(
          "norm_parameters_by_blocks",
          Math.min(s.parameters(), MAX_BLOCKS),
          x,
          mean,
          invStd,
          dy,
          betaGamma,
          dGamma,
          betaShift,
          dShift,
          count,
          s.groups(),
          s.channels(),
          s.inner());
    }
  }

  private void byColumns(
      NormSpec s,
      long count,
      Buffer x,
      @Nullable Buffer mean,
      Buffer invStd,
      Buffer dy,
      float betaGamma,
      @Nullable Buffer dGamma,
      float betaShift,
      @Nullable Buffer dShift) {
    int tiles = Math.ceilDiv(s.parameters(), COLUMNS);
    int chunks = (int) Math.clamp(Math.min(MAX_BLOCKS / tiles, count / SERIAL), 1, BLOCK);
    if (chunks == 1) {
      chunked(s, count, 1, x, mean, invStd, dy, betaGamma, dGamma, betaShift, dShift, null);
      return;
    }
    long bytes = 2L * chunks * s.parameters() * Float.BYTES;
    try (Scratch scratch = kernels().context.memory().scratch(bytes)) {
      CUdeviceptr parts = scratch.pointer();
      chunked(s, count, chunks, x, mean, invStd, dy, 0, null, 0, null, parts);
      each(
          "norm_parameters_total",
          s.parameters(),
          parts,
          chunks,
          s.parameters(),
          betaGamma,
          dGamma,
          betaShift,
          dShift);
    }
  }

  private void chunked(
      NormSpec s,
      long count,
      int chunks,
      Buffer x,
      @Nullable Buffer mean,
      Buffer invStd,
      Buffer dy,
      float betaGamma,
      @Nullable Buffer dGamma,
      float betaShift,
      @Nullable Buffer dShift,
      @Nullable CUdeviceptr parts) {
    launch(
        "norm_parameters_by_columns",
        Math.min(Math.ceilDiv(s.parameters(), COLUMNS) * chunks, MAX_BLOCKS),
        x,
        mean,
        invStd,
        dy,
        betaGamma,
        dGamma,
        betaShift,
        dShift,
        parts,
        count,
        chunks,
        s.groups(),
        s.channels());
  }
}
