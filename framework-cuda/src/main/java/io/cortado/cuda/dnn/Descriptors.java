package io.cortado.cuda.dnn;

import static io.cortado.cuda.CudaErrors.checkDnn;

import io.cortado.backend.spec.ConvSpec;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnCTCLossDescriptor;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnDropoutDescriptor;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnLRNDescriptor;
import jcuda.jcudnn.cudnnLossNormalizationMode;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnRNNAlgo;
import jcuda.jcudnn.cudnnRNNDataDescriptor;
import jcuda.jcudnn.cudnnRNNDataLayout;
import jcuda.jcudnn.cudnnRNNDescriptor;
import jcuda.jcudnn.cudnnRNNInputMode;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;

/** The cuDNN descriptors of one plan: made and filled here, destroyed together. */
final class Descriptors implements AutoCloseable {

  /** Destroys one descriptor; returns cuDNN's code. */
  private interface Destroy {
    int call();
  }

  private record Made(String call, Destroy destroy) {}

  private static final int NCHW = cudnnTensorFormat.CUDNN_TENSOR_NCHW;
  private static final int FLOAT = cudnnDataType.CUDNN_DATA_FLOAT;

  private final Object spec;
  private final Deque<Made> made = new ArrayDeque<>();

  /** Makes an empty set; errors name the spec. */
  Descriptors(Object spec) {
    this.spec = spec;
  }

  private void created(int code, String call, String destroyCall, Destroy destroy) {
    checkDnn(code, call, spec);
    made.push(new Made(destroyCall, destroy));
  }

  cudnnTensorDescriptor emptyTensor() {
    cudnnTensorDescriptor d = new cudnnTensorDescriptor();
    created(
        JCudnn.cudnnCreateTensorDescriptor(d),
        "cudnnCreateTensorDescriptor",
        "cudnnDestroyTensorDescriptor",
        () -> JCudnn.cudnnDestroyTensorDescriptor(d));
    return d;
  }

  /** Makes a dense NCHW tensor of floats. */
  cudnnTensorDescriptor tensor(int n, int c, int h, int w) {
    return tensor(FLOAT, n, c, h, w);
  }

  /** Makes a dense NCHW tensor of a {@code cudnnDataType}. */
  cudnnTensorDescriptor tensor(int type, int n, int c, int h, int w) {
    cudnnTensorDescriptor d = emptyTensor();
    checkDnn(
        JCudnn.cudnnSetTensor4dDescriptor(d, NCHW, type, n, c, h, w),
        "cudnnSetTensor4dDescriptor",
        spec);
    return d;
  }

  /** Makes the weights of a convolution, of a {@code cudnnDataType}. */
  cudnnFilterDescriptor filter(int type, int k, int c, int h, int w) {
    cudnnFilterDescriptor d = new cudnnFilterDescriptor();
    created(
        JCudnn.cudnnCreateFilterDescriptor(d),
        "cudnnCreateFilterDescriptor",
        "cudnnDestroyFilterDescriptor",
        () -> JCudnn.cudnnDestroyFilterDescriptor(d));
    checkDnn(
        JCudnn.cudnnSetFilter4dDescriptor(d, type, NCHW, k, c, h, w),
        "cudnnSetFilter4dDescriptor",
        spec);
    return d;
  }

  /** Makes a convolution that sums in float32, of a {@code cudnnMathType}. */
  cudnnConvolutionDescriptor convolution(ConvSpec s, int mathType) {
    cudnnConvolutionDescriptor d = new cudnnConvolutionDescriptor();
    created(
        JCudnn.cudnnCreateConvolutionDescriptor(d),
        "cudnnCreateConvolutionDescriptor",
        "cudnnDestroyConvolutionDescriptor",
        () -> JCudnn.cudnnDestroyConvolutionDescriptor(d));
    checkDnn(
        JCudnn.cudnnSetConvolution2dDescriptor(
            d,
            s.padH(),
            s.padW(),
            s.strideH(),
            s.strideW(),
            s.dilationH(),
            s.dilationW(),
            cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
            FLOAT),
        "cudnnSetConvolution2dDescriptor",
        spec);
    checkDnn(
        JCudnn.cudnnSetConvolutionGroupCount(d, s.groups()), "cudnnSetConvolutionGroupCount", spec);
    checkDnn(JCudnn.cudnnSetConvolutionMathType(d, mathType), "cudnnSetConvolutionMathType", spec);
    return d;
  }

  cudnnActivationDescriptor activation(int mode, int nanPropagation) {
    cudnnActivationDescriptor d = new cudnnActivationDescriptor();
    created(
        JCudnn.cudnnCreateActivationDescriptor(d),
        "cudnnCreateActivationDescriptor",
        "cudnnDestroyActivationDescriptor",
        () -> JCudnn.cudnnDestroyActivationDescriptor(d));
    checkDnn(
        JCudnn.cudnnSetActivationDescriptor(d, mode, nanPropagation, 0),
        "cudnnSetActivationDescriptor",
        spec);
    return d;
  }

  cudnnPoolingDescriptor pooling(
      int mode,
      int nanPropagation,
      int windowH,
      int windowW,
      int padH,
      int padW,
      int strideH,
      int strideW) {
    cudnnPoolingDescriptor d = new cudnnPoolingDescriptor();
    created(
        JCudnn.cudnnCreatePoolingDescriptor(d),
        "cudnnCreatePoolingDescriptor",
        "cudnnDestroyPoolingDescriptor",
        () -> JCudnn.cudnnDestroyPoolingDescriptor(d));
    checkDnn(
        JCudnn.cudnnSetPooling2dDescriptor(
            d, mode, nanPropagation, windowH, windowW, padH, padW, strideH, strideW),
        "cudnnSetPooling2dDescriptor",
        spec);
    return d;
  }

