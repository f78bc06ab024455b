package io.cortado.backend;

import org.jspecify.annotations.Nullable;

/**
 * The weights of one direction of a recurrent layer; see {@link io.cortado.backend.spec.RnnSpec}.
 *
 * @param ih {@code [gates * hidden, input]}
 * @param hh {@code [gates * hidden, hidden]}
 * @param biasIh {@code [gates * hidden]}, null for 0
 * @param biasHh the recurrent product's, null where biasIh is
 */
public record RnnWeights(Buffer ih, Buffer hh, @Nullable Buffer biasIh, @Nullable Buffer biasHh) {}
