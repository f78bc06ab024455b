package io.cortado.tck;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Classes of torch.nn that TorchLayers has no recorded cases of: where they are, or why not. */
final class TorchLayerNotes {

  /** What computes nothing to compare, or nothing that could be equal: what it is called here. */
  static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
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
