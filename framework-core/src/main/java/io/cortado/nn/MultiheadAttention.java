package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Attention;
import io.cortado.autograd.AttentionOptions;
import io.cortado.autograd.MatMul;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.nn.init.Initializers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Attention of several heads, each of which looks at a projection of its own: {@code
 * concat(softmax(q_h k_h' / sqrt(E / heads)) v_h) W_out' + b_out}.
 *
 * <p>Query {@code [L, N, E]}, keys {@code [S, N, kdim]} and values {@code [S, N, vdim]}; {@code [N,
 * L, E]} and so on where the batch is first; all without N for a single sample. Parameters have
 * PyTorch's names and layouts: {@code in_proj_weight} {@code [3 E, E]} at first Glorot uniform
 * (where kdim or vdim is another, {@code q_proj_weight}, {@code k_proj_weight} and {@code
 * v_proj_weight}), {@code in_proj_bias} and {@code out_proj.bias} at first 0, {@code bias_k} and
 * {@code bias_v}.
 *
 * @see <a href="https://arxiv.org/abs/1706.03762">Vaswani et al., "Attention Is All You Need"
 *     (2017)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html">torch.nn.MultiheadAttention</a>
 */
public final class MultiheadAttention extends Module {

  private final int features;
  private final int heads;
  private final MultiheadAttentionOptions options;
  private final @Nullable Parameter inWeight; // null where the three below are there
  private final @Nullable Parameter queryWeight;
  private final @Nullable Parameter keyWeight;
  private final @Nullable Parameter valueWeight;
  private final @Nullable Parameter inBias;
  private final @Nullable Parameter biasKey;
  private final @Nullable Parameter biasValue;
  private final Linear out;

  /** Makes a layer with PyTorch's defaults. */
  public MultiheadAttention(int embedDim, int numHeads) {
    this(embedDim, numHeads, MultiheadAttentionOptions.DEFAULTS);
  }

  /**
   * Makes a layer.
   *
   * @param embedDim features of a query, of the output, and of all heads together
   * @param numHeads how many heads
   * @throws IllegalArgumentException if the features can't be split into heads
   */
  public MultiheadAttention(int embedDim, int numHeads, MultiheadAttentionOptions options) {
    if (embedDim < 1 || numHeads < 1 || embedDim % numHeads != 0) {
      throw new IllegalArgumentException(
          "multiheadAttention: "
              + embedDim
              + " features can't be split into "
              + numHeads
              + " heads; give a multiple");
    }
    features = embedDim;
    heads = numHeads;
    this.options = options;
    int kdim = Objects.requireNonNullElse(options.kdim(), embedDim);
    int vdim = Objects.requireNonNullElse(options.vdim(), embedDim);
    boolean same = kdim == embedDim && vdim == embedDim;
    queryWeight = same ? null : weight("q_proj_weight", embedDim, embedDim);
    keyWeight = same ? null : weight("k_proj_weight", embedDim, kdim);
    valueWeight = same ? null : weight("v_proj_weight", embedDim, vdim);
    inWeight = same ? weight("in_proj_weight", 3 * embedDim, embedDim) : null;
    inBias =
        options.bias()
            ? parameter("in_proj_bias", Shape.of(3 * embedDim), Initializers.zeros())
            : null;
    Shape row = Shape.of(1, 1, embedDim);
    biasKey = options.addBiasKv() ? parameter("bias_k", row, Initializers.xavierNormal(1)) : null;
    biasValue = options.addBiasKv() ? parameter("bias_v", row, Initializers.xavierNormal(1)) : null;
    out = child("out_proj", new Linear(embedDim, embedDim, options.bias()));
    out.biasInit(Initializers.zeros());
  }

  private Parameter weight(String name, int rows, int columns) {
    return parameter(name, Shape.of(rows, columns), Initializers.xavierUniform(1));
  }

  /**
   * Computes the attention and its weights, averaged over the heads; {@link #attend} is cheaper
   * where these are not wanted.
   */
  public AttentionOutput forward(Tensor query, Tensor key, Tensor value) {
    return forward(query, key, value, AttentionMasks.NONE, true, true);
  }

  /**
   * Computes the attention.
   *
   * <p>A query from which the masks hide all keys attends to nothing: what goes into the last
   * projection is 0 for it. With its weights wanted it is NaN, and these are. Both are as
   * PyTorch's.
   *
   * @param needWeights whether the weights are wanted, for which the matrix of them is stored
   * @param averageAttnWeights whether these are averaged over the heads
   * @throws IllegalArgumentException if shapes do not fit
   */
  public AttentionOutput forward(
      Tensor query,
      Tensor key,
      Tensor value,
      AttentionMasks masks,
      boolean needWeights,
      boolean averageAttnWeights) {
    AttentionInputs in = new AttentionInputs(features, heads, options, query, key, value);
    List<Tensor> parts = project(in);
    Tensor q = parts.get(0);
    Tensor k = extended(parts.get(1), biasKey);
    Tensor v = extended(parts.get(2), biasValue);
    int added = k.dim(2) - in.keys();
    List<Tensor> all = in.masks(masks, added);
    boolean causal = masks.isCausal() && added == 0;
    double p = isTraining() ? options.dropout() : 0;
    if (!needWeights) {
      AttentionOptions o = AttentionOptions.DEFAULTS.dropoutP(p).isCausal(causal).attnMasks(all);
      return new AttentionOutput(finish(in, Attention.scaledDotProductAttention(q, k, v, o)), null);
    }
    if (causal) {
      all = new ArrayList<>(all);
      all.add(in.later());
    }
    Tensor scores = q.mul((float) (1 / Math.sqrt(q.dim(-1)))).matmul(k.transpose(-2, -1));
    for (Tensor mask : all) {
      scores = scores.add(mask);
    }
    Tensor weights = scores.softmax(-1);
    if (p > 0) {
      weights = io.cortado.autograd.Dropout.dropout(weights, (float) p);
    }
    Tensor y = finish(in, weights.matmul(v));
    Tensor shown = averageAttnWeights ? weights.mean(1, false) : weights;
    return new AttentionOutput(y, in.batched() ? shown : shown.squeeze(0));
  }

  /** Computes the attention without its weights, whose matrix is never stored then. */
  public Tensor attend(Tensor query, Tensor key, Tensor value, AttentionMasks masks) {
    return forward(query, key, value, masks, false, false).output();
  }

  // ---------------------------------------------------------------- parts

  /** Returns queries, keys and values, each {@code [N, heads, length, features of a head]}. */
  private List<Tensor> project(AttentionInputs in) {
    if (inWeight != null && in.query() == in.key() && in.key() == in.value()) {
      Tensor all = linear(in.query(), inWeight.value(), inBias == null ? null : inBias.value());
      Tensor split = in.split(all, 3);
      List<Tensor> parts = new ArrayList<>();
      int[] shape = split.shape().without(0).toArray();
      for (int i = 0; i < 3; i++) {
        parts.add(split.slice(0, i, i + 1).reshape(shape));
      }
      return parts;
    }
    Tensor[] x = {in.query(), in.key(), in.value()};
    @Nullable Parameter[] own = {queryWeight, keyWeight, valueWeight};
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      @Nullable Parameter weight = own[i];
      Tensor w = weight == null ? part(Objects.requireNonNull(inWeight), i) : weight.value();
      Tensor y = in.split(linear(x[i], w, inBias == null ? null : part(inBias, i)), 1);
      parts.add(y.reshape(y.shape().without(0).toArray()));
    }
    return parts;
  }

  private Tensor part(Parameter p, int i) {
    return p.value().slice(0, i * features, (i + 1) * features);
  }

  private static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
    return MatMul.linear(x, weight, bias, UnaryOp.IDENTITY);
  }

  /** Puts the learned row, and the one of zeros, behind all others. */
  private Tensor extended(Tensor x, @Nullable Parameter row) {
    int n = x.dim(0);
    int each = features / heads;
    Tensor y = x;
    if (row != null) {
      Tensor more = row.value().reshape(1, heads, 1, each).expand(n, heads, 1, each);
      y = Tensor.concat(2, y, more);
    }
    return options.addZeroAttn() ? y.pad(0, 0, 0, 1) : y;
  }

  private Tensor finish(AttentionInputs in, Tensor y) {
    return in.unbatched(out.forward(in.join(y)));
  }

  /** Returns {@code in_proj_weight}, {@code [3 E, E]}; null where there are three weights. */
  public @Nullable Parameter inProjWeight() {
    return inWeight;
  }

  /** Returns the last projection. */
  public Linear outProj() {
    return out;
  }

  @Override
  public String toString() {
    return "MultiheadAttention(" + features + ", " + heads + " heads)";
  }
}
