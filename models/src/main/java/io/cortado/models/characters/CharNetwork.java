package io.cortado.models.characters;

import io.cortado.Scope;
import io.cortado.Tensor;
import io.cortado.models.onnx.SequenceModel;
import io.cortado.nn.Dropout;
import io.cortado.nn.Embedding;
import io.cortado.nn.GRU;
import io.cortado.nn.LSTM;
import io.cortado.nn.Linear;
import io.cortado.nn.Module;
import io.cortado.nn.RNN;
import io.cortado.nn.RNNBase;
import io.cortado.nn.RNNOptions;
import io.cortado.nn.RNNOutput;
import io.cortado.nn.RNNState;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A vector for each character, recurrent layers, and a score for each character to come next. */
final class CharNetwork extends Module {

  /**
   * What has to be known to build one.
   *
   * @param cell rnn, lstm or gru
   * @param characters how many different ones there are
   * @param hidden numbers in a layer's state
   */
  record Size(String cell, int characters, int embedding, int hidden, int layers, double dropout) {

    /** Returns the size as a weights file keeps it. */
    Map<String, String> toOptions() {
      return Map.of("embedding", "" + embedding, "hidden", "" + hidden, "layers", "" + layers);
    }

    /** Returns what {@link #toOptions} gave, for use without training. */
    static Size of(String cell, int characters, Map<String, String> options) {
      return new Size(
          cell,
          characters,
          number(options, "embedding"),
          number(options, "hidden"),
          number(options, "layers"),
          0);
    }

    private static int number(Map<String, String> options, String name) {
      return Integer.parseInt(options.getOrDefault(name, ""));
    }
  }

  private final Size size;
  private final Embedding embedding;
  private final RNNBase recurrent;
  private final Dropout dropout;
  private final Linear scores;

  CharNetwork(Size s) {
    size = s;
    RNNOptions options = RNNOptions.DEFAULTS.numLayers(s.layers);
    options = options.dropout(s.layers > 1 ? s.dropout : 0);
    embedding = child("embedding", new Embedding(s.characters, s.embedding));
    recurrent =
        child(
            "recurrent",
            switch (s.cell) {
              case "rnn" -> new RNN(s.embedding, s.hidden, RNN.Nonlinearity.TANH, options);
              case "lstm" -> new LSTM(s.embedding, s.hidden, options);
              case "gru" -> new GRU(s.embedding, s.hidden, options);
              default -> throw new IllegalArgumentException("no cell '" + s.cell + "'");
            });
    dropout = child("dropout", new Dropout(s.dropout));
    scores = child("scores", new Linear(s.hidden, s.characters));
  }

  /** Returns the parts that compute in evaluation mode. */
  SequenceModel parts() {
    return new SequenceModel(embedding, recurrent, scores);
  }

  /** Returns a state of zeros, to copy others into. */
  RNNState state(Scope scope, int batch) {
    int[] shape = {size.layers, batch, size.hidden};
    return new RNNState(scope.zeros(shape), size.cell.equals("lstm") ? scope.zeros(shape) : null);
  }

  /**
   * Returns the scores of what comes after each character, {@code [steps * batch, characters]}, and
   * the state after the last.
   *
   * @param x characters, {@code [steps, batch]}
   * @param state where to go on; null for the beginning
   */
  RNNOutput forward(Tensor x, @Nullable RNNState state) {
    RNNOutput out = recurrent.forward(embedding.forward(x), state);
    Tensor h = dropout.forward(out.output());
    return new RNNOutput(scores.forward(h.reshape(-1, h.dim(2))), out.state());
  }
}
