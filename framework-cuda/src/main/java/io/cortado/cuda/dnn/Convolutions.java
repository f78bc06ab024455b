package io.cortado.cuda.dnn;

import static io.cortado.cuda.CudaErrors.checkDnn;

import io.cortado.backend.Buffer;
import io.cortado.backend.MathPrecision;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cuda.CudaBuffer;
import io.cortado.cuda.CudaMemory;
import io.cortado.cuda.Epilogue;
import io.cortado.cuda.Scratch;
import io.cortado.cuda.kernels.CastKernels;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionFwdAlgo;
import jcuda.jcudnn.cudnnHandle;
import org.jspecify.annotations.Nullable;

/**
 * Convolution and its gradients by cuDNN.
 *
 * <p>cuDNN adds a bias in the convolution's own kernel where the algorithm is {@code
 * IMPLICIT_PRECOMP_GEMM}. Its fused ReLU is not used, because it makes zeros of NaN: a training
 * that has diverged must show it. So an activation, with its bias, is one pass of an own kernel.
 *
 * <p>At a precision of 16 bits, cuDNN gets rounded copies of its inputs and gives a result of 16
 * bits, having summed in float32; the pass that makes floats of it adds bias and activation, or
 * what was there.
 */
final class Convolutions implements AutoCloseable {

  private final cudnnHandle handle;
  private final CudaMemory memory;
  private final Epilogue epilogue;
  private final @Nullable CastKernels casts;
  private final PlanCache<ConvSpec, ConvPlan> plans;

  Convolutions(
      cudnnHandle handle,
      CudaMemory memory,
      Epilogue epilogue,
      MathPrecision precision,
      @Nullable CastKernels casts,
      long workspaceLimit) {
    this.handle = handle;
    this.memory = memory;
    this.epilogue = epilogue;
    this.casts = casts;
    this.plans =
        new PlanCache<>((spec, descriptors) ->
            new ConvPlan(handle, precision, workspaceLimit, spec, descriptors));
  }

  /** Gets a workspace, null where none is needed. */
  private interface Call {
    int on(CUdeviceptr workspace, long bytes);
  }

  private void call(String name, ConvSpec s, Algorithm algorithm, Call call) {
    if (algorithm.workspaceBytes() == 0) {
      checkDnn(call.on(new CUdeviceptr(), 0), name, s);
      return;
    }
    try (Scratch workspace = memory.scratch(algorithm.workspaceBytes())) {
      checkDnn(call.on(workspace.pointer(), workspace.bytes()), name, s);
    }
  }

  void forward(ConvSpec s, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    ConvPlan p = plans.get(s);
    Algorithm algorithm = p.forward();
    long inner = (long) s.outH() * s.outW();
    long n = s.n() * s.k() * inner;
    if (casts != null) {
      try (Scratch rx = casts.narrow(s.inputShape().size(), x);
          Scratch rw = casts.narrow(s.weightShape().size(), w);
          Scratch ry = casts.room(n)) {
        forward(s, p, algorithm, rx.pointer(), rw.pointer(), ry.pointer());
        casts.widen(s.activation(), n, s.k(), inner, bias, ry, y);
      }
      return;
    }
    boolean activated = s.activation().kind() != UnaryOp.Kind.IDENTITY;
    if (bias != null
        && !activated
        && algorithm.number()
            == cudnnConvolutionFwdAlgo.CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM) {
      withBias(s, p, algorithm, x, w, bias, y);
      return;
    }
    forward(s, p, algorithm, pointer(x), pointer(w), pointer(y));
    if (bias != null || activated) {
      epilogue.apply(s.activation(), n, s.k(), inner, bias, y);
    }
  }

  private void forward(
      ConvSpec s, ConvPlan p, Algorithm algorithm, Pointer x, Pointer w, Pointer y) {
    call(
        "cudnnConvolutionForward",
        s,
        algorithm,
        (workspace, bytes) ->
            JCudnn.cudnnConvolutionForward(
                handle,
                Scalars.ONE,
                p.x,
                x,
                p.w,
                w,
                p.conv,
                algorithm.number(),
                workspace,
                bytes,
                Scalars.ZERO,
                p.y,
                y));
  }

  private void withBias(
      ConvSpec s, ConvPlan p, Algorithm algorithm, Buffer x, Buffer w, Buffer bias, Buffer y) {
    call(
        "cudnnConvolutionBiasActivationForward",
        s,
        algorithm,
        // What is added besides the bias is y itself, with a factor of 0: cuDNN takes no null here.
        (workspace, bytes) ->
            JCudnn.cudnnConvolutionBiasActivationForward(
                handle,
                Scalars.ONE,
                p.x,
                pointer(x),
                p.w,
                pointer(w),
                p.conv,
                algorithm.number(),
                workspace,
                bytes,
                Scalars.ZERO,
                p.y,
                pointer(y),
                p.bias,
                pointer(bias),
                p.identity,
                p.y,
                pointer(y)));
  }

  void backwardData(ConvSpec s, Buffer dy, Buffer w, float beta, Buffer dx) {
    if (casts == null) {
      backwardData(s, pointer(dy), pointer(w), beta, pointer(dx));
      return;
    }
    long n = s.inputShape().size();
    try (Scratch rdy = casts.narrow(s.outputShape().size(), dy);
        Scratch rw = casts.narrow(s.weightShape().size(), w);
        Scratch rdx = casts.room(n)) {
      backwardData(s, rdy.pointer(), rw.pointer(), 0, rdx.pointer());
      casts.widen(n, rdx, beta, dx);
    }
  }

  private void backwardData(ConvSpec s, Pointer dy, Pointer w, float beta, Pointer dx) {
    ConvPlan p = plans.get(s);
    Algorithm algorithm = p.backwardData();
    call(
        "cudnnConvolutionBackwardData",
        s,
        algorithm,
        (workspace, bytes) ->
            JCudnn.cudnnConvolutionBackwardData(
                handle,
                Scalars.ONE,
                p.w,
                w,
                p.y,
                dy,
                p.conv,
                algorithm.number(),
                workspace,
                bytes,
                Scalars.of(beta),
                p.x,
                dx));
  }

  void backwardFilter(ConvSpec s, Buffer x, Buffer dy, float beta, Buffer dw) {
    if (casts == null) {
      backwardFilter(s, pointer(x), pointer(dy), beta, pointer(dw));
      return;
    }
    long n = s.weightShape().size();
    try (Scratch rx = casts.narrow(s.inputShape().size(), x);
        Scratch rdy = casts.narrow(s.outputShape().size(), dy);
        Scratch rdw = casts.room(n)) {
      backwardFilter(s, rx.pointer(), rdy.pointer(), 0, rdw.pointer());
      casts.widen(n, rdw, beta, dw);
    }
  }

  private void backwardFilter(ConvSpec s, Pointer x, Pointer dy, float beta, Pointer dw) {
    ConvPlan p = plans.get(s);
    Algorithm algorithm = p.backwardFilter();
    call(
        "cudnnConvolutionBackwardFilter",
        s,
        algorithm,
        (workspace, bytes) ->
            JCudnn.cudnnConvolutionBackwardFilter(
                handle,
                Scalars.ONE,
                p.x,
                x,
                p.y,
                dy,
                p.conv,
                algorithm.number(),
                workspace,
                bytes,
                Scalars.of(beta),
                p.w,
                dw));
  }

  private static Pointer pointer(Buffer buffer) {
    return CudaBuffer.of(buffer).pointer();
  }

  /** Returns how many plans there are. */
  int plans() {
    return plans.size();
  }

  @Override
  public void close() {
    plans.close();
  }
}
