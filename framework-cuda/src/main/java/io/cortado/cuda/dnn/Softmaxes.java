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

/**
 * Softmax by cuDNN: {@code [outer, extent, inner]} are its images, channels and height; of more
 * elements than its tensors have, in several calls.
 */
final class Softmaxes implements AutoCloseable {

  private static final int CHANNELS = cudnnSoftmaxMode.CUDNN_SOFTMAX_MODE_CHANNEL;

  private final cudnnHandle handle;
  private final Limits limits;
  private final PlanCache<AxisSpec, cudnnTensorDescriptor> plans =
      new PlanCache<>((axis, descriptors) ->
          descriptors.tensor(
              Math.toIntExact(axis.outer()), axis.extent(), Math.toIntExact(axis.inner()), 1));

  Softmaxes(cudnnHandle handle, Limits limits) {
    this.handle = handle;
    this.limits = limits;
  }

  private Pieces pieces(SoftmaxSpec s) {
    return Pieces.of(s.axis().outer(), row(s), limits, s);
  }

  private static long row(SoftmaxSpec s) {
    return s.axis().extent() * s.axis().inner();
  }

  private cudnnTensorDescriptor rows(SoftmaxSpec s, int count) {
    return plans.get(new AxisSpec(count, s.axis().extent(), s.axis().inner()));
  }

  private static int algorithm(SoftmaxSpec s) {
    return s.log()
        ? cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_LOG
        : cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_ACCURATE;
  }

  void forward(SoftmaxSpec s, Buffer x, Buffer y) {
    pieces(s)
        .each((first, count) -> {
          cudnnTensorDescriptor d = rows(s, count);
          checkDnn(
              JCudnn.cudnnSoftmaxForward(
                  handle,
                  algorithm(s),
                  CHANNELS,
                  Scalars.ONE,
                  d,
                  CudaBuffer.of(x).at(first * row(s)),
                  Scalars.ZERO,
                  d,
                  CudaBuffer.of(y).at(first * row(s))),
              "cudnnSoftmaxForward",
              s);
        });
  }

  void backward(SoftmaxSpec s, Buffer y, Buffer dy, float beta, Buffer dx) {
    pieces(s)
        .each((first, count) -> {
          cudnnTensorDescriptor d = rows(s, count);
          checkDnn(
              JCudnn.cudnnSoftmaxBackward(
                  handle,
                  algorithm(s),
                  CHANNELS,
                  Scalars.ONE,
                  d,
                  CudaBuffer.of(y).at(first * row(s)),
                  d,
                  CudaBuffer.of(dy).at(first * row(s)),
                  Scalars.of(beta),
                  d,
                  CudaBuffer.of(dx).at(first * row(s))),
              "cudnnSoftmaxBackward",
              s);
        });
  }

  @Override
  public void close() {
    plans.close();
  }
}
