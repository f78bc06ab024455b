package io.cortado.tck;

import static io.cortado.nn.Layers.maxPool3d;

import io.cortado.backend.spec.PoolSpec;
import io.cortado.nn.FractionalMaxPool;
import java.util.List;

/** Maxima over three axes with their places, what undoes them, and fractional windows. */
final class TorchPlacedPoolLayers implements TorchLayers {

  @Override
  public String fixtures() {
    return "layers_places";
  }

  @Override
  public Made make(String torchClass, TorchLayerOptions o) {
    return switch (torchClass) {
      case "MaxPool3d" -> TorchPoolLayers.max(maxPool3d(1), 3, o);
      case "MaxUnpool3d" -> TorchPoolLayers.unpool(3, o);
      case "AdaptiveMaxPool3d" -> TorchPoolLayers.adaptive(PoolSpec.Mode.MAX, torchClass, 3, o);
      case "FractionalMaxPool2d" -> fractional(2, o);
      case "FractionalMaxPool3d" -> fractional(3, o);
      default -> throw unknown(torchClass);
    };
  }

  private static Made fractional(int axes, TorchLayerOptions o) {
    FractionalMaxPool p =
        o.integers(new FractionalMaxPool(axes, 1), "kernel_size", axes, FractionalMaxPool::kernel);
    p = o.integers(p, "output_size", axes, FractionalMaxPool::outputSize);
    FractionalMaxPool made = o.has("output_ratio") ? p.outputRatio(o.numbers("output_ratio")) : p;
    return o.flag("return_indices", false)
        ? Made.of(made, x -> TorchPoolLayers.both(made.forwardWithIndices(x[0], x[1])))
        : Made.of(made, x -> List.of(made.forward(x[0], x[1])));
  }
}
