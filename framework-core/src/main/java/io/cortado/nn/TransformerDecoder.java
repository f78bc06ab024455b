package io.cortado.nn;

import io.cortado.Tensor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Decoder layers one after another, and perhaps a normalisation behind them.
 *
 * <p>Each layer is made anew with the options of the one given, and starts with values of its own,
 * where PyTorch's are copies that start equal.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html">torch.nn.TransformerDecoder</a>
 */
public final class TransformerDecoder extends Module {

  private final ModuleList<TransformerDecoderLayer> layers;
  private final @Nullable Layer norm;

  /** Makes a stack without a normalisation behind it. */
  public TransformerDecoder(TransformerDecoderLayer layer, int numLayers) {
    this(layer, numLayers, null);
  }

  /**
   * Makes a stack.
   *
   * @param layer the first layer, whose options all have
   * @param norm what comes last, such as a {@link LayerNorm}; null for nothing
   * @throws IllegalArgumentException if there is no layer
   */
  public TransformerDecoder(TransformerDecoderLayer layer, int numLayers, @Nullable Layer norm) {
    if (numLayers < 1) {
      throw new IllegalArgumentException(
          "transformerDecoder: " + numLayers + " layers; at least 1 is needed");
    }
    layers = child("layers", new ModuleList<>());
    IntStream.range(0, numLayers).forEach(i -> layers.append(i == 0 ? layer : layer.another()));
    this.norm = norm == null ? null : child("norm", norm);
  }

  /** Computes the output with nothing hidden. */
  public Tensor forward(Tensor tgt, Tensor memory) {
    return forward(tgt, memory, AttentionMasks.NONE, AttentionMasks.NONE);
  }

  /**
   * Computes the output.
   *
   * @param tgtMasks what the target does not see of itself
   * @param memoryMasks what it does not see of the memory
   */
  public Tensor forward(
      Tensor tgt, Tensor memory, AttentionMasks tgtMasks, AttentionMasks memoryMasks) {
    Tensor x = tgt;
    for (TransformerDecoderLayer layer : layers) {
      x = layer.forward(x, memory, tgtMasks, memoryMasks);
    }
    return norm == null ? x : norm.call(x);
  }

  @Override
  public String toString() {
    return "TransformerDecoder(" + layers.size() + " x " + layers.get(0) + ")";
  }
}
