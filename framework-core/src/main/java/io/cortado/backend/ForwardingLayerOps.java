package io.cortado.backend;

import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.NormSpec;
import io.cortado.backend.spec.PoolSpec;
import org.jspecify.annotations.Nullable;

/** The layers of {@link ForwardingBackend}. */
abstract class ForwardingLayerOps extends ForwardingElementOps {

  ForwardingLayerOps(Backend delegate) {
    super(delegate);
  }

  // ---------------------------------------------------------------- matrices

  @Override
  public void gemm(GemmSpec spec, float alpha, Buffer a, Buffer b, float beta, Buffer c) {
    call("gemm", () -> delegate.gemm(spec, alpha, a, b, beta, c));
  }

  @Override
  public void linear(LinearSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    call("linear", () -> delegate.linear(spec, x, w, bias, y));
  }

  // ---------------------------------------------------------------- convolution

  @Override
  public void conv(ConvSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    call("conv", () -> delegate.conv(spec, x, w, bias, y));
  }

  @Override
  public void convBackwardData(ConvSpec spec, Buffer dy, Buffer w, float beta, Buffer dx) {
    call("convBackwardData", () -> delegate.convBackwardData(spec, dy, w, beta, dx));
  }

  @Override
  public void convBackwardFilter(ConvSpec spec, Buffer x, Buffer dy, float beta, Buffer dw) {
    call("convBackwardFilter", () -> delegate.convBackwardFilter(spec, x, dy, beta, dw));
  }

  // ---------------------------------------------------------------- pooling

  @Override
  public long poolReserveSize(PoolSpec spec) {
    return delegate.poolReserveSize(spec);
  }

  @Override
  public void pool(PoolSpec spec, Buffer x, Buffer y, @Nullable Buffer reserve) {
    call("pool", () -> delegate.pool(spec, x, y, reserve));
  }

  @Override
  public void poolBackward(
      PoolSpec spec,
      Buffer x,
      Buffer y,
      @Nullable Buffer reserve,
      Buffer dy,
      float beta,
      Buffer dx) {
    call("poolBackward", () -> delegate.poolBackward(spec, x, y, reserve, dy, beta, dx));
  }

  @Override
  public void maxPool(
      MaxPoolSpec spec, @Nullable Buffer samples, Buffer x, Buffer y, Buffer places) {
    call("maxPool", () -> delegate.maxPool(spec, samples, x, y, places));
  }

  // ---------------------------------------------------------------- normalisation

  @Override
  public void batchNormTrain(
      BatchNormSpec spec,
      float momentum,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      @Nullable Buffer runningMean,
      @Nullable Buffer runningVar,
      Buffer y,
      Buffer saveMean,
      Buffer saveInvStd) {
    call(
        "batchNormTrain",
        () ->
            delegate.batchNormTrain(
                spec, momentum, x, gamma, shift, runningMean, runningVar, y, saveMean, saveInvStd));
  }

  @Override
  public void batchNormInfer(
      BatchNormSpec spec,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer mean,
      Buffer var,
      Buffer y,
      @Nullable Buffer saveInvStd) {
    call(
        "batchNormInfer",
        () -> delegate.batchNormInfer(spec, x, gamma, shift, mean, var, y, saveInvStd));
  }

  @Override
  public void batchNormBackward(
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
      @Nullable Buffer dShift) {
    call(
        "batchNormBackward",
        () ->
            delegate.batchNormBackward(
                spec,
                batchStatistics,
                x,
                gamma,
                mean,
                invStd,
                dy,
                betaX,
                dx,
                betaGamma,
                dGamma,
                betaShift,
                dShift));
  }

  @Override
  public void norm(
      NormSpec spec,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer y,
      @Nullable Buffer saveMean,
      Buffer saveInvStd) {
    call("norm", () -> delegate.norm(spec, x, gamma, shift, y, saveMean, saveInvStd));
  }

  @Override
  public void normBackward(
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
      @Nullable Buffer dShift) {
    call(
        "normBackward",
        () ->
            delegate.normBackward(
                spec, x, gamma, mean, invStd, dy, betaX, dx, betaGamma, dGamma, betaShift, dShift));
  }

  @Override
  public void lrn(LrnSpec spec, Buffer x, Buffer y) {
    call("lrn", () -> delegate.lrn(spec, x, y));
  }

  @Override
  public void lrnBackward(LrnSpec spec, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
    call("lrnBackward", () -> delegate.lrnBackward(spec, x, y, dy, beta, dx));
  }
}
