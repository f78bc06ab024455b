package io.cortado.cuda.dnn;

import static io.cortado.cuda.CudaErrors.checkDnn;

import io.cortado.backend.MathPrecision;
import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.cuda.CudaMemory;
import io.cortado.cuda.DeviceAddress;
import io.cortado.cuda.Scratch;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnDirectionMode;
import jcuda.jcudnn.cudnnForwardMode;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnRNNBiasMode;
import jcuda.jcudnn.cudnnRNNDataDescriptor;
import jcuda.jcudnn.cudnnRNNDescriptor;
import jcuda.jcudnn.cudnnRNNMode;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * The descriptors of one recurrent layer, the sizes of what it needs, and where its parameters are
 * among cuDNN's.
 *
 * <p>The persistent algorithms are not used: they are made for 16-bit numbers, and have limits that
 * differ from device to device.
 */
final class RnnPlan {

  /** A direction's parameters, in the order of {@link io.cortado.backend.RnnWeights}. */
  static final int PARAMETERS = 4;

  /**
   * A run of numbers that is one in a parameter and in cuDNN's weights.
   *
   * @param parameter of its direction, one of {@link #PARAMETERS}
   * @param from where the parameter has it, in elements
   * @param at where cuDNN's weights have it, in bytes
   * @param count how many elements
   */
  record Run(int direction, int parameter, long from, long at, long count) {

    private boolean continues(Run before) {
      return direction == before.direction
          && parameter == before.parameter
          && from == before.from + before.count
          && at == before.at + before.count * Float.BYTES;
    }
  }

  final cudnnRNNDescriptor rnn;
  final cudnnRNNDataDescriptor x;
  final cudnnRNNDataDescriptor y;
  final cudnnTensorDescriptor states;

  /** What cuDNN's weights take. */
  final long weightBytes;

  /** What a forward pass needs that no backward pass follows. */
  final long inferenceWorkspace;

  /** What each pass of a training needs. */
  final long trainingWorkspace;

  /** What a forward pass keeps for the backward pass. */
  final long reserveBytes;

  /** Where the parameters are: a run each, if cuDNN has the gates one behind the other. */
  final List<Run> runs;

  private final RnnLayerSpec spec;
  private final cudnnHandle handle;

  RnnPlan(
      cudnnHandle handle,
      CudaMemory memory,
      MathPrecision precision,
      RnnLayerSpec s,
      Descriptors descriptors) {
    spec = s;
    this.handle = handle;
    boolean both = s.directions() == 2;
    rnn =
        descriptors.rnn(
            mode(s),
            s.bias() ? cudnnRNNBiasMode.CUDNN_RNN_DOUBLE_BIAS : cudnnRNNBiasMode.CUDNN_RNN_NO_BIAS,
            both ? cudnnDirectionMode.CUDNN_BIDIRECTIONAL : cudnnDirectionMode.CUDNN_UNIDIRECTIONAL,
            // The default rounds to TF32 where the device can.
            precision == MathPrecision.TF32
                ? cudnnMathType.CUDNN_DEFAULT_MATH
                : cudnnMathType.CUDNN_FMA_MATH,
            s.input(),
            s.hidden(),
            descriptors.noDropout(handle));
    x = descriptors.sequences(s.steps(), s.batch(), s.input());
    y = descriptors.sequences(s.steps(), s.batch(), s.outputWidth());
    states = descriptors.tensor(s.directions(), s.batch(), s.hidden());
    long[] bytes = {0};
    checkDnn(
        JCudnn.cudnnGetRNNWeightSpaceSize(handle, rnn, bytes), "cudnnGetRNNWeightSpaceSize", s);
    weightBytes = bytes[0];
    inferenceWorkspace = temporary(cudnnForwardMode.CUDNN_FWD_MODE_INFERENCE)[0];
    long[] training = temporary(cudnnForwardMode.CUDNN_FWD_MODE_TRAINING);
    trainingWorkspace = training[0];
    reserveBytes = training[1];
    try (Scratch weights = memory.scratch(weightBytes)) {
      runs = runs(weights.pointer(), descriptors);
    }
  }

  private static int mode(RnnLayerSpec s) {
    return switch (s.kind()) {
      case TANH -> cudnnRNNMode.CUDNN_RNN_TANH;
      case RELU -> cudnnRNNMode.CUDNN_RNN_RELU;
      case LSTM -> cudnnRNNMode.CUDNN_LSTM;
      case GRU -> cudnnRNNMode.CUDNN_GRU;
    };
  }

  /** Returns the bytes of workspace and reserve. */
  private long[] temporary(int mode) {
    long[] workspace = {0};
    long[] reserve = {0};
    checkDnn(
        JCudnn.cudnnGetRNNTempSpaceSizes(handle, rnn, mode, x, workspace, reserve),
        "cudnnGetRNNTempSpaceSizes",
        spec);
    return new long[] {workspace[0], reserve[0]};
  }

  /** Asks for the place of each gate, and joins those that are neighbours. */
  private List<Run> runs(CUdeviceptr weights, Descriptors descriptors) {
    List<Run> all = new ArrayList<>();
    cudnnTensorDescriptor matrix = descriptors.emptyTensor();
    cudnnTensorDescriptor bias = descriptors.emptyTensor();
    long base = DeviceAddress.of(weights);
    int gates = spec.kind().gates();
    long hidden = spec.hidden();
    for (int d = 0; d < spec.directions(); d++) {
      List<Run> biases = new ArrayList<>();
      for (int k = 0; k < 2 * gates; k++) {
        CUdeviceptr atMatrix = new CUdeviceptr();
        CUdeviceptr atBias = new CUdeviceptr();
        checkDnn(
            JCudnn.cudnnGetRNNWeightParams(
                handle, rnn, d, weightBytes, weights, k, matrix, atMatrix, bias, atBias),
            "cudnnGetRNNWeightParams",
            spec);
        int recurrent = k / gates;
        int gate = k % gates;
        long size = hidden * (recurrent == 0 ? spec.input() : hidden);
        add(all, new Run(d, recurrent, gate * size, DeviceAddress.of(atMatrix) - base, size));
        if (spec.bias()) {
          long at = DeviceAddress.of(atBias) - base;
          add(biases, new Run(d, 2 + recurrent, gate * hidden, at, hidden));
        }
      }
      all.addAll(biases);
    }
    return List.copyOf(all);
  }

  private static void add(List<Run> to, Run run) {
    if (!to.isEmpty() && run.continues(to.getLast())) {
      Run first = to.removeLast();
      to.add(
          new Run(first.direction, first.parameter, first.from, first.at, first.count + run.count));
    } else {
      to.add(run);
    }
  }

  /** Returns where a reserve has what is cuDNN's own, behind the weights; in elements. */
  long cudnnsAt() {
    return Math.ceilDiv(weightBytes, 256L) * (256 / Float.BYTES);
  }

  /** Returns the elements of a reserve: the weights, and what is cuDNN's own. */
  long reserveSize() {
    return cudnnsAt() + Math.ceilDiv(reserveBytes, (long) Float.BYTES);
  }
}
