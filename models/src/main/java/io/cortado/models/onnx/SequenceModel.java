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
public record SequenceModel(Embedding embedding, RNNBase recurrent, Linear scores) {

  /** What has to be known of the inputs and outputs where the numbers are classes. */
  public static final String NOTES =
      "input: steps by their numbers, 0 for the first of cortado.model's classes; h0, c0: zeros, or the states that"
          + " came out before; output: scores of what comes next, logits";
}
