package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.models.InputException;
import io.cortado.nn.RNNBase;
import java.util.List;

/** Puts a model of sequences into a graph. */
record SequenceExport(Graph graph, SequenceModel model) {

  private static final String PATH = "recurrent";
  private static final String STEPS = "T";

  void add() {
    RNNBase rnn = model.recurrent();
    if (rnn.options().batchFirst()) {
      throw new InputException(
          "export: layer %s, %s, has the batch first; make it with the steps first"
              .formatted(PATH, rnn));
    }
    LayerExport layers = new LayerExport(graph);
    RecurrentExport recurrent = new RecurrentExport(graph, PATH, rnn);
    String input = graph.inputOfIntegers(OnnxFile.INPUT, STEPS, OnnxFile.BATCH);
    int count = rnn.options().numLayers() * (rnn.options().bidirectional() ? 2 : 1);
    List<String> kinds = rnn.kind() == RnnSpec.Kind.LSTM ? List.of("h", "c") : List.of("h");
    List<String> states =
        kinds.stream().map(k -> graph.input(k + "0", count, OnnxFile.BATCH, rnn.hidden())).toList();
    String x = layers.gather("embedding", model.embedding(), input);
    RecurrentExport.Walk walk = recurrent.add(x, "", states);
    String scores = layers.linear("scores", model.scores(), walk.output(), 3);
    Shape scoresShape = model.scores().weight().shape();
    graph.output(OnnxFile.OUTPUT, scores, STEPS, OnnxFile.BATCH, scoresShape.dim(0));
    for (String kind : kinds) {
      List<String> ends = kind.equals("h") ? walk.h() : walk.c();
      graph.add(Node.of("Concat").with("axis", 0L), ends, List.of(kind + "n"));
      graph.describeOutput(kind + "n", count, OnnxFile.BATCH, rnn.hidden());
    }
  }
}
