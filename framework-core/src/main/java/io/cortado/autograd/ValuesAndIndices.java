package io.cortado.autograd;

import io.cortado.Tensor;

/**
 * Elements that were chosen along an axis.
 *
 * @param values the elements; gradients go back to where they were
 * @param indices the places along the axis that they had, int32
 */
public record ValuesAndIndices(Tensor values, Tensor indices) {}
