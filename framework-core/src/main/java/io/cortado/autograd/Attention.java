package io.cortado.autograd;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.TriangleSpec;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Attention, and masks for it. */
public final class Attention {

  private static final String NAME = "scaledDotProductAttention";

  /** Minus infinity where a number is not 0. */
  private static final Pointwise HIDE =
      Pointwise.of("hide", x -> x.where(Expr.of(Float.NEGATIVE_INFINITY), x));

  private Attention() {}

  /**
   * Computes {@code softmax(scale query key' + mask) value}, the softmax along the keys.
   *
   * <p>Masks may come besides {@code isCausal}, which PyTorch refuses.
   *
   * <p>The matrix of all scores is never stored, neither forward nor for the gradient: blocks of
   * its rows are computed, used and overwritten, and computed anew in the backward pass. Memory
   * grows with L and not with {@code L S}; blocks depend on the shapes alone, so that dropout is
   * the same on every device. A query from which masks hide all keys gives 0, and gradients of 0,
   * as PyTorch's does. Float masks may require a gradient.
   *
   * @param query {@code [..., L, E]}
   * @param key {@code [..., S, E]}, leading axes as the query's
   * @param value {@code [..., S, Ev]}, leading axes as the query's
   * @return {@code [..., L, Ev]}
   * @throws IllegalArgumentException if shapes, types or devices do not fit
   * @see <a href=
   *     "https://pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html">
   *     torch.nn.functional.scaled_dot_product_attention</a>
   * @see <a href="https://arxiv.org/abs/1706.03762">Vaswani et al., "Attention Is All You Need"
   *     (2017)</a>
   * @see <a href="https://arxiv.org/abs/2112.05682">Rabe, Staats, "Self-attention Does Not Need
   *     O(n^2) Memory" (2021)</a>
   */
  public static Tensor scaledDotProductAttention(
      Tensor query, Tensor key, Tensor value, AttentionOptions options) {
    Step step = Checks.step(NAME, query);
    for (Tensor t : List.of(query, key, value)) {
      Checks.sameDevice(NAME, query, t);
      Checks.floats(NAME, t);
    }
    int groups = checkShapes(query.shape(), key.shape(), value.shape(), options.enableGqa());
    Shape scores = query.shape().with(-1, key.dim(-2));
    List<Tensor> masks = new ArrayList<>();
    boolean records = step.records(query, key, value);
    for (Tensor mask : options.attnMasks()) {
      Checks.sameDevice(NAME, query, mask);
      checkMask(NAME, mask.shape(), scores);
      Tensor added = additive(mask, true);
      masks.add(added);
      records |= step.records(added);
    }
    AttentionBlocks blocks =
        new AttentionBlocks(step, query, key, value, List.copyOf(masks), options, groups);
    Tensor y = blocks.forward();
    return records ? step.record(NAME, y, blocks::backward) : y;
  }

  /**
   * Returns a mask as what is added to scores.
   *
   * @param mask float32, returned as it is, or int32 of 0 and 1
   * @param oneIsSeen whether 1 stands for what is seen, as {@link #scaledDotProductAttention} has
   *     it, and not for what is hidden, as torch.nn.MultiheadAttention has it
   * @throws IllegalArgumentException if another integer is known to be in it
   */
  public static Tensor additive(Tensor mask, boolean oneIsSeen) {
    Step step = Checks.step("attention mask", mask);
    if (mask.dtype() == DType.FLOAT32) {
      return mask;
    }
    Checks.within(
        "attention mask", mask, 2, "hidden and seen, as a mask has them, of", mask.shape());
    Tensor hidden = step.full(Float.NEGATIVE_INFINITY, 1);
    Tensor seen = step.zeros(1);
    Tensor values = Shaping.concat(0, oneIsSeen ? hidden : seen, oneIsSeen ? seen : hidden);
    int n = Math.toIntExact(mask.size());
    return Indexing.indexSelect(values, 0, Shaping.reshape(mask, n))
        .reshape(mask.shape().toArray());
  }

  /**
   * Returns the mask that hides later keys: minus infinity where the key's number is above the
   * query's, else 0.
   *
   * @return {@code [queries, keys]}, in the open step
   */
  public static Tensor causalMask(Device device, int queries, int keys) {
    Step step = device.currentStep("causalMask");
    Tensor y = step.empty(Shape.of(queries, keys));
    hideLater(step, queries, keys, y.buffer());
    return y;
  }

  static void hideLater(Step step, int rows, int columns, Buffer y) {
    Backend backend = step.device().backend();
    Shape shape = Shape.of(rows, columns);
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer ones = temporaries.floats(shape.size());
      Buffer later = temporaries.floats(shape.size());
      backend.fill(ones, shape.size(), 1);
      backend.triangle(new TriangleSpec(1, rows, columns, 1, true), ones, 0, later);
      Fused.run(HIDE, shape, y, Tensor.over(step, shape, later));
    }
  }

  /** Complains unless a mask broadcasts to the scores. */
  static void checkMask(String name, Shape mask, Shape scores) {
    boolean fits = mask.rank() <= scores.rank();
    for (int a = 1; fits && a <= mask.rank(); a++) {
      fits = mask.dim(-a) == 1 || mask.dim(-a) == scores.dim(-a);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          name
              + ": mask "
              + mask
              + " does not broadcast to the scores "
              + scores
              + ", [..., queries, keys]; aligned at their last axes, extents have to be equal or 1");
    }
  }

  /** Returns how many heads of queries a head of keys serves. */
  private static int checkShapes(Shape q, Shape k, Shape v, boolean gqa) {
    if (q.rank() < 2 || k.rank() != q.rank() || v.rank() != q.rank()) {
      throw mismatch(q, k, v, "all need one rank, 2 at least, [..., length, features]");
    }
    if (q.dim(-1) != k.dim(-1) || q.dim(-1) == 0) {
      throw mismatch(q, k, v, "query and key need as many features as the other, 1 at least");
    }
    if (k.dim(-2) != v.dim(-2)) {
      throw mismatch(q, k, v, "there has to be a value for each key");
    }
    int[] leadQ = leading(q);
    int[] leadK = leading(k);
    boolean same = Arrays.equals(leadQ, leadK);
    int groups = 1;
    int heads = leadQ.length - 1;
    if (!same && gqa && heads >= 0 && leadK[heads] > 0 && leadQ[heads] % leadK[heads] == 0) {
      groups = leadQ[heads] / leadK[heads];
      leadQ[heads] = leadK[heads];
      same = Arrays.equals(leadQ, leadK);
    }
    if (!same || !Arrays.equals(leadK, leading(v))) {
      throw mismatch(
          q,
          k,
          v,
          gqa
              ? "leading axes have to be equal, but that the heads of queries on axis -3 may be a"
                  + " multiple of those of keys and values"
              : "leading axes have to be equal; with enableGqa keys and values may have fewer heads");
    }
    return groups;
  }

  private static int[] leading(Shape s) {
    return Arrays.copyOf(s.toArray(), s.rank() - 2);
  }

  private static IllegalArgumentException mismatch(Shape q, Shape k, Shape v, String hint) {
    return new IllegalArgumentException(
        NAME + ": query " + q + ", key " + k + " and value " + v + " do not fit: " + hint);
  }
}
