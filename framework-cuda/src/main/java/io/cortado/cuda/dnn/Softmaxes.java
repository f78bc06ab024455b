package io.cortado.cuda.dnn;

import static io.cortado.cuda.CudaErrors.checkDnn;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.cuda.CudaBuffer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnSoftmaxAlgorithm;
import jcuda.jcudnn.cudnnSoftmaxMode;
import jcuda.jcudnn.cudnnTensorDescriptor;

/** Softmax by cuDNN: {@code [outer, extent, inner]} are its images, channels and height. */
final class Softmaxes implements AutoCloseable {

  private static final int CHANNELS = cudnnSoftmaxMode.CUDNN_SOFTMAX_MODE_CHANNEL;

  private final cudnnHandle handle;
  private final PlanCache<AxisSpec, cudnnTensorDescriptor> plans =
      new PlanCache<>((axis, descriptors) ->
          descriptors.tensor(
              Math.toIntExact(axis.outer()), axis.extent(), Math.toIntExact(axis.inner()), 1));

  Softmaxes(cudnnHandle handle) {
    this.handle = handle;
  }

  private static int algorithm(SoftmaxSpec s) {
    return s.log()
        ? cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_LOG
        : cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_ACCURATE;
  }

  void forward(SoftmaxSpec s, Buffer x, Buffer y) {
    cudnnTensorDescriptor d = plans.get(s.axis());
    checkDnn(
        JCudnn.cudnnSoftmaxForward(
            handle,
            algorithm(s),
            CHANNELS,
            Scalars.ONE,
            d,
            CudaBuffer.of(x).pointer(),
            Scalars.ZERO,
            d,
            CudaBuffer.of(y).pointer()),
        "cudnnSoftmaxForward",
        s);
  }

  void backward(SoftmaxSpec s, Buffer y, Buffer dy, float beta, Buffer dx) {
    cudnnTensorDescriptor d = plans.get(s.axis());
    checkDnn(
        JCudnn.cudnnSoftmaxBackward(
            handle,
            algorithm(s),
            CHANNELS,
            Scalars.ONE,
            d,
            CudaBuffer.of(y).pointer(),
            d,
            CudaBuffer.of(dy).pointer(),
            Scalars.of(beta),
            d,
            CudaBuffer.of(dx).pointer()),
        "cudnnSoftmaxBackward",
        s);
  }

  @Override
  public void close() {
    plans.close();
  }
}
