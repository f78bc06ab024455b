package io.cortado.tck;

import io.cortado.nn.Activations;
import io.cortado.nn.Layer;
import io.cortado.nn.Layers;

/** Activations. */
final class TorchActivationLayers implements TorchLayers {

  @Override
  public String fixtures() {
    return "layers_activation";
  }

  @Override
  public Made make(String torchClass, TorchLayerOptions o) {
    return switch (torchClass) {
      case "ReLU" -> plain("relu", Layers.relu());
      case "LeakyReLU" -> plain("leakyRelu", Layers.leakyRelu(o.number("negative_slope", 0.01)));
      case "Sigmoid" -> plain("sigmoid", Layers.sigmoid());
      case "Tanh" -> plain("tanh", Layers.tanh());
      case "Softmax" -> plain("softmax", Layers.softmax(o.integer("dim")));
      case "LogSoftmax" -> plain("logSoftmax", Layers.logSoftmax(o.integer("dim")));
      default -> pointwise(torchClass, o);
    };
  }

  private Made pointwise(String torchClass, TorchLayerOptions o) {
    return switch (torchClass) {
      case "Threshold" ->
          of("threshold", Activations.threshold(o.number("threshold", 0), o.number("value", 0)));
      case "Hardtanh" ->
          of("hardtanh", Activations.hardtanh(o.number("min_val", -1), o.number("max_val", 1)));
      case "ReLU6" -> of("relu6", Activations.relu6());
      case "ELU" -> of("elu", Activations.elu(o.number("alpha", 1)));
      case "SELU" -> of("selu", Activations.selu());
      case "CELU" -> of("celu", Activations.celu(o.number("alpha", 1)));
      case "GELU" ->
          o.is("approximate", "tanh")
              ? of("gelu, geluTanh", Activations.geluTanh())
              : of("gelu, geluTanh", Activations.gelu());
      case "Hardshrink" -> of("hardshrink", Activations.hardshrink(o.number("lambd", 0.5)));
      case "LogSigmoid" -> of("logSigmoid", Activations.logSigmoid());
      case "Softplus" ->
          of("softplus", Activations.softplus(o.number("beta", 1), o.number("threshold", 20)));
      case "Softshrink" -> of("softshrink", Activations.softshrink(o.number("lambd", 0.5)));
      case "Softsign" -> of("softsign", Activations.softsign());
      case "Tanhshrink" -> of("tanhshrink", Activations.tanhshrink());
      case "Hardsigmoid" -> of("hardsigmoid", Activations.hardsigmoid());
      case "Hardswish" -> of("hardswish", Activations.hardswish());
      case "SiLU" -> of("silu", Activations.silu());
      case "Mish" -> of("mish", Activations.mish());
      default -> throw unknown(torchClass);
    };
  }

  private static Made plain(String name, Layer layer) {
    return Made.of(layer, "Layers." + name);
  }

  private static Made of(String name, Layer layer) {
    return Made.of(layer, "Activations." + name);
  }
}
