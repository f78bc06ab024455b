package io.cortado.cpu;

import static io.cortado.cpu.Unpack.floats;
import static io.cortado.cpu.Unpack.floatsOrNull;
import static io.cortado.cpu.Unpack.ints;
import static io.cortado.cpu.Unpack.intsOrNull;
import static io.cortado.cpu.Unpack.offset;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.NormSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.cpu.kernels.BatchNorm;
import io.cortado.cpu.kernels.Conv;
import io.cortado.cpu.kernels.Gemm;
import io.cortado.cpu.kernels.Linear;
import io.cortado.cpu.kernels.Lrn;
import io.cortado.cpu.kernels.Norm;
import io.cortado.cpu.kernels.PlacedMax;
import io.cortado.cpu.kernels.Pool;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.Simd;
import io.cortado.cpu.simd.VectorOps;
import org.jspecify.annotations.Nullable;

/** The layers of {@link CpuBackend}: unpacks buffers for the kernels. */
abstract class CpuLayerOps extends CpuElementOps {

  private final Gemm gemm;
  private final Linear linear;
  private final Conv conv;
  private final Pool pool;
  private final PlacedMax placedMax;
  private final BatchNorm batchNorm;
  private final Norm norm;
  private final Lrn lrn;

  CpuLayerOps(Simd simd, Workers workers) {
    super(simd, workers);
    VectorOps ops = simd.ops();
    gemm = new Gemm(simd.gemm(), workers, ops::unary);
    linear = new Linear(gemm);
    conv = new Conv(simd.gemm(), simd.lanes(), workers, ops::unary);
    pool = new Pool(simd.pool(), workers);
    placedMax = new PlacedMax(simd.pool(), workers);
    batchNorm = new BatchNorm(ops, simd.norm(), workers);
    norm = new Norm(ops, simd.norm(), workers);
    lrn = new Lrn(ops, simd.lrn(), workers);
  }

  // ---------------------------------------------------------------- matrices

  @Override
  public void gemm(GemmSpec spec, float alpha, Buffer a, Buffer b, float beta, Buffer c) {
    gemm.run(spec, alpha, floats(a), offset(a), floats(b), offset(b), beta, floats(c), offset(c));
  }

  @Override
  public void gemm(
      GemmSpec spec,
      float alpha,
      Buffer a,
      long aOffset,
      Buffer b,
      long bOffset,
      float beta,
      Buffer c,
      long cOffset) {
    gemm.run(
        spec,
        alpha,
        floats(a),
        offset(a, aOffset, 0),
        floats(b),
        offset(b, bOffset, 0),
        beta,
        floats(c),
        offset(c, cOffset, 0));
  }

  @Override
  public void linear(LinearSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    linear.run(
        spec,
        floats(x),
        offset(x),
        floats(w),
        offset(w),
        floatsOrNull(bias),
        offset(bias),
        floats(y),
        offset(y));
  }

  // ---------------------------------------------------------------- convolution

  @Override
  public void conv(ConvSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    conv.forward(
        spec,
        floats(x),
        offset(x),
        floats(w),
        offset(w),
        floatsOrNull(bias),
        offset(bias),
        floats(y),
        offset(y));
  }

  @Override
  public void convBackwardData(ConvSpec spec, Buffer dy, Buffer w, float beta, Buffer dx) {
    conv.backwardData(
        spec, floats(dy), offset(dy), floats(w), offset(w), beta, floats(dx), offset(dx));
  }

  @Override
  public void convBackwardFilter(ConvSpec spec, Buffer x, Buffer dy, float beta, Buffer dw) {
    conv.backwardFilter(
        spec, floats(x), offset(x), floats(dy), offset(dy), beta, floats(dw), offset(dw));
  }

  // ---------------------------------------------------------------- pooling

  @Override
  public long poolReserveSize(PoolSpec spec) {
    return pool.reserveSize(spec);
  }

  @Override
  public void pool(PoolSpec spec, Buffer x, Buffer y, @Nullable Buffer reserve) {
    pool.forward(
        spec, floats(x), offset(x), floats(y), offset(y), intsOrNull(reserve), offset(reserve));
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
    pool.backward(
        spec,
        intsOrNull(reserve),
        offset(reserve),
        floats(dy),
        offset(dy),
        beta,
        floats(dx),
        offset(dx));
  }

  @Override
  public void maxPool(
      MaxPoolSpec spec, @Nullable Buffer samples, Buffer x, Buffer y, Buffer places) {
    placedMax.forward(
        spec,
        floatsOrNull(samples),
        offset(samples),
        floats(x),
        offset(x),
        floats(y),
        offset(y),
        ints(places),
        offset(places));
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
    batchNorm.train(
        spec,
        momentum,
        floats(x),
        offset(x),
        floatsOrNull(gamma),
        offset(gamma),
        floatsOrNull(shift),
        offset(shift),
        floatsOrNull(runningMean),
        offset(runningMean),
        floatsOrNull(runningVar),
        offset(runningVar),
        floats(y),
        offset(y),
        floats(saveMean),
        offset(saveMean),
        floats(saveInvStd),
        offset(saveInvStd));
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
    batchNorm.infer(
        spec,
        floats(x),
        offset(x),
        floatsOrNull(gamma),
        offset(gamma),
        floatsOrNull(shift),
        offset(shift),
        floats(mean),
        offset(mean),
        floats(var),
        offset(var),
        floats(y),
        offset(y),
        floatsOrNull(saveInvStd),
        offset(saveInvStd));
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
    batchNorm.backward(
        spec,
        batchStatistics,
        floats(x),
        offset(x),
        floatsOrNull(gamma),
        offset(gamma),
        floats(mean),
        offset(mean),
        floats(invStd),
        offset(invStd),
        floats(dy),
        offset(dy),
        betaX,
        floatsOrNull(dx),
        offset(dx),
        betaGamma,
        floatsOrNull(dGamma),
        offset(dGamma),
        betaShift,
        floatsOrNull(dShift),
        offset(dShift));
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
    norm.forward(
        spec,
        floats(x),
        offset(x),
        floatsOrNull(gamma),
        offset(gamma),
        floatsOrNull(shift),
        offset(shift),
        floats(y),
        offset(y),
        floatsOrNull(saveMean),
        offset(saveMean),
        floats(saveInvStd),
        offset(saveInvStd));
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
    norm.backward(
        spec,
        floats(x),
        offset(x),
        floatsOrNull(gamma),
        offset(gamma),
        floatsOrNull(mean),
        offset(mean),
        floats(invStd),
        offset(invStd),
        floats(dy),
        offset(dy),
        betaX,
        floatsOrNull(dx),
        offset(dx),
        betaGamma,
        floatsOrNull(dGamma),
        offset(dGamma),
        betaShift,
        floatsOrNull(dShift),
        offset(dShift));
  }

  @Override
  public void lrn(LrnSpec spec, Buffer x, Buffer y) {
    lrn.forward(spec, floats(x), offset(x), floats(y), offset(y));
  }

  @Override
  public void lrnBackward(LrnSpec spec, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
    lrn.backward(
        spec,
        floats(x),
        offset(x),
        floats(y),
        offset(y),
        floats(dy),
        offset(dy),
        beta,
        floats(dx),
        offset(dx));
  }
}
