package io.cortado.cuda;

import io.cortado.backend.Buffer;
import io.cortado.backend.MathPrecision;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.NormSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.cuda.blas.Blas;
import io.cortado.cuda.dnn.Dnn;
import io.cortado.cuda.dnn.Limits;
import io.cortado.cuda.kernels.BatchNormKernels;
import io.cortado.cuda.kernels.CastKernels;
import io.cortado.cuda.kernels.CtcKernels;
import io.cortado.cuda.kernels.LrnKernels;
import io.cortado.cuda.kernels.NormKernels;
import io.cortado.cuda.kernels.PoolKernels;
import io.cortado.cuda.kernels.RnnKernels;
import org.jspecify.annotations.Nullable;

/** The layers of {@link CudaBackend}, and the libraries that compute most of them. */
abstract class CudaLayerOps extends CudaElementOps {

  final Blas blas;
  final Dnn dnn;

  // Sequences', and here because cuDNN works with them.
  final RnnKernels rnnKernels;
  final CtcKernels ctcKernels;

  private final PoolKernels pools;
  private final BatchNormKernels batchNorms;
  private final NormKernels norms;
  private final LrnKernels lrns;

  CudaLayerOps(CudaContext context, MathPrecision precision, Limits limits) {
    super(context);
    rnnKernels = new RnnKernels(kernels);
    ctcKernels = new CtcKernels(kernels);
    pools = new PoolKernels(kernels);
    batchNorms = new BatchNormKernels(kernels);
    norms = new NormKernels(kernels);
    lrns = new LrnKernels(kernels);
    CastKernels casts = precision.isSixteenBit() ? new CastKernels(kernels, precision) : null;
    blas = Blas.open(context, elementwise::biasActivation, precision, casts);
    try {
      dnn =
          Dnn.open(
              context,
              batchNorms,
              rnnKernels,
              ctcKernels,
              elementwise::biasActivation,
              precision,
              casts,
              limits);
    } catch (RuntimeException e) {
      Closing.after(e, blas::close);
      throw e;
    }
  }

  // ---------------------------------------------------------------- matrices

  @Override
  public void gemm(GemmSpec spec, float alpha, Buffer a, Buffer b, float beta, Buffer c) {
    context.enter();
    blas.gemm(spec, alpha, a, b, beta, c);
  }

  @Override
  public void linear(LinearSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    context.enter();
    blas.linear(spec, x, w, bias, y);
  }

  // ---------------------------------------------------------------- convolution

  @Override
  public void conv(ConvSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    context.enter();
    dnn.conv(spec, x, w, bias, y);
  }

  @Override
  public void convBackwardData(ConvSpec spec, Buffer dy, Buffer w, float beta, Buffer dx) {
    context.enter();
    dnn.convBackwardData(spec, dy, w, beta, dx);
  }

  @Override
  public void convBackwardFilter(ConvSpec spec, Buffer x, Buffer dy, float beta, Buffer dw) {
    context.enter();
    dnn.convBackwardFilter(spec, x, dy, beta, dw);
  }

  // ---------------------------------------------------------------- pooling

  @Override
  public long poolReserveSize(PoolSpec spec) {
    return PoolKernels.reserveSize(spec);
  }

  @Override
  public void pool(PoolSpec spec, Buffer x, Buffer y, @Nullable Buffer reserve) {
    context.enter();
    if (dnn.canPool(spec)) {
      dnn.pool(spec, x, y);
    } else {
      pools.pool(spec, x, y, reserve);
    }
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
    context.enter();
    if (dnn.canPool(spec)) {
      dnn.poolBackward(spec, x, y, dy, beta, dx);
    } else {
      pools.poolBackward(spec, reserve, dy, beta, dx);
    }
  }

  @Override
  public void maxPool(
      MaxPoolSpec spec, @Nullable Buffer samples, Buffer x, Buffer y, Buffer places) {
    context.enter();
    pools.maxPool(spec, samples, x, y, places);
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
    context.enter();
    dnn.batchNormTrain(
        spec, momentum, x, gamma, shift, runningMean, runningVar, y, saveMean, saveInvStd);
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
    context.enter();
    batchNorms.infer(spec, x, gamma, shift, mean, var, y, saveInvStd);
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
    context.enter();
    dnn.batchNormBackward(
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
        dShift);
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
    context.enter();
    norms.norm(spec, x, gamma, shift, y, saveMean, saveInvStd);
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
    context.enter();
    norms.normBackward(
        spec, x, gamma, mean, invStd, dy, betaX, dx, betaGamma, dGamma, betaShift, dShift);
  }

  @Override
  public void lrn(LrnSpec spec, Buffer x, Buffer y) {
    context.enter();
    if (dnn.canLrn(spec)) {
      dnn.lrn(spec, x, y);
    } else {
      lrns.lrn(spec, x, y);
    }
  }

  @Override
  public void lrnBackward(LrnSpec spec, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
    context.enter();
    if (dnn.canLrn(spec)) {
      dnn.lrnBackward(spec, x, y, dy, beta, dx);
    } else {
      lrns.lrnBackward(spec, x, y, dy, beta, dx);
    }
  }
}
