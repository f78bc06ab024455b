package io.cortado.tck;

import static io.cortado.nn.Layers.channelShuffle;
import static io.cortado.nn.Layers.identity;
import static io.cortado.nn.Layers.pixelShuffle;
import static io.cortado.nn.Layers.pixelUnshuffle;
import static io.cortado.nn.Layers.unflatten;
import static io.cortado.nn.Layers.upsample;

import io.cortado.nn.Fold;
import io.cortado.nn.Layer;
import io.cortado.nn.PaddingLayers;
import io.cortado.nn.Upsample;
import java.util.Locale;

/** Layers that put elements elsewhere: padding, resampling, shuffling, folding. */
final class TorchShapeLayers implements TorchLayers {

  @Override
  public String fixtures() {
    return "layers_shape";
  }

  @Override
  public Made make(String torchClass, TorchLayerOptions o) {
    return switch (torchClass) {
      case "Identity" -> Made.of(identity());
      case "Unflatten" -> Made.of(unflatten(o.integer("dim"), o.integers("unflattened_size")));
      case "PixelShuffle" -> Made.of(pixelShuffle(o.integer("upscale_factor")));
      case "PixelUnshuffle" ->
          Made.of(pixelUnshuffle(o.integer("downscale_factor")), "Layers.pixelUnshuffle");
      case "ChannelShuffle" -> Made.of(channelShuffle(o.integer("groups")));
      case "Upsample" -> Made.of(upsampling(o));
      case "UpsamplingNearest2d" -> Made.of(upsample(o.numbers("scale_factor")));
      case "UpsamplingBilinear2d" ->
          Made.of(
              upsample(o.numbers("scale_factor")).mode(Upsample.Mode.BILINEAR).alignCorners(true));
      case "Unfold" -> Made.of(windows(Fold.unfold(o.integers("kernel_size")), o), "Fold.unfold");
      case "Fold" -> {
        int[] size = o.integers("output_size", 2);
        Fold fold = Fold.fold(size[0], size[1], o.integers("kernel_size"));
        yield Made.of(windows(fold, o), "Fold.fold");
      }
      default -> padding(torchClass, o);
    };
  }

  private static Upsample upsampling(TorchLayerOptions o) {
    Upsample u =
        o.has("size") ? Upsample.toSize(o.integers("size")) : upsample(o.numbers("scale_factor"));
    if (o.has("mode")) {
      u = u.mode(Upsample.Mode.valueOf(o.text("mode").toUpperCase(Locale.ROOT)));
    }
    return o.flag(u, "align_corners", Upsample::alignCorners);
  }

  private static Fold windows(Fold fold, TorchLayerOptions o) {
    Fold f = o.integers(fold, "stride", 2, Fold::stride);
    f = o.integers(f, "padding", 2, Fold::padding);
    return o.integers(f, "dilation", 2, Fold::dilation);
  }

  private Made padding(String torchClass, TorchLayerOptions o) {
    if (!torchClass.contains("Pad")) {
      throw unknown(torchClass);
    }
    int[] w = o.integers("padding");
    float value = (float) o.number("value", 0);
    Layer layer =
        switch (torchClass) {
          case "ConstantPad1d" -> PaddingLayers.constantPad1d(value, w);
          case "ConstantPad2d" -> PaddingLayers.constantPad2d(value, w);
          case "ConstantPad3d" -> PaddingLayers.constantPad3d(value, w);
          case "ZeroPad2d" -> PaddingLayers.zeroPad2d(w);
          case "ReflectionPad1d" -> PaddingLayers.reflectionPad1d(w);
          case "ReflectionPad2d" -> PaddingLayers.reflectionPad2d(w);
          case "ReflectionPad3d" -> PaddingLayers.reflectionPad3d(w);
          case "ReplicationPad1d" -> PaddingLayers.replicationPad1d(w);
          case "ReplicationPad2d" -> PaddingLayers.replicationPad2d(w);
          case "ReplicationPad3d" -> PaddingLayers.replicationPad3d(w);
          case "CircularPad1d" -> PaddingLayers.circularPad1d(w);
          case "CircularPad2d" -> PaddingLayers.circularPad2d(w);
          case "CircularPad3d" -> PaddingLayers.circularPad3d(w);
          default -> throw unknown(torchClass);
        };
    String name = torchClass.substring(0, 1).toLowerCase(Locale.ROOT) + torchClass.substring(1);
    return Made.of(layer, "PaddingLayers." + name);
  }
}
