package io.cortado.nn;

import io.cortado.Shape;
import java.util.function.Supplier;

/**
 * What the layers of transformers can be told, with PyTorch's names and defaults.
 *
 * @param dimFeedforward features between the two linear layers of a block
 * @param dropout the probability of each of a block's dropouts, that of attention weights among
 *     them
 * @param activation makes what stands between the two linear layers
 * @param layerNormEps added to the variance of each normalisation
 * @param batchFirst whether tensors are {@code [N, L, E]} and not {@code [L, N, E]}
 * @param normFirst whether normalisations stand before their block, and not behind the sum
 * @param bias whether linear layers and normalisations have biases
 */
public record TransformerOptions(
    int dimFeedforward,
    double dropout,
    Supplier<? extends Layer> activation,
    double layerNormEps,
    boolean batchFirst,
    boolean normFirst,
    boolean bias) {

  /** 2048 features, dropout of 0.1, ReLU, normalisations behind, steps first. */
  public static final TransformerOptions DEFAULTS =
      new TransformerOptions(2048, 0.1, Layers::relu, 1e-5, false, false, true);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there are no features, or dropout is no probability
   */
  public TransformerOptions {
    if (dimFeedforward < 1 || !(dropout >= 0 && dropout <= 1)) {
      throw new IllegalArgumentException(
          "transformer: dimFeedforward "
              + dimFeedforward
              + " has to be at least 1, and dropout "
              + dropout
              + " between 0 and 1");
    }
  }

  /** Returns these with so many features between the linear layers. */
  public TransformerOptions dimFeedforward(int features) {
    return new TransformerOptions(
        features, dropout, activation, layerNormEps, batchFirst, normFirst, bias);
  }

  /** Returns these with another dropout. */
  public TransformerOptions dropout(double p) {
    return new TransformerOptions(
        dimFeedforward, p, activation, layerNormEps, batchFirst, normFirst, bias);
  }

  /** Returns these with another activation, such as {@code Activations::gelu}. */
  public TransformerOptions activation(Supplier<? extends Layer> made) {
    return new TransformerOptions(
        dimFeedforward, dropout, made, layerNormEps, batchFirst, normFirst, bias);
  }

  /** Returns these with another eps. */
  public TransformerOptions layerNormEps(double eps) {
    return new TransformerOptions(
        dimFeedforward, dropout, activation, eps, batchFirst, normFirst, bias);
  }

  /** Returns these with the batch before the steps, or behind them. */
  public TransformerOptions batchFirst(boolean first) {
    return new TransformerOptions(
        dimFeedforward, dropout, activation, layerNormEps, first, normFirst, bias);
  }

  /** Returns these with normalisations before their block, or behind the sum. */
  public TransformerOptions normFirst(boolean first) {
    return new TransformerOptions(
        dimFeedforward, dropout, activation, layerNormEps, batchFirst, first, bias);
  }

  /** Returns these with biases or without. */
  public TransformerOptions bias(boolean wanted) {
    return new TransformerOptions(
        dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, wanted);
  }

  MultiheadAttentionOptions attention() {
    return MultiheadAttentionOptions.DEFAULTS.dropout(dropout).bias(bias).batchFirst(batchFirst);
  }

  LayerNorm norm(int features) {
    return new LayerNorm(Shape.of(features), new LayerNorm.Options(layerNormEps, true, bias));
  }
}
