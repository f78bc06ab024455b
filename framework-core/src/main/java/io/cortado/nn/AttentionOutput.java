package io.cortado.nn;

import io.cortado.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What an attention gives.
 *
 * @param output of the query's shape
 * @param weights {@code [N, L, S]}, or {@code [N, heads, L, S]} where they are not averaged; null
 *     where they are not wanted
 */
public record AttentionOutput(Tensor output, @Nullable Tensor weights) {}
