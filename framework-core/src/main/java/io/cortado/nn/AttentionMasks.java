package io.cortado.nn;

import io.cortado.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Which keys a query does not see.
 *
 * <p>A mask is int32 of 1 where a key is hidden and 0 where it is not, PyTorch's boolean mask, or
 * float32 that is added to the scores.
 *
 * @param attnMask {@code [L, S]} for all, or {@code [N * heads, L, S]}; null for none
 * @param keyPaddingMask {@code [N, S]}, or {@code [S]} without a batch; null for none
 * @param isCausal whether query i sees keys 0 to i alone; no mask has to be made for it
 */
public record AttentionMasks(
    @Nullable Tensor attnMask, @Nullable Tensor keyPaddingMask, boolean isCausal) {

  /** Every query sees all keys. */
  public static final AttentionMasks NONE = new AttentionMasks(null, null, false);

  /** Every query sees what is not later alone. */
  public static final AttentionMasks CAUSAL = new AttentionMasks(null, null, true);

  /** Returns these with a mask of queries and keys. */
  public AttentionMasks attnMask(Tensor mask) {
    return new AttentionMasks(mask, keyPaddingMask, isCausal);
  }

  /** Returns these with a mask of keys. */
  public AttentionMasks keyPaddingMask(Tensor mask) {
    return new AttentionMasks(attnMask, mask, isCausal);
  }

  /** Returns these with later keys hidden, or not. */
  public AttentionMasks isCausal(boolean causal) {
    return new AttentionMasks(attnMask, keyPaddingMask, causal);
  }
}
