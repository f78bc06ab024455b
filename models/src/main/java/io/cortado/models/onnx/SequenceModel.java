package io.cortado.models.onnx;

import io.cortado.nn.Embedding;
import io.cortado.nn.Linear;
import io.cortado.nn.RNNBase;

/**
 * A model that reads sequences: a vector for each number, recurrent layers, scores; its parts have
 * these names in its parameters' too.
 *
 * @param embedding finds the vectors
 * @param recurrent walks over them
 * @param scores of each step
 */
public record SequenceModel(Embedding embedding, RNNBase recurrent, Linear scores) {}
