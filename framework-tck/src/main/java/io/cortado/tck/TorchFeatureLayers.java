package io.cortado.tck;

import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.linear;

import io.cortado.Tensor;
import io.cortado.nn.AdaptiveLogSoftmaxWithLoss;
import io.cortado.nn.Bilinear;
import io.cortado.nn.CosineSimilarity;
import io.cortado.nn.Embedding;
import io.cortado.nn.EmbeddingBag;
import io.cortado.nn.GLU;
import io.cortado.nn.Layer;
import io.cortado.nn.PReLU;
import io.cortado.nn.PairwiseDistance;
import io.cortado.nn.Parametrizations;
import io.cortado.nn.RReLU;
import io.cortado.nn.Softmax2d;
import io.cortado.nn.Softmin;
import io.cortado.tck.TorchLayers.Made;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Layers of features and of tables, and parametrised ones, in {@link TorchAttentionLayers}. */
final class TorchFeatureLayers {

  private TorchFeatureLayers() {}

  static Made make(TorchLayers family, String torchClass, TorchLayerOptions o) {
    return switch (torchClass) {
      case "PReLU" -> Made.of(new PReLU(o.integer("num_parameters", 1), o.number("init", 0.25)));
      case "RReLU" ->
          Made.of(
              new RReLU(o.number("lower", 1.0 / 8), o.number("upper", 1.0 / 3)).eval(), "RReLU");
      case "GLU" -> Made.of(new GLU(o.integer("dim", -1)));
      case "Softmin" -> Made.of(new Softmin(o.integer("dim")));
      case "Softmax2d" -> Made.of(new Softmax2d());
      case "Bilinear" -> bilinear(o);
      case "AdaptiveLogSoftmaxWithLoss" -> adaptive(o);
      case "CosineSimilarity" -> cosineSimilarity(o);
      case "PairwiseDistance" -> pairwiseDistance(o);
      case "Embedding" -> embedding(o);
      case "EmbeddingBag" -> bag(o);
      case "weight_norm" -> {
        Integer dim = o.is("dim", "None") ? null : Integer.valueOf(o.integer("dim", 0));
        yield Made.of(
            Parametrizations.weightNorm(parametrised(o), "weight", dim),
            "Parametrizations.weightNorm");
      }
      case "spectral_norm" -> {
        Layer layer =
            Parametrizations.spectralNorm(
                parametrised(o),
                "weight",
                o.integer("n_power_iterations", 1),
                1e-12,
                o.integer("dim", 0));
        boolean eval = o.flag("eval", false);
        yield Made.of(eval ? layer.eval() : layer, "Parametrizations.spectralNorm");
      }
      default -> throw family.unknown(torchClass);
    };
  }

  private static Layer parametrised(TorchLayerOptions o) {
    return o.is("data", "conv") ? conv2d(2, 3, 3) : linear(3, 4);
  }

  private static Made bilinear(TorchLayerOptions o) {
    var layer =
        new Bilinear(
            o.integer("in1_features"),
            o.integer("in2_features"),
            o.integer("out_features"),
            o.flag("bias", true));
    return Made.of(layer, x -> List.of(layer.forward(x[0], x[1])));
  }

  private static Made adaptive(TorchLayerOptions o) {
    int in = o.integer("in_features");
    int classes = o.integer("n_classes");
    int[] cutoffs = o.integers("cutoffs");
    double div = o.number("div_value", 4);
    var layer =
        new AdaptiveLogSoftmaxWithLoss(in, classes, cutoffs, div, o.flag("head_bias", false));
    return Made.of(
        layer,
        x -> {
          AdaptiveLogSoftmaxWithLoss.Result r = layer.forward(x[0], x[1]);
          return x[0].shape().rank() == 1
              ? List.of(r.output(), r.loss())
              : List.of(r.output(), r.loss(), layer.logProb(x[0]), layer.predict(x[0]));
        });
  }

  private static Made cosineSimilarity(TorchLayerOptions o) {
    var layer = new CosineSimilarity(o.integer("dim", 1), o.number("eps", 1e-8));
    return Made.of(layer, x -> List.of(layer.forward(x[0], x[1])));
  }

  private static Made pairwiseDistance(TorchLayerOptions o) {
    double p = o.is("p", "inf") ? Double.POSITIVE_INFINITY : o.number("p", 2);
    var layer = new PairwiseDistance(p, o.number("eps", 1e-6), o.flag("keepdim", false));
    return Made.of(layer, x -> List.of(layer.forward(x[0], x[1])));
  }

  private static Made embedding(TorchLayerOptions o) {
    var layer = new Embedding(o.integer("num_embeddings"), o.integer("embedding_dim"));
    o.integer(layer, "padding_idx", Embedding::paddingIdx);
    o.number("max_norm", layer::maxNorm);
    o.number("norm_type", layer::normType);
    o.flag("scale_grad_by_freq", layer::scaleGradByFreq);
    return Made.of(layer);
  }

  private static Made bag(TorchLayerOptions o) {
    var layer = new EmbeddingBag(o.integer("num_embeddings"), o.integer("embedding_dim"));
    String mode = o.value("mode");
    if (mode != null) {
      layer.mode(EmbeddingBag.Mode.valueOf(mode.toUpperCase(Locale.ROOT)));
    }
    o.integer(layer, "padding_idx", EmbeddingBag::paddingIdx);
    o.number("max_norm", layer::maxNorm);
    o.flag("scale_grad_by_freq", layer::scaleGradByFreq);
    o.flag("include_last_offset", layer::includeLastOffset);
    return Made.of(
        layer,
        x -> {
          if (x[0].shape().rank() == 1) {
            @Nullable Tensor weights = x.length == 3 ? x[2] : null;
            return List.of(layer.forward(x[0], x[1], weights));
          }
          return List.of(x.length == 2 ? layer.forward(x[0], x[1]) : layer.forward(x[0]));
        });
  }
}
