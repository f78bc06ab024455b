package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.models.InputException;
import io.cortado.nn.Parameter;
import io.cortado.nn.RNNBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Puts a model of sequences into a graph.
 *
 * <p>Gates stand in other orders in ONNX than in PyTorch, whose Cortado has: an LSTM's are input,
 * output, forget, cell, not input, forget, cell, output; a GRU's update, reset, new, not reset,
 * update, new.
 */
final class SequenceExport {

  private static final String PATH = "recurrent";

  /** Axes of steps and batch stay as they are, the others become one. */
  private static final long[] JOINED = {0, 0, -1};

  private final Graph graph;
  private final SequenceModel model;
  private final RNNBase rnn;
  private final Map<String, Parameter> parameters;
  private final boolean lstm;
  private final int hidden;
  private final int directions;

  SequenceExport(Graph graph, SequenceModel model) {
    this.graph = graph;
    this.model = model;
    this.rnn = model.recurrent();
    this.parameters = rnn.namedParameters();
    this.lstm = rnn.kind() == RnnSpec.Kind.LSTM;
    this.hidden = rnn.hidden();
    this.directions = rnn.options().bidirectional() ? 2 : 1;
    if (rnn.options().batchFirst() || !rnn.options().bias()) {
      throw new InputException(
          "export: layer %s, %s, has the batch first or no bias; make it with the steps first and a bias"
              .formatted(PATH, rnn));
    }
  }

  void add() {
    Parameter embedding = model.embedding().weight();
    graph.input(OnnxFile.INPUT, Fields.DATA_INT32, "T", "N");
    int states = rnn.options().numLayers() * directions;
    for (String state : lstm ? List.of("h", "c") : List.of("h")) {
      graph.input(state + "0", Fields.DATA_FLOAT, states, "N", hidden);
      graph.output(state + "n", Fields.DATA_FLOAT, states, "N", hidden);
    }
    String vectors = graph.weight("embedding.weight", embedding.value());
    String x = graph.add("embedding", Node.of("Gather"), vectors, OnnxFile.INPUT);
    List<String> h = new ArrayList<>();
    List<String> c = new ArrayList<>();
    for (int layer = 0; layer < rnn.options().numLayers(); layer++) {
      x = layer(layer, x, h, c);
    }
    String scores = new LayerExport(graph).linear("scores", model.scores(), x, 3);
    graph.add(Node.of("Identity"), List.of(scores), List.of(OnnxFile.OUTPUT));
    Shape scoresShape = model.scores().weight().shape();
    graph.output(OnnxFile.OUTPUT, Fields.DATA_FLOAT, "T", "N", scoresShape.dim(0));
    graph.add(Node.of("Concat").with("axis", 0L), h, List.of("hn"));
    if (lstm) {
      graph.add(Node.of("Concat").with("axis", 0L), c, List.of("cn"));
    }
  }

  /** Adds a layer, and the names of the states that it ends with to h and c. */
  private String layer(int layer, String x, List<String> h, List<String> c) {
    String path = PATH + ".l" + layer;
    List<String> inputs = new ArrayList<>(List.of(x));
    inputs.add(gates(path + ".W", "weight_ih", layer));
    inputs.add(gates(path + ".R", "weight_hh", layer));
    inputs.add(biases(path + ".B", layer));
    inputs.add(""); // all sequences are of one length
    inputs.add(state(path, "h0", layer));
    List<String> outputs = new ArrayList<>(List.of(path + ".Y", path + ".Y_h"));
    h.add(path + ".Y_h");
    if (lstm) {
      inputs.add(state(path, "c0", layer));
      outputs.add(path + ".Y_c");
      c.add(path + ".Y_c");
    }
    graph.add(node(), inputs, outputs);
    String inOrder = graph.add(path, Node.of("Transpose").with("perm", 0, 2, 1, 3), path + ".Y");
    return graph.add(path, Node.of("Reshape"), inOrder, graph.integers(path, JOINED));
  }

  private Node node() {
    Node node =
        switch (rnn.kind()) {
          case LSTM -> Node.of("LSTM");
          case GRU -> Node.of("GRU").with("linear_before_reset", true);
          case TANH -> Node.of("RNN");
          case RELU ->
              throw new InputException(
                  "export: layer %s, %s, has rectified states; take tanh".formatted(PATH, rnn));
        };
    return node.with("hidden_size", (long) hidden)
        .with("direction", directions == 2 ? "bidirectional" : "forward");
  }

  private String state(String path, String name, int layer) {
    String from = graph.integers(path, (long) layer * directions);
    String to = graph.integers(path, (layer + 1L) * directions);
    return graph.add(path, Node.of("Slice"), name, from, to, graph.integers(path, 0));
  }

  private String gates(String name, String parameter, int layer) {
    List<float[]> parts = new ArrayList<>();
    for (int d = 0; d < directions; d++) {
      parts.add(reordered(parameter + suffix(layer, d)));
    }
    int rows = order().length * hidden;
    int columns = parts.getFirst().length / rows;
    return graph.weight(name, joined(parts), Shape.of(new int[] {directions, rows, columns}));
  }

  private String biases(String name, int layer) {
    List<float[]> parts = new ArrayList<>();
    for (int d = 0; d < directions; d++) {
      parts.add(reordered("bias_ih" + suffix(layer, d)));
      parts.add(reordered("bias_hh" + suffix(layer, d)));
    }
    return graph.weight(name, joined(parts), Shape.of(directions, 2 * order().length * hidden));
  }

  private static String suffix(int layer, int direction) {
    return "_l" + layer + (direction == 1 ? "_reverse" : "");
  }

  /** Returns for each of ONNX's gates which of PyTorch's it is. */
  private int[] order() {
    return switch (rnn.kind()) {
      case LSTM -> new int[] {0, 3, 1, 2};
      case GRU -> new int[] {1, 0, 2};
      case TANH, RELU -> new int[] {0};
    };
  }

  private float[] reordered(String parameter) {
    Parameter p = Objects.requireNonNull(parameters.get(parameter), parameter);
    float[] from = p.value().toFloatArray();
    float[] to = new float[from.length];
    int[] order = order();
    int gate = from.length / order.length;
    for (int g = 0; g < order.length; g++) {
      System.arraycopy(from, order[g] * gate, to, g * gate, gate);
    }
    return to;
  }

  private static float[] joined(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(p -> p.length).sum()];
    int at = 0;
    for (float[] p : parts) {
      System.arraycopy(p, 0, all, at, p.length);
      at += p.length;
    }
    return all;
  }
}
