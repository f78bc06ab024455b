package io.cortado.backend;

import org.jspecify.annotations.Nullable;

/**
 * Where the gradients of {@link RnnWeights} go, each null where it is not wanted, with its beta.
 *
 * @param ih {@code [gates * hidden, input]}
 * @param hh {@code [gates * hidden, hidden]}
 * @param biasIh {@code [gates * hidden]}
 * @param biasHh {@code [gates * hidden]}
 */
public record RnnGradients(
    float betaIh,
    @Nullable Buffer ih,
    float betaHh,
    @Nullable Buffer hh,
    float betaBiasIh,
    @Nullable Buffer biasIh,
    float betaBiasHh,
    @Nullable Buffer biasHh) {

  /** Says whether no gradient is wanted. */
  public boolean isEmpty() {
    return ih == null && hh == null && biasIh == null && biasHh == null;
  }
}
