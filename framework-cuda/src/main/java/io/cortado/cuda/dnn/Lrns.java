package io.cortado.cuda.dnn;

import static io.cortado.cuda.CudaErrors.checkDnn;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.cuda.CudaBuffer;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnLRNDescriptor;
import jcuda.jcudnn.cudnnLRNMode;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * Local response normalisation by cuDNN, within its limits.
 *
 * <p>An even window leans ahead in cuDNN and back in PyTorch, and is not left to it. {@link
 * io.cortado.cuda.kernels.LrnKernels} has what is not.
 */
final class Lrns implements AutoCloseable {

  /** cuDNN's limits, as its header states them. */
  private static final int MAX_SIZE = 16;

  private static final double MIN_BETA = 0.01;
  private static final double MIN_K = 1e-5;

  private static final int MODE = cudnnLRNMode.CUDNN_LRN_CROSS_CHANNEL_DIM1;

  private record Plan(cudnnLRNDescriptor lrn, cudnnTensorDescriptor x) {}

  private final cudnnHandle handle;
  private final Limits limits;
  private final PlanCache<LrnSpec, Plan> plans = new PlanCache<>(Lrns::plan);

  Lrns(cudnnHandle handle, Limits limits) {
    this.handle = handle;
    this.limits = limits;
  }

  private static Plan plan(LrnSpec s, Descriptors descriptors) {
    return new Plan(
        descriptors.lrn(s.size(), s.alpha(), s.beta(), s.k()),
        descriptors.tensor(s.outer(), s.channels(), s.inner(), 1));
  }

  /** Says whether cuDNN has this normalisation. */
  boolean has(LrnSpec s) {
    return s.size() <= MAX_SIZE
        && s.size() % 2 == 1
        && s.beta() >= MIN_BETA
        && s.k() >= MIN_K
        && s.count() <= limits.elements();
  }

  void forward(LrnSpec s, Buffer x, Buffer y) {
    Plan p = plans.get(s);
    checkDnn(
        JCudnn.cudnnLRNCrossChannelForward(
            handle, p.lrn, MODE, Scalars.ONE, p.x, pointer(x), Scalars.ZERO, p.x, pointer(y)),
        "cudnnLRNCrossChannelForward",
        s);
  }

  void backward(LrnSpec s, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
    Plan p = plans.get(s);
    checkDnn(
        JCudnn.cudnnLRNCrossChannelBackward(
            handle,
            p.lrn,
            MODE,
            Scalars.ONE,
            p.x,
            pointer(y),
            p.x,
            pointer(dy),
            p.x,
            pointer(x),
            Scalars.of(beta),
            p.x,
            pointer(dx)),
        "cudnnLRNCrossChannelBackward",
        s);
  }

  private static Pointer pointer(Buffer buffer) {
    return CudaBuffer.of(buffer).pointer();
  }

  @Override
  public void close() {
    plans.close();
  }
}