  cudnnLRNDescriptor lrn(int size, double alpha, double beta, double k) {
    cudnnLRNDescriptor d = new cudnnLRNDescriptor();
    created(
        JCudnn.cudnnCreateLRNDescriptor(d),
        "cudnnCreateLRNDescriptor",
        "cudnnDestroyLRNDescriptor",
        () -> JCudnn.cudnnDestroyLRNDescriptor(d));
    checkDnn(JCudnn.cudnnSetLRNDescriptor(d, size, alpha, beta, k), "cudnnSetLRNDescriptor", spec);
    return d;
  }

  /** Makes a CTC loss in floats of the softmax of its input, of at most so many labels. */
  cudnnCTCLossDescriptor ctcOfLogits(int maxLabels) {
    cudnnCTCLossDescriptor d = new cudnnCTCLossDescriptor();
    created(
        JCudnn.cudnnCreateCTCLossDescriptor(d),
        "cudnnCreateCTCLossDescriptor",
        "cudnnDestroyCTCLossDescriptor",
        () -> JCudnn.cudnnDestroyCTCLossDescriptor(d));
    checkDnn(
        JCudnn.cudnnSetCTCLossDescriptor_v8(
            d,
            FLOAT,
            cudnnLossNormalizationMode.CUDNN_LOSS_NORMALIZATION_SOFTMAX,
            cudnnNanPropagation.CUDNN_NOT_PROPAGATE_NAN,
            maxLabels),
        "cudnnSetCTCLossDescriptor_v8",
        spec);
    return d;
  }

  /** Makes a dense tensor of floats with three axes. */
  cudnnTensorDescriptor tensor(int a, int b, int c) {
    cudnnTensorDescriptor d = emptyTensor();
    int[] strides = {b * c, c, 1};
    checkDnn(
        JCudnn.cudnnSetTensorNdDescriptor(d, FLOAT, 3, new int[] {a, b, c}, strides),
        "cudnnSetTensorNdDescriptor",
        spec);
    return d;
  }

  /** Makes the dropout that is none, which needs no random numbers. */
  cudnnDropoutDescriptor noDropout(cudnnHandle handle) {
    cudnnDropoutDescriptor d = new cudnnDropoutDescriptor();
    created(
        JCudnn.cudnnCreateDropoutDescriptor(d),
        "cudnnCreateDropoutDescriptor",
        "cudnnDestroyDropoutDescriptor",
        () -> JCudnn.cudnnDestroyDropoutDescriptor(d));
    checkDnn(
        JCudnn.cudnnSetDropoutDescriptor(d, handle, 0, new Pointer(), 0, 0),
        "cudnnSetDropoutDescriptor",
        spec);
    return d;
  }

  /** Makes one recurrent layer that computes in floats, by cuDNN's numbers of what it is. */
  cudnnRNNDescriptor rnn(
      int mode,
      int bias,
      int direction,
      int mathType,
      int input,
      int hidden,
      cudnnDropoutDescriptor dropout) {
    cudnnRNNDescriptor d = new cudnnRNNDescriptor();
    created(
        JCudnn.cudnnCreateRNNDescriptor(d),
        "cudnnCreateRNNDescriptor",
        "cudnnDestroyRNNDescriptor",
        () -> JCudnn.cudnnDestroyRNNDescriptor(d));
    checkDnn(
        JCudnn.cudnnSetRNNDescriptor_v8(
            d,
            cudnnRNNAlgo.CUDNN_RNN_ALGO_STANDARD,
            mode,
            bias,
            direction,
            cudnnRNNInputMode.CUDNN_LINEAR_INPUT,
            FLOAT,
            FLOAT,
            mathType,
            input,
            hidden,
            hidden,
            1,
            dropout,
            0),
        "cudnnSetRNNDescriptor_v8",
        spec);
    return d;
  }

  /** Makes sequences that have all steps, one step of all sequences after the other. */
  cudnnRNNDataDescriptor sequences(int steps, int batch, int features) {
    cudnnRNNDataDescriptor d = new cudnnRNNDataDescriptor();
    created(
        JCudnn.cudnnCreateRNNDataDescriptor(d),
        "cudnnCreateRNNDataDescriptor",
        "cudnnDestroyRNNDataDescriptor",
        () -> JCudnn.cudnnDestroyRNNDataDescriptor(d));
    int[] lengths = new int[batch];
    Arrays.fill(lengths, steps);
    checkDnn(
        JCudnn.cudnnSetRNNDataDescriptor(
            d,
            FLOAT,
            cudnnRNNDataLayout.CUDNN_RNN_DATA_LAYOUT_SEQ_MAJOR_PACKED,
            steps,
            batch,
            features,
            lengths,
            new Pointer()),
        "cudnnSetRNNDataDescriptor",
        spec);
    return d;
  }

  /** Makes the one-per-channel tensor that goes with a batch normalisation of x. */
  cudnnTensorDescriptor parametersOf(cudnnTensorDescriptor x, int mode) {
    cudnnTensorDescriptor d = emptyTensor();
    checkDnn(
        JCudnn.cudnnDeriveBNTensorDescriptor(d, x, mode), "cudnnDeriveBNTensorDescriptor", spec);
    return d;
  }

  /** Destroys all; each is tried, and the first failure is thrown in the end. */
  @Override
  public void close() {
    RuntimeException failure = null;
    while (!made.isEmpty()) {
      Made next = made.pop();
      try {
        checkDnn(next.destroy().call(), next.call(), spec);
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
