package io.cortado.cuda.dnn;

import static io.cortado.cuda.CudaErrors.checkDnn;

import io.cortado.backend.MathPrecision;
import io.cortado.backend.spec.ConvSpec;
import java.util.Arrays;
import java.util.stream.Stream;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnActivationMode;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnMathType;
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
  private final MathPrecision precision;
  private final long workspaceLimit;
  private @Nullable Algorithm forward;
  private @Nullable Algorithm backwardData;
  private @Nullable Algorithm backwardFilter;

  ConvPlan(
      cudnnHandle handle,
      MathPrecision precision,
      long workspaceLimit,
      ConvSpec s,
      Descriptors descriptors) {
    this.handle = handle;
    this.precision = precision;
    this.spec = s;
    this.workspaceLimit = workspaceLimit;
    int type = dataType(precision);
    x = descriptors.tensor(type, s.n(), s.c(), s.h(), s.w());
    y = descriptors.tensor(type, s.n(), s.k(), s.outH(), s.outW());
    bias = descriptors.tensor(type, 1, s.k(), 1, 1);
    w = descriptors.filter(type, s.k(), s.c() / s.groups(), s.kernelH(), s.kernelW());
    conv = descriptors.convolution(s, mathType(precision));
    identity =
        descriptors.activation(
            cudnnActivationMode.CUDNN_ACTIVATION_IDENTITY,
            cudnnNanPropagation.CUDNN_NOT_PROPAGATE_NAN);
  }

  private static int dataType(MathPrecision precision) {
    return switch (precision) {
      case FLOAT32, TF32 -> cudnnDataType.CUDNN_DATA_FLOAT;
      case BFLOAT16 -> cudnnDataType.CUDNN_DATA_BFLOAT16;
      case FLOAT16 -> cudnnDataType.CUDNN_DATA_HALF;
    };
  }

  /**
   * Returns what cuDNN may compute floats by: its default rounds them to TF32 where the device can,
   * so that full precision has to be asked for.
   */
  private static int mathType(MathPrecision precision) {
    return switch (precision) {
      case FLOAT32 -> cudnnMathType.CUDNN_FMA_MATH;
      case TF32 -> cudnnMathType.CUDNN_DEFAULT_MATH;
      case BFLOAT16, FLOAT16 -> cudnnMathType.CUDNN_TENSOR_OP_MATH;
    };
  }

  /** Asks cuDNN for the workspace of an algorithm; returns its code. */
  private interface WorkspaceSize {
    int of(int algorithm, long[] bytes);
  }

  /**
   * Takes the best algorithm.
   *
   * <p>Of 16-bit inputs cuDNN may rank one algorithm twice, by tensor cores and without, and wants
   * the descriptor to be set to the units it was ranked by. JCuda does not hand those on (of two
   * directions it leaves the field as it was), so the descriptor stays as it is, allowing tensor
   * cores, and cuDNN is asked what workspace the algorithm then needs.
   */
  private Algorithm choose(
      Stream<Algorithm> ranked, String what, String call, WorkspaceSize workspaceSize) {
    Algorithm best = Algorithm.choose(ranked, workspaceLimit, what, spec);
    if (!precision.isSixteenBit()) {
      return best;
    }
    long[] bytes = {0};
    checkDnn(workspaceSize.of(best.number(), bytes), call, spec);
    return new Algorithm(best.number(), best.status(), best.deterministic(), bytes[0]);
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
          choose(
              Arrays.stream(found, 0, count[0]).map(Algorithm::of),
              "forward pass",
              "cudnnGetConvolutionForwardWorkspaceSize",
              (algorithm, bytes) ->
                  JCudnn.cudnnGetConvolutionForwardWorkspaceSize(
                      handle, x, w, conv, y, algorithm, bytes));
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
          choose(
              Arrays.stream(found, 0, count[0]).map(Algorithm::of),
              "input's gradient",
              "cudnnGetConvolutionBackwardDataWorkspaceSize",
              (algorithm, bytes) ->
                  JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                      handle, w, y, conv, x, algorithm, bytes));
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
          choose(
              Arrays.stream(found, 0, count[0]).map(Algorithm::of),
              "weights' gradient",
              "cudnnGetConvolutionBackwardFilterWorkspaceSize",
              (algorithm, bytes) ->
                  JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                      handle, x, y, conv, w, algorithm, bytes));
    }
    return backwardFilter;
  }
}
