package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BatchNormSpec;
import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/** The parts of batch normalisation that cuDNN does not have, or not for so many images. */
public final class BatchNormKernels extends Family {

  /** Makes the family of a device. */
  public BatchNormKernels(Kernels kernels) {
    super(kernels, "batch_norm.cu");
  }

  private static long elements(BatchNormSpec s) {
    return s.count() * s.channels();
  }

  /** See {@link io.cortado.backend.Backend#batchNormInfer}. */
  public void infer(
      BatchNormSpec s,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer mean,
      Buffer var,
      Buffer y,
      @Nullable Buffer saveInvStd) {
    each(
        "batch_norm_infer",
        elements(s),
        x,
        gamma,
        shift,
        mean,
        var,
        s.eps(),
        y,
        saveInvStd,
        elements(s),
        s.channels(),
        s.inner());
  }

  /**
   * Computes the batch's mean and inverse deviation, and what running statistics become of them.
   */
  public void statistics(
      BatchNormSpec s,
      float momentum,
      Buffer x,
      @Nullable Buffer runningMean,
      @Nullable Buffer runningVar,
      Buffer saveMean,
      Buffer saveInvStd) {
    launch(
        "batch_norm_statistics",
        s.channels(),
        x,
        s.eps(),
        momentum,
        runningMean,
        runningVar,
        saveMean,
        saveInvStd,
        s.outer(),
        s.channels(),
        s.inner());
  }

  /** Normalises by statistics that have been computed. */
  public void normalize(
      BatchNormSpec s,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer mean,
      Buffer invStd,
      Buffer y) {
    each(
        "batch_norm_normalize",
        elements(s),
        x,
        gamma,
        shift,
        mean,
        invStd,
        y,
        elements(s),
        s.channels(),
        s.inner());
  }

  /**
   * Computes the parameters' gradients, which the input's gradient is made of, to scratch memory.
   */
  public void sums(
      BatchNormSpec s,
      Buffer x,
      Buffer mean,
      Buffer invStd,
      Buffer dy,
      CUdeviceptr gammaSum,
      CUdeviceptr shiftSum) {
    sums(s, x, mean, invStd, dy, 0, gammaSum, 0, shiftSum);
  }

  /** Each of the sums goes to a buffer or to scratch memory, or nowhere. */
  private void sums(
      BatchNormSpec s,
      Buffer x,
      Buffer mean,
      Buffer invStd,
      Buffer dy,
      float betaGamma,
      @Nullable Object gamma,
      float betaShift,
      @Nullable Object shift) {
    launch(
        "batch_norm_sums",
        s.channels(),
        x,
        dy,
        mean,
        invStd,
        betaGamma,
        gamma,
        betaShift,
        shift,
        s.outer(),
        s.channels(),
        s.inner());
  }

  /** Computes the input's gradient through the batch's statistics, by {@link #sums}. */
  public void batchInputGradient(
      BatchNormSpec s,
      Buffer x,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer invStd,
      Buffer dy,
      CUdeviceptr gammaSum,
      CUdeviceptr shiftSum,
      float beta,
      Buffer dx) {
    each(
        "batch_norm_batch_gradient",
        elements(s),
        x,
        dy,
        gamma,
        mean,
        invStd,
        gammaSum,
        shiftSum,
        1f / s.count(),
        beta,
        dx,
        elements(s),
        s.channels(),
        s.inner());
  }

  /** Computes the parameters' gradients, each null where it is not wanted. */
  public void parameterGradients(
      BatchNormSpec s,
      Buffer x,
      Buffer mean,
      Buffer invStd,
      Buffer dy,
      float betaGamma,
      @Nullable Buffer dGamma,
      float betaShift,
      @Nullable Buffer dShift) {
    if (s.channels() > 0 && (dGamma != null || dShift != null)) {
      sums(s, x, mean, invStd, dy, betaGamma, dGamma, betaShift, dShift);
    }
  }

  /** Computes the input's gradient where mean and variance were given, not computed from it. */
  public void inputGradient(
      BatchNormSpec s, @Nullable Buffer gamma, Buffer invStd, Buffer dy, float beta, Buffer dx) {
    each(
        "batch_norm_input_gradient",
        elements(s),
        dy,
        gamma,
        invStd,
        beta,
        dx,
        elements(s),
        s.channels(),
        s.inner());
  }

  /** Adds parameters' gradients that are in scratch memory to where they are wanted. */
  public void handOn(
      BatchNormSpec s,
      CUdeviceptr gamma,
      CUdeviceptr shift,
      float betaGamma,
      @Nullable Buffer dGamma,
      float betaShift,
      @Nullable Buffer dShift) {
    if (dGamma != null || dShift != null) {
      each(
          "batch_norm_hand_on",
          s.channels(),
          gamma,
          shift,
          betaGamma,
          dGamma,
          betaShift,
          dShift,
          s.channels());
    }
  }
}
