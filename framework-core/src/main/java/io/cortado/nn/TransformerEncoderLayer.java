package io.cortado.nn;

import io.cortado.Tensor;

/**
 * A block of self-attention and a block of two linear layers, each added to its input: {@code x =
 * norm1(x + attention(x)), y = norm2(x + linear2(act(linear1(x))))}.
 *
 * <p>With {@code normFirst} {@code x + attention(norm1(x))}, and so on. Input and output {@code [L,
 * N, E]}, {@code [N, L, E]} where the batch is first, or {@code [L, E]}. Parameters have PyTorch's
 * names.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html">torch.nn.TransformerEncoderLayer</a>
 */
public final class TransformerEncoderLayer extends Layer {

  private final int features;
  private final int heads;
  private final TransformerOptions options;
  private final MultiheadAttention selfAttention;
  private final FeedForward feedForward;
  private final LayerNorm norm1;
  private final LayerNorm norm2;
  private final Dropout dropout1;

  /** Makes a layer with PyTorch's defaults. */
  public TransformerEncoderLayer(int dModel, int nhead) {
    this(dModel, nhead, TransformerOptions.DEFAULTS);
  }

  /**
   * Makes a layer.
   *
   * @param dModel features of the input
   * @param nhead heads of the attention
   * @throws IllegalArgumentException if the features can't be split into heads
   */
  public TransformerEncoderLayer(int dModel, int nhead, TransformerOptions options) {
    features = dModel;
    heads = nhead;
    this.options = options;
    selfAttention = child("self_attn", new MultiheadAttention(dModel, nhead, options.attention()));
    feedForward =
        new FeedForward(
            child("linear1", new Linear(dModel, options.dimFeedforward(), options.bias())),
            child("activation", options.activation().get()),
            child("dropout", new Dropout(options.dropout())),
            child("linear2", new Linear(options.dimFeedforward(), dModel, options.bias())),
            child("dropout2", new Dropout(options.dropout())));
    norm1 = child("norm1", options.norm(dModel));
    norm2 = child("norm2", options.norm(dModel));
    dropout1 = child("dropout1", new Dropout(options.dropout()));
  }

  @Override
  public Tensor forward(Tensor src) {
    return forward(src, AttentionMasks.NONE);
  }

  /** Computes the output with some keys hidden. */
  public Tensor forward(Tensor src, AttentionMasks masks) {
    if (options.normFirst()) {
      Tensor x = src.add(attention(norm1.call(src), masks));
      return x.add(feedForward.forward(norm2.call(x)));
    }
    Tensor x = norm1.call(src.add(attention(src, masks)));
    return norm2.call(x.add(feedForward.forward(x)));
  }

  private Tensor attention(Tensor x, AttentionMasks masks) {
    return dropout1.call(selfAttention.attend(x, x, x, masks));
  }

  /** Returns another layer of the same options, with parameters of its own. */
  TransformerEncoderLayer another() {
    return new TransformerEncoderLayer(features, heads, options);
  }

  @Override
  public String toString() {
    return "TransformerEncoderLayer(" + features + ", " + heads + " heads)";
  }
}
