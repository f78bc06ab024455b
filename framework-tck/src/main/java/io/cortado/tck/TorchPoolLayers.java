package io.cortado.tck;

import static io.cortado.nn.Layers.avgPool1d;
import static io.cortado.nn.Layers.avgPool2d;
import static io.cortado.nn.Layers.avgPool3d;
import static io.cortado.nn.Layers.lpPool1d;
import static io.cortado.nn.Layers.lpPool2d;
import static io.cortado.nn.Layers.maxPool1d;
import static io.cortado.nn.Layers.maxPool2d;
import static io.cortado.nn.Layers.maxPool3d;

import io.cortado.Tensor;
import io.cortado.autograd.ValuesAndIndices;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.nn.AdaptivePool;
import io.cortado.nn.AvgPool;
import io.cortado.nn.LPPool;
import io.cortado.nn.MaxPool;
import io.cortado.nn.MaxUnpool;
import io.cortado.nn.PoolBase;
import java.util.Arrays;
import java.util.List;

/** Poolings. */
final class TorchPoolLayers implements TorchLayers {

  @Override
  public String fixtures() {
    return "layers_pool";
  }

  @Override
  public Made make(String torchClass, TorchLayerOptions o) {
    int axes = torchClass.charAt(torchClass.length() - 2) - '0';
    return switch (torchClass) {
      case "MaxPool1d" -> max(maxPool1d(1), axes, o);
      case "MaxPool2d" -> max(maxPool2d(1), axes, o);
      case "MaxPool3d" -> max(maxPool3d(1), axes, o);
      case "AvgPool1d" -> average(avgPool1d(1), axes, o);
      case "AvgPool2d" -> average(avgPool2d(1), axes, o);
      case "AvgPool3d" -> average(avgPool3d(1), axes, o);
      case "LPPool1d" -> power(lpPool1d(o.number("norm_type", 0), 1), axes, o);
      case "LPPool2d" -> power(lpPool2d(o.number("norm_type", 0), 1), axes, o);
      case "MaxUnpool1d", "MaxUnpool2d" -> unpool(axes, o);
      case "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d" ->
          adaptive(PoolSpec.Mode.AVERAGE, torchClass, axes, o);
      case "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d" ->
          adaptive(PoolSpec.Mode.MAX, torchClass, axes, o);
      default -> throw unknown(torchClass);
    };
  }

  private static <L extends PoolBase<L>> L common(L layer, int axes, TorchLayerOptions o) {
    L p = o.integers(layer, "kernel_size", axes, PoolBase::kernel);
    p = o.integers(p, "stride", axes, PoolBase::stride);
    return o.flag(p, "ceil_mode", PoolBase::ceilMode);
  }

  static <L extends MaxPool<L>> Made max(L layer, int axes, TorchLayerOptions o) {
    L p = o.integers(common(layer, axes, o), "padding", axes, MaxPool::padding);
    L made = o.integers(p, "dilation", axes, MaxPool::dilation);
    return o.flag("return_indices", false)
        ? Made.of(made, x -> both(made.forwardWithIndices(x[0])))
        : Made.of(made);
  }

  static List<Tensor> both(ValuesAndIndices pooled) {
    return List.of(pooled.values(), pooled.indices());
  }

  private static <L extends AvgPool<L>> Made average(L layer, int axes, TorchLayerOptions o) {
    L p = o.integers(common(layer, axes, o), "padding", axes, AvgPool::padding);
    p = o.flag(p, "count_include_pad", AvgPool::countIncludePad);
    return Made.of(o.integer(p, "divisor_override", AvgPool::divisorOverride));
  }

  private static <L extends LPPool<L>> Made power(L layer, int axes, TorchLayerOptions o) {
    return Made.of(common(layer, axes, o));
  }

  static Made unpool(int axes, TorchLayerOptions o) {
    MaxUnpool u = o.integers(new MaxUnpool(axes, 1), "kernel_size", axes, MaxUnpool::kernel);
    u = o.integers(u, "stride", axes, MaxUnpool::stride);
    MaxUnpool made = o.integers(u, "padding", axes, MaxUnpool::padding);
    String data = o.has("data") ? o.text("data") : "";
    int[] size =
        data.isEmpty()
            ? new int[0]
            : Arrays.stream(data.split(" ")[1].split("x")).mapToInt(Integer::parseInt).toArray();
    return Made.of(made, x -> List.of(made.forward(x[0], x[1], size)));
  }

  static Made adaptive(PoolSpec.Mode mode, String torchClass, int axes, TorchLayerOptions o) {
    AdaptivePool p = new AdaptivePool(mode, o.integers("output_size", axes));
    if (o.flag("return_indices", false)) {
      return Made.of(p, x -> both(p.forwardWithIndices(x[0])));
    }
    return Made.of(p, "Layers.a" + torchClass.substring(1));
  }
}
