package io.cortado.models.onnx;

import io.cortado.models.onnx.Call.Operator;
import io.cortado.nn.Activations;
import io.cortado.nn.Layer;
import org.jspecify.annotations.Nullable;

/** Activations that ONNX has operators for; export writes them as formulas. */
final class ActivationOperators {

  private ActivationOperators() {}

  static @Nullable Operator of(StoredNode node) {
    return switch (node.operator()) {
      case "Softplus" -> layer(Activations.softplus());
      case "Softsign" -> layer(Activations.softsign());
      case "Mish" -> layer(Activations.mish());
      case "HardSwish" -> layer(Activations.hardswish());
      case "Elu" -> layer(Activations.elu(node.number("alpha", 1)));
      case "Celu" -> layer(Activations.celu(node.number("alpha", 1)));
      case "Gelu" ->
          layer(
              node.text("approximate", "none").equals("tanh")
                  ? Activations.geluTanh()
                  : Activations.gelu());
      case "HardSigmoid" -> {
        float alpha = node.number("alpha", 0.2f);
        float beta = node.number("beta", 0.5f);
        yield c -> Call.one(c.tensor(0).mul(alpha).add(beta).clamp(0, 1));
      }
      case "Selu" -> {
        float alpha = node.number("alpha", 1.6732632f);
        float gamma = node.number("gamma", 1.050701f);
        Layer elu = Activations.elu(alpha);
        yield c -> Call.one(elu.forward(c.tensor(0)).mul(gamma));
      }
      default -> null;
    };
  }

  private static Operator layer(Layer f) {
    return c -> Call.one(f.forward(c.tensor(0)));
  }
}
