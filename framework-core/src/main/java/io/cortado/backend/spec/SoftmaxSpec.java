package io.cortado.backend.spec;

/**
 * A softmax along one axis.
 *
 * @param axis the axis
 * @param log whether the logarithm is wanted
 */
public record SoftmaxSpec(AxisSpec axis, boolean log) {}
