package io.cortado.nn;

import io.cortado.Tensor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Encoder layers one after another, and perhaps a normalisation behind them.
 *
 * <p>Each layer is made anew with the options of the one given, and starts with values of its own,
 * where PyTorch's are copies that start equal.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html">torch.nn.TransformerEncoder</a>
 */
public final class TransformerEncoder extends Layer {

  private final ModuleList<TransformerEncoderLayer> layers;
  private final @Nullable Layer norm;

  /** Makes a stack without a normalisation behind it. */
  public TransformerEncoder(TransformerEncoderLayer layer, int numLayers) {
    this(layer, numLayers, null);
  }

  /**
   * Makes a stack.
   *
   * @param layer the first layer, whose options all have
   * @param norm what comes last, such as a {@link LayerNorm}; null for nothing
   * @throws IllegalArgumentException if there is no layer
   */
  public TransformerEncoder(TransformerEncoderLayer layer, int numLayers, @Nullable Layer norm) {
    if (numLayers < 1) {
      throw new IllegalArgumentException(
          "transformerEncoder: " + numLayers + " layers; at least 1 is needed");
    }
    layers = child("layers", new ModuleList<>());
    IntStream.range(0, numLayers).forEach(i -> layers.append(i == 0 ? layer : layer.another()));
    this.norm = norm == null ? null : child("norm", norm);
  }

  @Override
  public Tensor forward(Tensor src) {
    return forward(src, AttentionMasks.NONE);
  }

  /** Computes the output with some keys hidden in all layers. */
  public Tensor forward(Tensor src, AttentionMasks masks) {
    Tensor x = src;
    for (TransformerEncoderLayer layer : layers) {
      x = layer.forward(x, masks);
    }
    return norm == null ? x : norm.call(x);
  }

  @Override
  public String toString() {
    return "TransformerEncoder(" + layers.size() + " x " + layers.get(0) + ")";
  }
}
