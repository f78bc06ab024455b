package io.cortado.cuda.dnn;

import static io.cortado.cuda.CudaErrors.checkDnn;

import io.cortado.backend.spec.ConvSpec;
import java.util.Arrays;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnActivationMode;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors of one convolution, and the algorithms chosen for it.
 *
 * <p>Algorithms are chosen at the first use of each direction, by cuDNN's heuristic: it runs
 * nothing (which a capture would not allow) and gives the same answer each time, so that two runs
 * of one program agree.
 */
final class ConvPlan {

  /** More than cuDNN has algorithms for any direction. */
  private static final int MANY = 16;

  final cudnnTensorDescriptor x;
  final cudnnTensorDescriptor y;
  final cudnnTensorDescriptor bias;
  final cudnnFilterDescriptor w;
  final cudnnConvolutionDescriptor conv;
  final cudnnActivationDescriptor identity;

  private final ConvSpec spec;
  private final cudnnHandle handle;
  private final long workspaceLimit;
  private @Nullable Algorithm forward;
  private @Nullable Algorithm backwardData;
  private @Nullable Algorithm backwardFilter;

  ConvPlan(
      cudnnHandle handle, boolean tf32, long workspaceLimit, ConvSpec s, Descriptors descriptors) {
    this.handle = handle;
    this.spec = s;
    this.workspaceLimit = workspaceLimit;
    x = descriptors.tensor(s.n(), s.c(), s.h(), s.w());
    y = descriptors.tensor(s.n(), s.k(), s.outH(), s.outW());
    bias = descriptors.tensor(1, s.k(), 1, 1);
    w = descriptors.filter(s.k(), s.c() / s.groups(), s.kernelH(), s.kernelW());
    conv =
        descriptors.convolution(
            s.padH(),
            s.padW(),
            s.strideH(),
            s.strideW(),
            s.dilationH(),
            s.dilationW(),
            s.groups(),
            tf32);
    identity =
        descriptors.activation(
            cudnnActivationMode.CUDNN_ACTIVATION_IDENTITY,
            cudnnNanPropagation.CUDNN_NOT_PROPAGATE_NAN);
  }

  Algorithm forward() {
    if (forward == null) {
      int[] count = {0};
      cudnnConvolutionFwdAlgoPerf[] found = new cudnnConvolutionFwdAlgoPerf[MANY];
      checkDnn(
          JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(handle, x, w, conv, y, MANY, count, found),
          "cudnnGetConvolutionForwardAlgorithm_v7",
          spec);
      forward =
          Algorithm.choose(
              Arrays.stream(found, 0, count[0]).map(Algorithm::of),
              workspaceLimit,
              "forward pass",
              spec);
    }
    return forward;
  }

  Algorithm backwardData() {
    if (backwardData == null) {
      int[] count = {0};
      cudnnConvolutionBwdDataAlgoPerf[] found = new cudnnConvolutionBwdDataAlgoPerf[MANY];
      checkDnn(
          JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
              handle, w, y, conv, x, MANY, count, found),
          "cudnnGetConvolutionBackwardDataAlgorithm_v7",
          spec);
      backwardData =
          Algorithm.choose(
              Arrays.stream(found, 0, count[0]).map(Algorithm::of),
              workspaceLimit,
              "input's gradient",
              spec);
    }
    return backwardData;
  }

  Algorithm backwardFilter() {
    if (backwardFilter == null) {
      int[] count = {0};
      cudnnConvolutionBwdFilterAlgoPerf[] found = new cudnnConvolutionBwdFilterAlgoPerf[MANY];
      checkDnn(
          JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
              handle, x, y, conv, w, MANY, count, found),
          "cudnnGetConvolutionBackwardFilterAlgorithm_v7",
          spec);
      backwardFilter =
          Algorithm.choose(
              Arrays.stream(found, 0, count[0]).map(Algorithm::of),
              workspaceLimit,
              "weights' gradient",
              spec);
    }
    return backwardFilter;
  }
}
