package io.cortado.tck;

import static io.cortado.nn.Layers.conv1d;
import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.conv3d;
import static io.cortado.nn.Layers.convTranspose1d;
import static io.cortado.nn.Layers.convTranspose2d;
import static io.cortado.nn.Layers.convTranspose3d;

import io.cortado.autograd.Padding;
import io.cortado.nn.ConvBase;
import io.cortado.nn.PlainConv;
import io.cortado.nn.TransposedConv;

/** Convolutions. */
final class TorchConvLayers implements TorchLayers {

  @Override
  public String fixtures() {
    return "layers_conv";
  }

  @Override
  public Made make(String torchClass, TorchLayerOptions o) {
    int in = o.integer("in_channels");
    int out = o.integer("out_channels");
    int axes = torchClass.charAt(torchClass.length() - 2) - '0';
    return switch (torchClass) {
      case "Conv1d" -> plain(conv1d(in, out, 1), axes, o);
      case "Conv2d" -> plain(conv2d(in, out, 1), axes, o);
      case "Conv3d" -> plain(conv3d(in, out, 1), axes, o);
      case "ConvTranspose1d" -> transposed(convTranspose1d(in, out, 1), axes, o);
      case "ConvTranspose2d" -> transposed(convTranspose2d(in, out, 1), axes, o);
      case "ConvTranspose3d" -> transposed(convTranspose3d(in, out, 1), axes, o);
      default -> throw unknown(torchClass);
    };
  }

  private static <L extends ConvBase<L>> L common(L layer, int axes, TorchLayerOptions o) {
    L c = o.integers(layer, "kernel_size", axes, ConvBase::kernel);
    c = o.integers(c, "stride", axes, ConvBase::stride);
    c = o.integers(c, "dilation", axes, ConvBase::dilation);
    c = o.integer(c, "groups", ConvBase::groups);
    return o.flag("bias", true) ? c : c.noBias();
  }

  private static <L extends PlainConv<L>> Made plain(L layer, int axes, TorchLayerOptions o) {
    L c = common(layer, axes, o);
    if (o.is("padding", "same")) {
      c = c.paddingSame();
    } else if (!o.is("padding", "valid")) {
      c = o.integers(c, "padding", axes, ConvBase::padding);
    }
    return Made.of(o.has("padding_mode") ? c.paddingMode(mode(o.text("padding_mode"))) : c);
  }

  private static <L extends TransposedConv<L>> Made transposed(
      L layer, int axes, TorchLayerOptions o) {
    L c = o.integers(common(layer, axes, o), "padding", axes, ConvBase::padding);
    return Made.of(o.integers(c, "output_padding", axes, TransposedConv::outputPadding));
  }

  private static Padding.Mode mode(String torch) {
    return switch (torch) {
      case "zeros" -> Padding.Mode.CONSTANT;
      case "reflect" -> Padding.Mode.REFLECT;
      case "replicate" -> Padding.Mode.REPLICATE;
      case "circular" -> Padding.Mode.CIRCULAR;
      default -> throw new IllegalStateException("no padding mode is called " + torch);
    };
  }
}
