package io.cortado.cuda.dnn;

import static io.cortado.cuda.CudaErrors.checkDnn;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.PoolSpec.Mode;
import io.cortado.cuda.CudaBuffer;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnPoolingMode;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * Sums and averages of plain windows by cuDNN.
 *
 * <p>Maxima are not left to cuDNN: where several elements of a window are equal it does not promise
 * which of them gets the gradient, its backward pass looks for the maximum anew, and it has no
 * dilation. Nor are windows that reach beyond the padding or follow from the output's extent, which
 * it has not, nor tensors larger than its {@link Limits}. {@link
 * io.cortado.cuda.kernels.PoolKernels} has all of them.
 */
final class Poolings implements AutoCloseable {

  private record Plan(
      cudnnPoolingDescriptor pooling,
      cudnnTensorDescriptor x,
      cudnnTensorDescriptor y,
      Pointer factor) {}

  private final cudnnHandle handle;
  private final Limits limits;
  private final PlanCache<PoolSpec, Plan> plans = new PlanCache<>(Poolings::plan);

  Poolings(cudnnHandle handle, Limits limits) {
    this.handle = handle;
    this.limits = limits;
  }

  private static Plan plan(PoolSpec s, Descriptors descriptors) {
    int mode =
        s.mode() == Mode.AVERAGE_EXCLUDE_PADDING
            ? cudnnPoolingMode.CUDNN_POOLING_AVERAGE_COUNT_EXCLUDE_PADDING
            : cudnnPoolingMode.CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING;
    // cuDNN has no sum, but the average over the whole window, which is some factor off.
    float factor = s.mode() == Mode.SUM ? (float) s.kernelH() * s.kernelW() : 1;
    return new Plan(
        descriptors.pooling(
            mode,
            cudnnNanPropagation.CUDNN_PROPAGATE_NAN,
            s.kernelH(),
            s.kernelW(),
            s.padH(),
            s.padW(),
            s.strideH(),
            s.strideW()),
        descriptors.tensor(s.n(), s.c(), s.h(), s.w()),
        descriptors.tensor(s.n(), s.c(), s.outH(), s.outW()),
        Scalars.of(factor));
  }

  /** Says whether cuDNN has this pooling, and tensors as large. */
  boolean has(PoolSpec s) {
    return isPlain(s)
        && Math.max(s.inputShape().size(), s.outputShape().size()) <= limits.elements();
  }

  /** Says whether cuDNN's rule for this pooling is the same as ours. */
  private static boolean isPlain(PoolSpec s) {
    return s.mode() != Mode.MAX
        && !s.adaptive()
        && s.dilationH() == 1
        && s.dilationW() == 1
        && isPlain(s.h(), s.outH(), s.kernelH(), s.strideH(), s.padH())
        && isPlain(s.w(), s.outW(), s.kernelW(), s.strideW(), s.padW());
  }

  /** Says whether no window reaches beyond the padding, and the padding is one that cuDNN takes. */
  private static boolean isPlain(int in, int out, int kernel, int stride, int pad) {
    return pad < kernel && in + 2 * pad >= kernel && out == (in + 2 * pad - kernel) / stride + 1;
  }

  void forward(PoolSpec s, Buffer x, Buffer y) {
    Plan p = plans.get(s);
    checkDnn(
        JCudnn.cudnnPoolingForward(
            handle, p.pooling, p.factor, p.x, pointer(x), Scalars.ZERO, p.y, pointer(y)),
        "cudnnPoolingForward",
        s);
  }

  void backward(PoolSpec s, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
    Plan p = plans.get(s);
    checkDnn(
        JCudnn.cudnnPoolingBackward(
            handle,
            p.pooling,
            p.factor,
            p.y,
            pointer(y),
            p.y,
            pointer(dy),
            p.x,
            pointer(x),
            Scalars.of(beta),
            p.x,
            pointer(dx)),
        "cudnnPoolingBackward",
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
