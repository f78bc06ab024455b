package io.cortado.nn;

import org.jspecify.annotations.Nullable;

/**
 * What {@link MultiheadAttention} can be told, with PyTorch's names and defaults.
 *
 * @param dropout the probability with which an attention weight is set to 0 while training
 * @param bias whether the projections have biases
 * @param addBiasKv whether a learned key and value stand behind all others
 * @param addZeroAttn whether a key and a value of zeros stand behind all others
 * @param kdim features of a key; null for the query's
 * @param vdim features of a value; null for the query's
 * @param batchFirst whether tensors are {@code [N, L, E]} and not {@code [L, N, E]}
 */
public record MultiheadAttentionOptions(
    double dropout,
    boolean bias,
    boolean addBiasKv,
    boolean addZeroAttn,
    @Nullable Integer kdim,
    @Nullable Integer vdim,
    boolean batchFirst) {

  /** With biases, without dropout, steps first. */
  public static final MultiheadAttentionOptions DEFAULTS =
      new MultiheadAttentionOptions(0, true, false, false, null, null, false);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if dropout is no probability or there are no features
   */
  public MultiheadAttentionOptions {
    if (!(dropout >= 0 && dropout <= 1)) {
      throw new IllegalArgumentException(
          "multiheadAttention: dropout probability " + dropout + " is not between 0 and 1");
    }
    if (kdim != null && kdim < 1 || vdim != null && vdim < 1) {
      throw new IllegalArgumentException(
          "multiheadAttention: kdim " + kdim + " and vdim " + vdim + " have to be at least 1");
    }
  }

  /** Returns these with dropout of attention weights. */
  public MultiheadAttentionOptions dropout(double p) {
    return new MultiheadAttentionOptions(p, bias, addBiasKv, addZeroAttn, kdim, vdim, batchFirst);
  }

  /** Returns these with biases or without. */
  public MultiheadAttentionOptions bias(boolean wanted) {
    return new MultiheadAttentionOptions(
        dropout, wanted, addBiasKv, addZeroAttn, kdim, vdim, batchFirst);
  }

  /** Returns these with a learned key and value behind all others, or without. */
  public MultiheadAttentionOptions addBiasKv(boolean wanted) {
    return new MultiheadAttentionOptions(
        dropout, bias, wanted, addZeroAttn, kdim, vdim, batchFirst);
  }

  /** Returns these with a key and a value of zeros behind all others, or without. */
  public MultiheadAttentionOptions addZeroAttn(boolean wanted) {
    return new MultiheadAttentionOptions(dropout, bias, addBiasKv, wanted, kdim, vdim, batchFirst);
  }

  /** Returns these with so many features of a key. */
  public MultiheadAttentionOptions kdim(int features) {
    return new MultiheadAttentionOptions(
        dropout, bias, addBiasKv, addZeroAttn, features, vdim, batchFirst);
  }

  /** Returns these with so many features of a value. */
  public MultiheadAttentionOptions vdim(int features) {
    return new MultiheadAttentionOptions(
        dropout, bias, addBiasKv, addZeroAttn, kdim, features, batchFirst);
  }

  /** Returns these with the batch before the steps, or behind them. */
  public MultiheadAttentionOptions batchFirst(boolean first) {
    return new MultiheadAttentionOptions(dropout, bias, addBiasKv, addZeroAttn, kdim, vdim, first);
  }
}
