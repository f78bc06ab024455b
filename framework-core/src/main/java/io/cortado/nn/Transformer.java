package io.cortado.nn;

import io.cortado.Device;
import io.cortado.Tensor;
import io.cortado.autograd.Attention;
import io.cortado.nn.init.Initializers;

/**
 * An encoder and a decoder that looks at its output; both end with a normalisation.
 *
 * <p>Source {@code [S, N, E]}, target and output {@code [T, N, E]}; {@code [N, S, E]} and so on
 * where the batch is first, or all without N. All matrices start Glorot uniform. Embeddings,
 * positions and what makes words of the output are the caller's.
 *
 * @see <a href="https://arxiv.org/abs/1706.03762">Vaswani et al., "Attention Is All You Need"
 *     (2017)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.Transformer.html">torch.nn.Transformer</a>
 */
public final class Transformer extends Module {

  private final TransformerEncoder encoder;
  private final TransformerDecoder decoder;

  /** Makes a transformer of 512 features, 8 heads, and 6 layers on both sides. */
  public Transformer() {
    this(512, 8, 6, 6, TransformerOptions.DEFAULTS);
  }

  /**
   * Makes a transformer.
   *
   * @param dModel features of source and target
   * @param nhead heads of each attention
   * @throws IllegalArgumentException if the features can't be split into heads, or there is no
   *     layer
   */
  public Transformer(
      int dModel,
      int nhead,
      int numEncoderLayers,
      int numDecoderLayers,
      TransformerOptions options) {
    encoder =
        child(
            "encoder",
            new TransformerEncoder(
                new TransformerEncoderLayer(dModel, nhead, options),
                numEncoderLayers,
                options.norm(dModel)));
    decoder =
        child(
            "decoder",
            new TransformerDecoder(
                new TransformerDecoderLayer(dModel, nhead, options),
                numDecoderLayers,
                options.norm(dModel)));
    for (Parameter p : parameters()) {
      if (p.shape().rank() > 1) {
        p.initializer(Initializers.xavierUniform(1));
      }
    }
  }

  /** Computes the output with nothing hidden. */
  public Tensor forward(Tensor src, Tensor tgt) {
    return forward(src, tgt, AttentionMasks.NONE, AttentionMasks.NONE, AttentionMasks.NONE);
  }

  /**
   * Computes the output.
   *
   * @param srcMasks what the source does not see of itself
   * @param tgtMasks what the target does not see of itself; {@link AttentionMasks#CAUSAL} for a
   *     language model
   * @param memoryMasks what the target does not see of the source
   */
  public Tensor forward(
      Tensor src,
      Tensor tgt,
      AttentionMasks srcMasks,
      AttentionMasks tgtMasks,
      AttentionMasks memoryMasks) {
    return decoder.forward(tgt, encoder.forward(src, srcMasks), tgtMasks, memoryMasks);
  }

  /** Returns the encoder. */
  public TransformerEncoder encoder() {
    return encoder;
  }

  /** Returns the decoder. */
  public TransformerDecoder decoder() {
    return decoder;
  }

  /**
   * Returns the mask {@code [size, size]} that hides later keys, minus infinity above the diagonal
   * and 0 elsewhere, in the open step; {@link AttentionMasks#CAUSAL} needs none.
   */
  public static Tensor generateSquareSubsequentMask(Device device, int size) {
    return Attention.causalMask(device, size, size);
  }

  @Override
  public String toString() {
    return "Transformer(" + encoder + ", " + decoder + ")";
  }
}
