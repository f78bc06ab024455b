package io.cortado.nn;

import io.cortado.Tensor;

/**
 * What a recurrent layer gives.
 *
 * @param output of the last layer for each step, {@code [steps, batch, directions * hidden]}, or
 *     with the batch first
 * @param state the final states of all layers and directions, those of one layer together
 */
public record RNNOutput(Tensor output, RNNState state) {}
