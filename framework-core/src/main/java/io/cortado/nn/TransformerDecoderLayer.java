package io.cortado.nn;

import io.cortado.Tensor;

/**
 * A block of self-attention, one of attention to the encoder's output, and one of two linear
 * layers, each added to its input and normalised.
 *
 * <p>With {@code normFirst} each block's input is normalised, and not the sum. Input and output
 * {@code [T, N, E]} with a memory {@code [S, N, E]}, {@code [N, T, E]} and so on where the batch is
 * first, or all without N. Parameters have PyTorch's names.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html">torch.nn.TransformerDecoderLayer</a>
 */
public final class TransformerDecoderLayer extends Module {

  private final int features;
  private final int heads;
  private final TransformerOptions options;
  private final MultiheadAttention selfAttention;
  private final MultiheadAttention crossAttention;
  private final FeedForward feedForward;
  private final LayerNorm norm1;
  private final LayerNorm norm2;
  private final LayerNorm norm3;
  private final Dropout dropout1;
  private final Dropout dropout2;

  /** Makes a layer with PyTorch's defaults. */
  public TransformerDecoderLayer(int dModel, int nhead) {
    this(dModel, nhead, TransformerOptions.DEFAULTS);
  }

  /**
   * Makes a layer.
   *
   * @param dModel features of the input and of the memory
   * @param nhead heads of each attention
   * @throws IllegalArgumentException if the features can't be split into heads
   */
  public TransformerDecoderLayer(int dModel, int nhead, TransformerOptions options) {
    features = dModel;
    heads = nhead;
    this.options = options;
    selfAttention = child("self_attn", new MultiheadAttention(dModel, nhead, options.attention()));
    crossAttention =
        child("multihead_attn", new MultiheadAttention(dModel, nhead, options.attention()));
    feedForward =
        new FeedForward(
            child("linear1", new Linear(dModel, options.dimFeedforward(), options.bias())),
            child("activation", options.activation().get()),
            child("dropout", new Dropout(options.dropout())),
            child("linear2", new Linear(options.dimFeedforward(), dModel, options.bias())),
            child("dropout3", new Dropout(options.dropout())));
    norm1 = child("norm1", options.norm(dModel));
    norm2 = child("norm2", options.norm(dModel));
    norm3 = child("norm3", options.norm(dModel));
    dropout1 = child("dropout1", new Dropout(options.dropout()));
    dropout2 = child("dropout2", new Dropout(options.dropout()));
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
    if (options.normFirst()) {
      Tensor x = tgt.add(self(norm1.call(tgt), tgtMasks));
      x = x.add(cross(norm2.call(x), memory, memoryMasks));
      return x.add(feedForward.forward(norm3.call(x)));
    }
    Tensor x = norm1.call(tgt.add(self(tgt, tgtMasks)));
    x = norm2.call(x.add(cross(x, memory, memoryMasks)));
    return norm3.call(x.add(feedForward.forward(x)));
  }

  private Tensor self(Tensor x, AttentionMasks masks) {
    return dropout1.call(selfAttention.attend(x, x, x, masks));
  }

  private Tensor cross(Tensor x, Tensor memory, AttentionMasks masks) {
    return dropout2.call(crossAttention.attend(x, memory, memory, masks));
  }

  /** Returns another layer of the same options, with parameters of its own. */
  TransformerDecoderLayer another() {
    return new TransformerDecoderLayer(features, heads, options);
  }

  @Override
  public String toString() {
    return "TransformerDecoderLayer(" + features + ", " + heads + " heads)";
  }
}
