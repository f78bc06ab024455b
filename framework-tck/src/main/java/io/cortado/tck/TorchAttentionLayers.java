package io.cortado.tck;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Attention;
import io.cortado.autograd.AttentionOptions;
import io.cortado.nn.Activations;
import io.cortado.nn.AttentionMasks;
import io.cortado.nn.AttentionOutput;
import io.cortado.nn.Identity;
import io.cortado.nn.LayerNorm;
import io.cortado.nn.MultiheadAttention;
import io.cortado.nn.MultiheadAttentionOptions;
import io.cortado.nn.Transformer;
import io.cortado.nn.TransformerDecoder;
import io.cortado.nn.TransformerDecoderLayer;
import io.cortado.nn.TransformerEncoder;
import io.cortado.nn.TransformerEncoderLayer;
import io.cortado.nn.TransformerOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attention, transformers, and what {@link TorchFeatureLayers} has. */
final class TorchAttentionLayers implements TorchLayers {

  /** The features of all recorded transformers. */
  private static final int FEATURES = 4;

  private static final int HEADS = 2;

  @Override
  public String fixtures() {
    return "layers_attention";
  }

  @Override
  public Made make(String torchClass, TorchLayerOptions o) {
    return switch (torchClass) {
      case "scaled_dot_product_attention" -> attention(o);
      case "MultiheadAttention" -> multihead(o);
      case "TransformerEncoderLayer" -> encoderLayer(o);
      case "TransformerDecoderLayer" -> decoderLayer(o);
      case "TransformerEncoder" -> encoder(o);
      case "TransformerDecoder" -> decoder(o);
      case "Transformer" -> transformer(o);
      default -> TorchFeatureLayers.make(this, torchClass, o);
    };
  }

  private static Made attention(TorchLayerOptions o) {
    AttentionOptions options =
        AttentionOptions.DEFAULTS
            .isCausal(o.flag("is_causal", false))
            .enableGqa(o.flag("enable_gqa", false));
    AttentionOptions scaled =
        o.has("scale") ? options.scale(o.number("scale", Double.NaN)) : options;
    Call call =
        x -> {
          AttentionOptions all = x.length == 3 ? scaled : scaled.attnMask(x[3]);
          return List.of(Attention.scaledDotProductAttention(x[0], x[1], x[2], all));
        };
    return new Made(new Identity(), "Attention.scaledDotProductAttention", call);
  }

  /** Takes masks as a case names them, from the last inputs. */
  private static AttentionMasks masks(@Nullable String names, Tensor[] x) {
    AttentionMasks masks = AttentionMasks.NONE;
    if (names != null) {
      String[] each = names.split("x");
      for (int i = 0; i < each.length; i++) {
        Tensor mask = x[x.length - each.length + i];
        masks = each[i].equals("attn") ? masks.attnMask(mask) : masks.keyPaddingMask(mask);
      }
    }
    return masks;
  }

  private static Made multihead(TorchLayerOptions o) {
    MultiheadAttentionOptions d = MultiheadAttentionOptions.DEFAULTS;
    d =
        d.bias(o.flag("bias", d.bias()))
            .addBiasKv(o.flag("add_bias_kv", d.addBiasKv()))
            .addZeroAttn(o.flag("add_zero_attn", d.addZeroAttn()))
            .batchFirst(o.flag("batch_first", d.batchFirst()));
    d = o.integer(d, "kdim", MultiheadAttentionOptions::kdim);
    d = o.integer(d, "vdim", MultiheadAttentionOptions::vdim);
    var layer = new MultiheadAttention(o.integer("embed_dim"), o.integer("num_heads"), d);
    String masks = o.value("masks");
    boolean weights = o.flag("need_weights", true);
    boolean average = o.flag("average_attn_weights", true);
    boolean itself = o.flag("itself", false);
    return Made.of(
        layer,
        x -> {
          Tensor key = itself ? x[0] : x[1];
          Tensor value = itself ? x[0] : x[2];
          AttentionOutput y = layer.forward(x[0], key, value, masks(masks, x), weights, average);
          List<Tensor> outputs = new ArrayList<>(List.of(y.output()));
          if (y.weights() != null) {
            outputs.add(y.weights());
          }
          return outputs;
        });
  }

  private static TransformerOptions transformerOptions(TorchLayerOptions o) {
    TransformerOptions d = TransformerOptions.DEFAULTS;
    d =
        d.dropout(0)
            .dimFeedforward(o.integer("dim_feedforward", 6))
            .layerNormEps(o.number("layer_norm_eps", d.layerNormEps()))
            .batchFirst(o.flag("batch_first", d.batchFirst()))
            .normFirst(o.flag("norm_first", d.normFirst()));
    o.number("dropout", 0);
    o.integer("d_model", FEATURES);
    o.integer("nhead", HEADS);
    return o.is("activation", "gelu") ? d.activation(Activations::gelu) : d;
  }

  private static Made encoderLayer(TorchLayerOptions o) {
    var layer = new TransformerEncoderLayer(FEATURES, HEADS, transformerOptions(o));
    String masks = o.value("masks");
    return Made.of(layer, x -> List.of(layer.forward(x[0], masks(masks, x))));
  }

  private static Made decoderLayer(TorchLayerOptions o) {
    var layer = new TransformerDecoderLayer(FEATURES, HEADS, transformerOptions(o));
    String names = o.value("masks");
    return Made.of(
        layer,
        x -> {
          AttentionMasks all = masks(names, x);
          Tensor padding = all.keyPaddingMask();
          AttentionMasks own = new AttentionMasks(all.attnMask(), null, false);
          AttentionMasks memory = new AttentionMasks(null, padding, false);
          return List.of(layer.forward(x[0], x[1], own, memory));
        });
  }

  private static @Nullable LayerNorm norm(TorchLayerOptions o) {
    return o.flag("norm", false)
        ? new LayerNorm(Shape.of(FEATURES), LayerNorm.Options.DEFAULTS)
        : null;
  }

  private static Made encoder(TorchLayerOptions o) {
    var layer = new TransformerEncoderLayer(FEATURES, HEADS, transformerOptions(o));
    return Made.of(new TransformerEncoder(layer, o.integer("num_layers", 2), norm(o)));
  }

  private static Made decoder(TorchLayerOptions o) {
    var layer = new TransformerDecoderLayer(FEATURES, HEADS, transformerOptions(o));
    var stack = new TransformerDecoder(layer, o.integer("num_layers", 2), norm(o));
    return Made.of(stack, x -> List.of(stack.forward(x[0], x[1])));
  }

  private static Made transformer(TorchLayerOptions o) {
    var model =
        new Transformer(
            FEATURES,
            HEADS,
            o.integer("num_encoder_layers"),
            o.integer("num_decoder_layers"),
            transformerOptions(o));
    return Made.of(model, x -> List.of(model.forward(x[0], x[1])));
  }
}
