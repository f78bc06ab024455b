package io.cortado.cuda.dnn;

import static io.cortado.cuda.CudaErrors.check;
import static io.cortado.cuda.CudaErrors.checkDnn;

import io.cortado.backend.Buffer;
import io.cortado.backend.MathPrecision;
import io.cortado.backend.RnnGradients;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.CtcSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.cuda.CudaBuffer;
import io.cortado.cuda.CudaContext;
import io.cortado.cuda.Epilogue;
import io.cortado.cuda.kernels.BatchNormKernels;
import io.cortado.cuda.kernels.CastKernels;
import io.cortado.cuda.kernels.CtcKernels;
import io.cortado.cuda.kernels.RnnKernels;
import java.util.List;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.runtime.cudaStream_t;
import org.jspecify.annotations.Nullable;

/**
 * Layers by cuDNN: convolution, pooling, softmax, batch and local response normalisation, recurrent
 * layers, and the CTC loss.
 *
 * <p>The methods are {@link io.cortado.backend.Backend}'s. Descriptors and algorithms are made at
 * the first use of a spec; workspaces are scratch memory of the context's pool. All algorithms give
 * the same result each time.
 */
public final class Dnn implements AutoCloseable {

  private final CudaContext context;
  private final cudnnHandle handle;
  private final ConvPieces convolutions;
  private final Poolings poolings;
  private final Softmaxes softmaxes;
  private final BatchNorms batchNorms;
  private final Lrns lrns;
  private final Rnns rnns;
  private final Ctcs ctcs;
  private boolean closed;

  private Dnn(
      CudaContext context,
      cudnnHandle handle,
      BatchNormKernels kernels,
      RnnKernels rnnKernels,
      CtcKernels ctcKernels,
      Epilogue epilogue,
      MathPrecision precision,
      @Nullable CastKernels casts,
      Limits limits) {
    this.context = context;
    this.handle = handle;
    this.convolutions =
        new ConvPieces(
            new Convolutions(
                handle, context.memory(), epilogue, precision, casts, limits.workspace()),
            limits);
    this.poolings = new Poolings(handle, limits);
    this.softmaxes = new Softmaxes(handle, limits);
    this.batchNorms = new BatchNorms(context, handle, kernels, limits);
    this.lrns = new Lrns(handle, limits);
    this.rnns = new Rnns(context, handle, precision, rnnKernels, limits);
    this.ctcs = new Ctcs(handle, context.memory(), ctcKernels);
  }

  /**
   * Makes a handle that works on the context's stream.
   *
   * @param kernels for what batch normalisation cuDNN does not have
   * @param rnnKernels bring a recurrent layer's parameters into cuDNN's order
   * @param ctcKernels make the seam's CTC loss of cuDNN's
   * @param epilogue adds bias and activation where cuDNN does not
   * @param precision to what convolutions round their inputs
   * @param casts round to that precision; null where it is none of 16 bits
   * @param limits what cuDNN is not asked for, {@link Limits#DEFAULT} if there is no reason for
   *     others
   * @throws io.cortado.backend.BackendException if cuDNN fails
   */
  public static Dnn open(
      CudaContext context,
      BatchNormKernels kernels,
      RnnKernels rnnKernels,
      CtcKernels ctcKernels,
      Epilogue epilogue,
      MathPrecision precision,
      @Nullable CastKernels casts,
      Limits limits) {
    cudnnHandle handle = new cudnnHandle();
    checkDnn(JCudnn.cudnnCreate(handle), "cudnnCreate", null);
    try {
      checkDnn(
          JCudnn.cudnnSetStream(handle, new cudaStream_t(context.stream())),
          "cudnnSetStream",
          null);
      return new Dnn(
          context, handle, kernels, rnnKernels, ctcKernels, epilogue, precision, casts, limits);
    } catch (RuntimeException e) {
      int code = JCudnn.cudnnDestroy(handle);
      if (code != 0) {
        e.addSuppressed(new IllegalStateException("cudnnDestroy failed with code " + code));
      }
      throw e;
    }
  }

  /** Returns cuDNN's version, such as 90501. */
  public static long version() {
    return JCudnn.cudnnGetVersion();
  }

  /** See {@link io.cortado.backend.Backend#conv}. */
  public void conv(ConvSpec s, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    if (s.outputShape().size() > 0) {
      convolutions.forward(s, x, w, bias, y);
    }
  }

  /** See {@link io.cortado.backend.Backend#convBackwardData}. */
  public void convBackwardData(ConvSpec s, Buffer dy, Buffer w, float beta, Buffer dx) {
    if (isEmpty(s)) {
      nothing(s, s.inputShape().size(), beta, dx);
    } else {
      convolutions.backwardData(s, dy, w, beta, dx);
    }
  }

  /** See {@link io.cortado.backend.Backend#convBackwardFilter}. */
  public void convBackwardFilter(ConvSpec s, Buffer x, Buffer dy, float beta, Buffer dw) {
    if (isEmpty(s)) {
      nothing(s, s.weightShape().size(), beta, dw);
    } else {
      convolutions.backwardFilter(s, x, dy, beta, dw);
    }
  }

  private static boolean isEmpty(ConvSpec s) {
    return s.inputShape().size() == 0 || s.outputShape().size() == 0;
  }

  /** Writes the sum of nothing: a gradient to which no element contributes. */
  private void nothing(Object spec, long count, float beta, Buffer dx) {
    if (beta == 0 && count > 0) {
      check(
          JCudaDriver.cuMemsetD32Async(CudaBuffer.of(dx).pointer(), 0, count, context.stream()),
          "cuMemsetD32Async",
          spec);
    }
  }

