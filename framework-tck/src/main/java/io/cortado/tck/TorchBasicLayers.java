package io.cortado.tck;

import static io.cortado.nn.Layers.embedding;
import static io.cortado.nn.Layers.linear;

import io.cortado.Shape;
import io.cortado.nn.BatchNorm;
import io.cortado.nn.Embedding;
import io.cortado.nn.Flatten;
import io.cortado.nn.GroupNorm;
import io.cortado.nn.InstanceNorm;
import io.cortado.nn.LayerNorm;
import io.cortado.nn.LocalResponseNorm;
import io.cortado.nn.RMSNorm;

/** Layers of features, of tables and of normalisation. */
final class TorchBasicLayers implements TorchLayers {

  @Override
  public String fixtures() {
    return "layers_basic";
  }

  @Override
  public Made make(String torchClass, TorchLayerOptions o) {
    return switch (torchClass) {
      case "Linear" ->
          Made.of(
              linear(o.integer("in_features"), o.integer("out_features"), o.flag("bias", true)));
      case "Flatten" -> Made.of(new Flatten(o.integer("start_dim", 1)));
      case "Embedding" -> {
        Embedding e = embedding(o.integer("num_embeddings"), o.integer("embedding_dim"));
        yield Made.of(o.integer(e, "padding_idx", Embedding::paddingIdx));
      }
      case "BatchNorm1d" -> batchNorm(o, 2);
      case "BatchNorm2d" -> batchNorm(o, 4);
      case "BatchNorm3d" -> batchNorm(o, 5);
      case "LayerNorm" -> layerNorm(o);
      case "RMSNorm" -> rmsNorm(o);
      case "GroupNorm" -> groupNorm(o);
      case "InstanceNorm1d" -> instanceNorm(o, 3);
      case "InstanceNorm2d" -> instanceNorm(o, 4);
      case "InstanceNorm3d" -> instanceNorm(o, 5);
      case "LocalResponseNorm" -> localResponseNorm(o);
      default -> throw unknown(torchClass);
    };
  }

  private static Made batchNorm(TorchLayerOptions o, int rank) {
    BatchNorm.Options d = BatchNorm.Options.DEFAULTS;
    boolean mean = o.is("momentum", "None");
    var options =
        new BatchNorm.Options(
            o.number("eps", d.eps()),
            mean ? null : Double.valueOf(o.number("momentum", 0.1)),
            o.flag("affine", d.affine()),
            o.flag("track_running_stats", d.trackRunningStats()));
    return Made.of(new BatchNorm(o.integer("num_features"), rank, options));
  }

  private static Made layerNorm(TorchLayerOptions o) {
    LayerNorm.Options d = LayerNorm.Options.DEFAULTS;
    var options =
        new LayerNorm.Options(
            o.number("eps", d.eps()),
            o.flag("elementwise_affine", d.elementwiseAffine()),
            d.withBias());
    return Made.of(new LayerNorm(Shape.of(o.integers("normalized_shape")), options));
  }

  private static Made rmsNorm(TorchLayerOptions o) {
    RMSNorm.Options d = RMSNorm.Options.DEFAULTS;
    var options =
        new RMSNorm.Options(
            o.number("eps", d.eps()), o.flag("elementwise_affine", d.elementwiseAffine()));
    return Made.of(new RMSNorm(Shape.of(o.integers("normalized_shape")), options));
  }

  private static Made groupNorm(TorchLayerOptions o) {
    GroupNorm.Options d = GroupNorm.Options.DEFAULTS;
    var options = new GroupNorm.Options(o.number("eps", d.eps()), o.flag("affine", d.affine()));
    return Made.of(new GroupNorm(o.integer("num_groups"), o.integer("num_channels"), options));
  }

  private static Made instanceNorm(TorchLayerOptions o, int rank) {
    InstanceNorm.Options d = InstanceNorm.Options.DEFAULTS;
    var options = new InstanceNorm.Options(o.number("eps", d.eps()), o.flag("affine", d.affine()));
    return Made.of(new InstanceNorm(o.integer("num_features"), rank, options));
  }

  private static Made localResponseNorm(TorchLayerOptions o) {
    LocalResponseNorm.Options d = LocalResponseNorm.Options.DEFAULTS;
    var options =
        new LocalResponseNorm.Options(
            o.number("alpha", d.alpha()), o.number("beta", d.beta()), o.number("k", d.k()));
    return Made.of(new LocalResponseNorm(o.integer("size"), options));
  }
}
