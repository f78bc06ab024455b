package io.cortado.backend;

import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.NormSpec;
import org.jspecify.annotations.Nullable;

/** Normalisations and their gradients: of batches, of rows, and across channels. */
public interface NormOps {

  /**
   * Normalises by the batch's own mean and (biased) variance: {@code y = gamma (x - mean) /
   * sqrt(var + eps) + shift}.
   *
   * <p>Where running statistics are given: {@code running = (1 - momentum) running + momentum *
   * batch's}, the variance there being the unbiased one.
   *
   * @param gamma one per channel, null for 1
   * @param shift one per channel, null for 0
   * @param saveMean receives the batch's mean per channel
   * @param saveInvStd receives {@code 1 / sqrt(var + eps)} per channel
   */
  void batchNormTrain(
      BatchNormSpec spec,
      float momentum,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      @Nullable Buffer runningMean,
      @Nullable Buffer runningVar,
      Buffer y,
      Buffer saveMean,
      Buffer saveInvStd);

  /**
   * Normalises by given statistics.
   *
   * @param saveInvStd receives {@code 1 / sqrt(var + eps)}; null if no backward pass will follow
   */
  void batchNormInfer(
      BatchNormSpec spec,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer mean,
      Buffer var,
      Buffer y,
      @Nullable Buffer saveInvStd);

  /**
   * Computes the gradients of a batch normalisation, each output null where it is not wanted.
   *
   * @param batchStatistics whether mean and variance came from x (and so depend on it) or were
   *     given
   */
  void batchNormBackward(
      BatchNormSpec spec,
      boolean batchStatistics,
      Buffer x,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer invStd,
      Buffer dy,
      float betaX,
      @Nullable Buffer dx,
      float betaGamma,
      @Nullable Buffer dGamma,
      float betaShift,
      @Nullable Buffer dShift);

  /**
   * Normalises each row by its own mean and (biased) variance: {@code y = gamma (x - mean) /
   * sqrt(var + eps) + shift}; without centring by its mean square alone.
   *
   * @param gamma one per parameter of the spec, null for 1
   * @param shift one per parameter of the spec, null for 0
   * @param saveMean receives the mean of each row; null where the spec does not centre
   * @param saveInvStd receives {@code 1 / sqrt(var + eps)} of each row
   */
  void norm(
      NormSpec spec,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer y,
      @Nullable Buffer saveMean,
      Buffer saveInvStd);

  /**
   * Computes the gradients of {@link #norm}, each output null where it is not wanted.
   *
   * @param mean of each row; null where the spec does not centre
   */
  void normBackward(
      NormSpec spec,
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
      @Nullable Buffer dShift);

  /** Computes a local response normalisation across channels. */
  void lrn(LrnSpec spec, Buffer x, Buffer y);

  /**
   * Computes the gradient of {@link #lrn}'s input, {@code dx = ... + beta * dx}; y is its output.
   */
  void lrnBackward(LrnSpec spec, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx);
}
