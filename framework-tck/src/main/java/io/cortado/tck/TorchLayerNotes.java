package io.cortado.tck;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Classes of torch.nn that TorchLayers has no recorded cases of: where they are, or why not. */
final class TorchLayerNotes {

  /** Where else a class is compared with PyTorch: what it is called here, and by which suite. */
  static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          activation("CELU", "Activations.celu"),
          activation("ELU", "Activations.elu"),
          activation("GELU", "Activations.gelu, geluTanh"),
          activation("Hardshrink", "Activations.hardshrink"),
          activation("Hardsigmoid", "Activations.hardsigmoid"),
          activation("Hardswish", "Activations.hardswish"),
          activation("Hardtanh", "Activations.hardtanh"),
          activation("LogSigmoid", "Activations.logSigmoid"),
          activation("Mish", "Activations.mish"),
          activation("ReLU6", "Activations.relu6"),
          activation("SELU", "Activations.selu"),
          activation("SiLU", "Activations.silu"),
          activation("Softplus", "Activations.softplus"),
          activation("Softshrink", "Activations.softshrink"),
          activation("Softsign", "Activations.softsign"),
          activation("Tanhshrink", "Activations.tanhshrink"),
          activation("Threshold", "Activations.threshold"),
          entry("ReLU", "Layers.relu, compared by TorchSuite"),
          entry("LeakyReLU", "Layers.leakyRelu, compared by TorchSuite"),
          entry("Sigmoid", "Layers.sigmoid, compared by TorchSuite"),
          entry("Tanh", "Layers.tanh, compared by TorchSuite"),
          entry("Softmax", "Layers.softmax, compared by TorchSuite"),
          entry("LogSoftmax", "Layers.logSoftmax, compared by TorchSuite"),
          entry("RNN", "RNN, compared by RecurrentLayersSuite"),
          entry("LSTM", "LSTM, compared by RecurrentLayersSuite"),
          entry("GRU", "GRU, compared by RecurrentLayersSuite"),
          entry("RNNCell", "RNNCell, compared by RecurrentLayersSuite"),
          entry("LSTMCell", "LSTMCell, compared by RecurrentLayersSuite"),
          entry("GRUCell", "GRUCell, compared by RecurrentLayersSuite"),
          entry("RNNBase", "RNNBase, what RNN, LSTM and GRU have in common"),
          entry("RNNCellBase", "RNNCellBase, what the cells have in common"),
          entry("Sequential", "Sequential, which computes nothing itself"),
          entry("ModuleList", "ModuleList, which computes nothing itself"),
          entry("ModuleDict", "ModuleDict, which computes nothing itself"),
          entry("ParameterList", "ParameterList, which computes nothing itself"),
          entry("ParameterDict", "ParameterDict, which computes nothing itself"),
          random("Dropout"),
          random("Dropout1d"),
          random("Dropout2d"),
          random("Dropout3d"),
          random("AlphaDropout"),
          random("FeatureAlphaDropout"));

  private static final String LAZY = "extents are given, not found out at the first call";
  private static final String ONE_DEVICE = "one process trains on one device";

  /** Why a class is not there. */
  static final Map<String, String> ABSENT =
      Map.ofEntries(
          entry("Container", "deprecated in PyTorch; Module"),
          entry("CrossMapLRN2d", "PyTorch's Python twin of LocalResponseNorm"),
          entry("NLLLoss2d", "deprecated in PyTorch; NLLLoss takes images"),
          entry("SyncBatchNorm", ONE_DEVICE),
          entry("DataParallel", ONE_DEVICE),
          entry("LazyLinear", LAZY),
          entry("LazyConv1d", LAZY),
          entry("LazyConv2d", LAZY),
          entry("LazyConv3d", LAZY),
          entry("LazyConvTranspose1d", LAZY),
          entry("LazyConvTranspose2d", LAZY),
          entry("LazyConvTranspose3d", LAZY),
          entry("LazyBatchNorm1d", LAZY),
          entry("LazyBatchNorm2d", LAZY),
          entry("LazyBatchNorm3d", LAZY),
          entry("LazyInstanceNorm1d", LAZY),
          entry("LazyInstanceNorm2d", LAZY),
          entry("LazyInstanceNorm3d", LAZY));

  private TorchLayerNotes() {}

  private static Map.Entry<String, String> entry(String torchClass, String note) {
    return Map.entry(torchClass, note);
  }

  private static Map.Entry<String, String> activation(String torchClass, String ours) {
    return Map.entry(torchClass, ours + ", compared by TorchActivationsSuite");
  }

  private static Map.Entry<String, String> random(String layer) {
    return Map.entry(layer, layer + "; masks are drawn by another generator than torch's");
  }

  /** Returns all classes that something is said of here. */
  static Set<String> withNotes() {
    Set<String> all = new HashSet<>(ELSEWHERE.keySet());
    all.addAll(ABSENT.keySet());
    return all;
  }
}
