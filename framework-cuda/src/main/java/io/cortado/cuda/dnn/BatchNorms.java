package io.cortado.cuda.dnn;

import static io.cortado.cuda.CudaErrors.check;
import static io.cortado.cuda.CudaErrors.checkDnn;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.cuda.CudaBuffer;
import io.cortado.cuda.CudaContext;
import io.cortado.cuda.Scratch;
import io.cortado.cuda.kernels.BatchNormKernels;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnBatchNormMode;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation: by cuDNN where the batch's own statistics are used, else by own kernels.
 * These also take the batches of so many images that cuDNN is not {@linkplain Limits asked}.
 *
 * <p>cuDNN insists on gamma and shift, writes all three gradients, and has one beta for both
 * parameters: what is missing is ones and zeros, and what it should not write goes to scratch
 * memory.
 */
final class BatchNorms implements AutoCloseable {

  private record Plan(int mode, cudnnTensorDescriptor x, cudnnTensorDescriptor parameters) {}

  private static final int ONE_AS_BITS = Float.floatToRawIntBits(1);

  private final CudaContext context;
  private final cudnnHandle handle;
  private final BatchNormKernels kernels;
  private final Limits limits;
  private final PlanCache<BatchNormSpec, Plan> plans = new PlanCache<>(BatchNorms::plan);

  BatchNorms(CudaContext context, cudnnHandle handle, BatchNormKernels kernels, Limits limits) {
    this.context = context;
    this.handle = handle;
    this.kernels = kernels;
    this.limits = limits;
  }

  private boolean isCudnns(BatchNormSpec s) {
    return s.outer() <= limits.normalized() && s.count() * s.channels() <= limits.elements();
  }

  private static Plan plan(BatchNormSpec s, Descriptors descriptors) {
    // The same thing where a channel has one element of each image, and much faster there.
    int mode =
        s.inner() == 1
            ? cudnnBatchNormMode.CUDNN_BATCHNORM_PER_ACTIVATION
            : cudnnBatchNormMode.CUDNN_BATCHNORM_SPATIAL;
    cudnnTensorDescriptor x = descriptors.tensor(s.outer(), s.channels(), s.inner(), 1);
    return new Plan(mode, x, descriptors.parametersOf(x, mode));
  }

  /** Parameters that cuDNN needs and the caller has not, in scratch memory. */
  private Scratch filled(BatchNormSpec s, int bits) {
    Scratch scratch = parameters(s);
    try {
      check(
          JCudaDriver.cuMemsetD32Async(scratch.pointer(), bits, s.channels(), context.stream()),
          "cuMemsetD32Async",
          s);
      return scratch;
    } catch (RuntimeException e) {
      scratch.close();
      throw e;
    }
  }

  private Scratch parameters(BatchNormSpec s) {
    return context.memory().scratch(4L * s.channels());
  }

  void train(
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
    if (!isCudnns(s)) {
      kernels.statistics(s, momentum, x, runningMean, runningVar, saveMean, saveInvStd);
      kernels.normalize(s, x, gamma, shift, saveMean, saveInvStd, y);
      return;
    }
    Plan p = plans.get(s);
    try (@Nullable Scratch ones = gamma == null ? filled(s, ONE_AS_BITS) : null;
        @Nullable Scratch zeros = shift == null ? filled(s, 0) : null) {
      checkDnn(
          JCudnn.cudnnBatchNormalizationForwardTraining(
              handle,
              p.mode,
              Scalars.ONE,
              Scalars.ZERO,
              p.x,
              pointer(x),
              p.x,
              pointer(y),
              p.parameters,
              pointer(gamma, ones),
              pointer(shift, zeros),
              momentum,
              pointer(runningMean, null),
              pointer(runningVar, null),
              s.eps(),
              pointer(saveMean),
              pointer(saveInvStd)),
          "cudnnBatchNormalizationForwardTraining",
          s);
    }
  }

  void backward(
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
    if (batchStatistics && dx != null) {
      backwardThroughStatistics(
          s, x, gamma, mean, invStd, dy, betaX, dx, betaGamma, dGamma, betaShift, dShift);
      return;
    }
    kernels.parameterGradients(s, x, mean, invStd, dy, betaGamma, dGamma, betaShift, dShift);
    if (dx != null) {
      kernels.inputGradient(s, gamma, invStd, dy, betaX, dx);
    }
  }

  private void backwardThroughStatistics(
      BatchNormSpec s,
      Buffer x,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer invStd,
      Buffer dy,
      float betaX,
      Buffer dx,
      float betaGamma,
      @Nullable Buffer dGamma,
      float betaShift,
      @Nullable Buffer dShift) {
    if (!isCudnns(s)) {
      try (Scratch gammaSum = parameters(s);
          Scratch shiftSum = parameters(s)) {
        CUdeviceptr g = gammaSum.pointer();
        CUdeviceptr b = shiftSum.pointer();
        kernels.sums(s, x, mean, invStd, dy, g, b);
        kernels.batchInputGradient(s, x, gamma, mean, invStd, dy, g, b, betaX, dx);
        kernels.handOn(s, g, b, betaGamma, dGamma, betaShift, dShift);
      }
      return;
    }
    Plan p = plans.get(s);
    boolean direct = dGamma != null && dShift != null && betaGamma == betaShift;
    try (@Nullable Scratch ones = gamma == null ? filled(s, ONE_AS_BITS) : null;
        @Nullable Scratch gammaPart = direct ? null : parameters(s);
        @Nullable Scratch shiftPart = direct ? null : parameters(s)) {
      checkDnn(
          JCudnn.cudnnBatchNormalizationBackward(
              handle,
              p.mode,
              Scalars.ONE,
              Scalars.of(betaX),
              Scalars.ONE,
              direct ? Scalars.of(betaGamma) : Scalars.ZERO,
              p.x,
              pointer(x),
              p.x,
              pointer(dy),
              p.x,
              pointer(dx),
              p.parameters,
              pointer(gamma, ones),
              gammaPart == null ? pointer(dGamma, null) : gammaPart.pointer(),
              shiftPart == null ? pointer(dShift, null) : shiftPart.pointer(),
              s.eps(),
              pointer(mean),
              pointer(invStd)),
          "cudnnBatchNormalizationBackward",
          s);
      if (gammaPart != null && shiftPart != null) {
        kernels.handOn(
            s, gammaPart.pointer(), shiftPart.pointer(), betaGamma, dGamma, betaShift, dShift);
      }
    }
  }

  private static Pointer pointer(Buffer buffer) {
    return CudaBuffer.of(buffer).pointer();
  }

  /** Returns the address of a buffer, else of what stands for it, else null's. */
  private static Pointer pointer(@Nullable Buffer buffer, @Nullable Scratch instead) {
    if (buffer != null) {
      return pointer(buffer);
    }
    return instead == null ? new CUdeviceptr() : instead.pointer();
  }

  @Override
  public void close() {
    plans.close();
  }
}
