package io.cortado.autograd;

import io.cortado.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Attention#scaledDotProductAttention} can be told, with PyTorch's names and defaults.
 *
 * @param attnMasks masks that broadcast to {@code [..., L, S]}: int32 of 1 where a query sees a key
 *     and 0 where not (PyTorch's boolean mask), or float32 that is added to the scores; several
 *     count together
 * @param dropoutP the probability with which each attention weight is set to 0
 * @param isCausal whether query i sees keys 0 to i alone
 * @param scale what scores are multiplied with; null for {@code 1 / sqrt(E)}
 * @param enableGqa whether there may be fewer heads of keys and values than of queries, each of
 *     which then serves as many neighbouring heads of queries
 * @param blockSize how many scores are computed at a time, and so kept in memory; 2^20 unless said,
 *     more only where 32 rows are. Fewer take less memory and more time
 */
public record AttentionOptions(
    List<Tensor> attnMasks,
    double dropoutP,
    boolean isCausal,
    @Nullable Double scale,
    boolean enableGqa,
    int blockSize) {

  private static final int LARGEST_BLOCK = 1 << 20;

  /** No mask, no dropout, PyTorch's scale. */
  public static final AttentionOptions DEFAULTS =
      new AttentionOptions(List.of(), 0, false, null, false, LARGEST_BLOCK);

  /**
   * Checks the probability and the block size.
   *
   * @throws IllegalArgumentException if the one is none, or the other not above 0
   */
  public AttentionOptions {
    attnMasks = List.copyOf(attnMasks);
    if (!(dropoutP >= 0 && dropoutP <= 1)) {
      throw new IllegalArgumentException(
          "scaledDotProductAttention: dropout probability " + dropoutP + " is not between 0 and 1");
    }
    if (blockSize < 1) {
      throw new IllegalArgumentException(
          "scaledDotProductAttention: a block of %d scores; give 1 or more".formatted(blockSize));
    }
  }

  /** Returns these with one more mask. */
  public AttentionOptions attnMask(Tensor mask) {
    List<Tensor> more = new ArrayList<>(attnMasks);
    more.add(mask);
    return new AttentionOptions(more, dropoutP, isCausal, scale, enableGqa, blockSize);
  }

  /** Returns these with other masks. */
  public AttentionOptions attnMasks(List<Tensor> masks) {
    return new AttentionOptions(masks, dropoutP, isCausal, scale, enableGqa, blockSize);
  }

  /** Returns these with dropout of attention weights. */
  public AttentionOptions dropoutP(double p) {
    return new AttentionOptions(attnMasks, p, isCausal, scale, enableGqa, blockSize);
  }

  /** Returns these with each query seeing no later key, or all. */
  public AttentionOptions isCausal(boolean causal) {
    return new AttentionOptions(attnMasks, dropoutP, causal, scale, enableGqa, blockSize);
  }

  /** Returns these with another factor of the scores. */
  public AttentionOptions scale(double factor) {
    return new AttentionOptions(attnMasks, dropoutP, isCausal, factor, enableGqa, blockSize);
  }

  /** Returns these with fewer heads of keys and values allowed, or not. */
  public AttentionOptions enableGqa(boolean enabled) {
    return new AttentionOptions(attnMasks, dropoutP, isCausal, scale, enabled, blockSize);
  }

  /** Returns these with so many scores computed at a time. */
  public AttentionOptions blockSize(int scores) {
    return new AttentionOptions(attnMasks, dropoutP, isCausal, scale, enableGqa, scores);
  }
}
