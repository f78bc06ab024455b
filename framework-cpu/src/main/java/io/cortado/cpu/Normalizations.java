package io.cortado.cpu;

import static io.cortado.cpu.Unpack.floats;
import static io.cortado.cpu.Unpack.floatsOrNull;
import static io.cortado.cpu.Unpack.offset;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.NormSpec;
import io.cortado.cpu.kernels.BatchNorm;
import io.cortado.cpu.kernels.Lrn;
import io.cortado.cpu.kernels.Norm;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;
import org.jspecify.annotations.Nullable;

/** The normalisations of {@link CpuBackend}: unpacks buffers for the kernels. */
final class Normalizations {

  private final BatchNorm batchNorm;
  private final Norm norm;
  private final Lrn lrn;

  Normalizations(VectorOps ops, Workers workers) {
    batchNorm = new BatchNorm(ops, workers);
    norm = new Norm(ops, workers);
    lrn = new Lrn(ops, workers);
  }

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

  void batchNormInfer(
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

  void norm(
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

  void lrn(LrnSpec spec, Buffer x, Buffer y) {
    lrn.forward(spec, floats(x), offset(x), floats(y), offset(y));
  }

  void lrnBackward(LrnSpec spec, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
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