  /** Says whether cuDNN has this pooling, by the same rules as the seam's. */
  public boolean canPool(PoolSpec s) {
    return poolings.has(s);
  }

  /** See {@link io.cortado.backend.Backend#pool}; only what {@link #canPool} affirms. */
  public void pool(PoolSpec s, Buffer x, Buffer y) {
    if (s.outputShape().size() > 0) {
      poolings.forward(s, x, y);
    }
  }

  /** See {@link io.cortado.backend.Backend#poolBackward}; only what {@link #canPool} affirms. */
  public void poolBackward(PoolSpec s, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
    if (s.outputShape().size() == 0) {
      nothing(s, s.inputShape().size(), beta, dx);
    } else {
      poolings.backward(s, x, y, dy, beta, dx);
    }
  }

  /** Says whether cuDNN has this local response normalisation, by the same rule as the seam's. */
  public boolean canLrn(LrnSpec s) {
    return lrns.has(s);
  }

  /** See {@link io.cortado.backend.Backend#lrn}; only what {@link #canLrn} affirms. */
  public void lrn(LrnSpec s, Buffer x, Buffer y) {
    if (s.count() > 0) {
      lrns.forward(s, x, y);
    }
  }

  /** See {@link io.cortado.backend.Backend#lrnBackward}; only what {@link #canLrn} affirms. */
  public void lrnBackward(LrnSpec s, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
    if (s.count() > 0) {
      lrns.backward(s, x, y, dy, beta, dx);
    }
  }

  /** Says whether cuDNN has this recurrent layer, by the same rules as the seam's. */
  public boolean canRnn(RnnLayerSpec s) {
    return rnns.has(s);
  }

  /**
   * See {@link io.cortado.backend.Backend#rnnLayerReserveSize}; only what {@link #canRnn} affirms.
   */
  public long rnnReserveSize(RnnLayerSpec s) {
    return rnns.reserveSize(s);
  }

  /** See {@link io.cortado.backend.Backend#rnnLayer}; only what {@link #canRnn} affirms. */
  public void rnn(
      RnnLayerSpec s,
      Buffer x,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      List<RnnWeights> weights,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable Buffer reserve) {
    rnns.forward(s, x, h0, c0, weights, y, hn, cn, reserve);
  }

  /**
   * See {@link io.cortado.backend.Backend#rnnLayerBackwardData}; only what {@link #canRnn} affirms.
   */
  public void rnnBackwardData(
      RnnLayerSpec s,
      Buffer y,
      Buffer dy,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      Buffer reserve,
      float betaX,
      @Nullable Buffer dx,
      float betaH,
      @Nullable Buffer dh0,
      float betaC,
      @Nullable Buffer dc0) {
    rnns.backwardData(s, y, dy, h0, c0, dhn, dcn, reserve, betaX, dx, betaH, dh0, betaC, dc0);
  }

  /**
   * See {@link io.cortado.backend.Backend#rnnLayerBackwardWeights}; only what {@link #canRnn}
   * affirms.
   */
  public void rnnBackwardWeights(
      RnnLayerSpec s,
      Buffer x,
      @Nullable Buffer h0,
      Buffer y,
      Buffer reserve,
      List<RnnGradients> gradients) {
    rnns.backwardWeights(s, x, h0, y, reserve, gradients);
  }

  /** Says whether cuDNN has this CTC loss, by the same rules as the seam's. */
  public static boolean canCtc(CtcSpec s) {
    return Ctcs.has(s);
  }

  /** See {@link io.cortado.backend.SequenceLossOps#ctcLoss}; only what {@link #canCtc} affirms. */
  public void ctcLoss(
      CtcSpec s,
      Buffer x,
      Buffer targets,
      Buffer inputLengths,
      Buffer targetLengths,
      Buffer losses,
      @Nullable Buffer gradient) {
    ctcs.loss(s, x, targets, inputLengths, targetLengths, losses, gradient);
  }

  /** See {@link io.cortado.backend.Backend#softmax}. */
  public void softmax(SoftmaxSpec s, Buffer x, Buffer y) {
    if (s.axis().size() > 0) {
      softmaxes.forward(s, x, y);
    }
  }

  /** See {@link io.cortado.backend.Backend#softmaxBackward}. */
  public void softmaxBackward(SoftmaxSpec s, Buffer y, Buffer dy, float beta, Buffer dx) {
    if (s.axis().size() > 0) {
      softmaxes.backward(s, y, dy, beta, dx);
    }
  }

  /** See {@link io.cortado.backend.Backend#batchNormTrain}. */
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
    if (s.count() * s.channels() > 0) {
      batchNorms.train(
          s, momentum, x, gamma, shift, runningMean, runningVar, y, saveMean, saveInvStd);
    }
  }

  /** See {@link io.cortado.backend.Backend#batchNormBackward}. */
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
    if (s.count() * s.channels() == 0) {
      if (dGamma != null) {
        nothing(s, s.channels(), betaGamma, dGamma);
      }
      if (dShift != null) {
        nothing(s, s.channels(), betaShift, dShift);
      }
      return;
    }
    batchNorms.backward(
        s,
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

  /** Destroys descriptors and handle; a second call does nothing. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    RuntimeException failure = null;
    for (Runnable step :
        new Runnable[] {
          convolutions::close,
          poolings::close,
          softmaxes::close,
          batchNorms::close,
          lrns::close,
          rnns::close,
          ctcs::close,
          () -> checkDnn(JCudnn.cudnnDestroy(handle), "cudnnDestroy", null)
        }) {
      try {
        step.run();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
