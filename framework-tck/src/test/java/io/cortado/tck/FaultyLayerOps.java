package io.cortado.tck;

import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.NormSpec;
import io.cortado.backend.spec.PoolSpec;
import org.jspecify.annotations.Nullable;

/** The layers of {@link FaultyBackend}. */
abstract class FaultyLayerOps extends FaultyElementOps {

  FaultyLayerOps(Backend delegate, Fault fault) {
    super(delegate, fault);
  }

  // ---------------------------------------------------------------- matrices

  @Override
  public void gemm(GemmSpec s, float alpha, Buffer x, Buffer y, float beta, Buffer c) {
    float b = beta("gemm", 0, beta);
    long n = (s.batch() - 1) * s.strideC() + (s.m() - 1L) * s.ldc() + s.n();
    spoil("gemm", 0, c, n, beta, () -> super.gemm(s, alpha, x, y, b, c));
  }

  @Override
  public void linear(LinearSpec s, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    long n = (long) s.rows() * s.out();
    spoil("linear", 0, y, n, NO_BETA, () -> super.linear(s, x, w, bias, y));
  }

  // ---------------------------------------------------------------- convolution

  @Override
  public void conv(ConvSpec s, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    spoil("conv", 0, y, s.outputShape().size(), NO_BETA, () -> super.conv(s, x, w, bias, y));
  }

  @Override
  public void convBackwardData(ConvSpec s, Buffer dy, Buffer w, float beta, Buffer dx) {
    float b = beta("convBackwardData", 0, beta);
    long n = s.inputShape().size();
    spoil("convBackwardData", 0, dx, n, beta, () -> super.convBackwardData(s, dy, w, b, dx));
  }

  @Override
  public void convBackwardFilter(ConvSpec s, Buffer x, Buffer dy, float beta, Buffer dw) {
    float b = beta("convBackwardFilter", 0, beta);
    long n = s.weightShape().size();
    spoil("convBackwardFilter", 0, dw, n, beta, () -> super.convBackwardFilter(s, x, dy, b, dw));
  }

  // ---------------------------------------------------------------- pooling

  @Override
  public void pool(PoolSpec s, Buffer x, Buffer y, @Nullable Buffer reserve) {
    spoil("pool", 0, y, s.outputShape().size(), NO_BETA, () -> super.pool(s, x, y, reserve));
  }

  @Override
  public void poolBackward(
      PoolSpec s, Buffer x, Buffer y, @Nullable Buffer reserve, Buffer dy, float beta, Buffer dx) {
    float b = beta("poolBackward", 0, beta);
    long n = s.inputShape().size();
    spoil("poolBackward", 0, dx, n, beta, () -> super.poolBackward(s, x, y, reserve, dy, b, dx));
  }

  @Override
  public void maxPool(MaxPoolSpec s, @Nullable Buffer samples, Buffer x, Buffer y, Buffer places) {
    long n = s.outputSize();
    spoil("maxPool", 0, y, n, NO_BETA, () -> super.maxPool(s, samples, x, y, places));
  }

  // ---------------------------------------------------------------- normalisation

  @Override
  public void batchNormTrain(
      BatchNormSpec s,
      float momentum,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      @Nullable Buffer runningMean,
      @Nullable Buffer runningVar,
      Buffer y,
      Buffer saveMean,
      Buffer saveInvStd) {
    @Nullable Buffer[] outs = {y, saveMean, saveInvStd, runningMean, runningVar};
    int output = Math.min(fault.output(), outs.length - 1);
    long n = output == 0 ? s.count() * s.channels() : s.channels();
    spoil(
        "batchNormTrain",
        output,
        outs[output],
        n,
        NO_BETA,
        () ->
            super.batchNormTrain(
                s, momentum, x, gamma, shift, runningMean, runningVar, y, saveMean, saveInvStd));
  }

  @Override
  public void batchNormInfer(
      BatchNormSpec s,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer mean,
      Buffer var,
      Buffer y,
      @Nullable Buffer saveInvStd) {
    boolean first = fault.output() == 0;
    spoil(
        "batchNormInfer",
        fault.output(),
        first ? y : saveInvStd,
        first ? s.count() * s.channels() : s.channels(),
        NO_BETA,
        () -> super.batchNormInfer(s, x, gamma, shift, mean, var, y, saveInvStd));
  }

  @Override
  public void batchNormBackward(
      BatchNormSpec s,
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
      @Nullable Buffer dShift) {
    @Nullable Buffer[] outs = {dx, dGamma, dShift};
    float[] betas = {betaX, betaGamma, betaShift};
    int output = Math.min(fault.output(), outs.length - 1);
    float b0 = beta("batchNormBackward", 0, betaX);
    float b1 = beta("batchNormBackward", 1, betaGamma);
    float b2 = beta("batchNormBackward", 2, betaShift);
    spoil(
        "batchNormBackward",
        output,
        outs[output],
        output == 0 ? s.count() * s.channels() : s.channels(),
        betas[output],
        () ->
            super.batchNormBackward(
                s, batchStatistics, x, gamma, mean, invStd, dy, b0, dx, b1, dGamma, b2, dShift));
  }

  @Override
  public void norm(
      NormSpec s,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer y,
      @Nullable Buffer saveMean,
      Buffer saveInvStd) {
    @Nullable Buffer[] outs = {y, saveMean, saveInvStd};
    int output = Math.min(fault.output(), outs.length - 1);
    spoil(
        "norm",
        output,
        outs[output],
        output == 0 ? s.count() : s.rows(),
        NO_BETA,
        () -> super.norm(s, x, gamma, shift, y, saveMean, saveInvStd));
  }

  @Override
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
    @Nullable Buffer[] outs = {dx, dGamma, dShift};
    float[] betas = {betaX, betaGamma, betaShift};
    int output = Math.min(fault.output(), outs.length - 1);
    float b0 = beta("normBackward", 0, betaX);
    float b1 = beta("normBackward", 1, betaGamma);
    float b2 = beta("normBackward", 2, betaShift);
    spoil(
        "normBackward",
        output,
        outs[output],
        output == 0 ? s.count() : s.parameters(),
        betas[output],
        () -> super.normBackward(s, x, gamma, mean, invStd, dy, b0, dx, b1, dGamma, b2, dShift));
  }

  @Override
  public void lrn(LrnSpec s, Buffer x, Buffer y) {
    spoil("lrn", 0, y, s.count(), NO_BETA, () -> super.lrn(s, x, y));
  }

  @Override
  public void lrnBackward(LrnSpec s, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
    float b = beta("lrnBackward", 0, beta);
    spoil("lrnBackward", 0, dx, s.count(), beta, () -> super.lrnBackward(s, x, y, dy, b, dx));
  }
}
