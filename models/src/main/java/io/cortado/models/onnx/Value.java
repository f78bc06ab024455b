package io.cortado.models.onnx;

import io.cortado.Tensor;

/**
 * A value of a graph on its way.
 *
 * @param name in the graph
 * @param sample of it, for its shape
 */
public record Value(String name, Tensor sample) {}
