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
 * Puts recurrent layers into a graph.
 *
 * <p>Gates stand in other orders in ONNX than in PyTorch, whose Cortado has: an LSTM's are input,
 * output, forget, cell, not input, forget, cell, output; a GRU's update, reset, new, not reset,
 * update, new.
 */
public final class RecurrentExport {

  /** Axes of steps and batch stay as they are, the others become one. */
  private static final long[] JOINED = {0, 0, -1};

  private final Graph graph;
  private final String path;
  private final RNNBase rnn;
  private final Map<String, Parameter> parameters;
  private final int hidden;
  private final int directions;

  /**
   * What comes out.
   *
   * @param output of each step, {@code [steps, batch, directions * hidden]}
   * @param h the last states of each layer, {@code [directions, batch, hidden]}
   * @param c likewise; none unless it is an LSTM
   */
  public record Walk(String output, List<String> h, List<String> c) {

    /** Returns the last layer's last states, {@code [directions, batch, hidden]}. */
    public String end() {
      return h.getLast();
    }
  }

  /**
   * Makes one of layers.
   *
   * @param path their name in the model
   * @throws InputException if they have no bias
   */
  public RecurrentExport(Graph graph, String path, RNNBase rnn) {
    this.graph = graph;
    this.path = path;
    this.rnn = rnn;
    this.parameters = rnn.namedParameters();
    this.hidden = rnn.hidden();
    this.directions = rnn.options().bidirectional() ? 2 : 1;
    if (!rnn.options().bias()) {
      throw new InputException(
          "export: layer %s, %s, has no bias; make it with one".formatted(path, rnn));
    }
  }

  /**
   * Adds the layers.
   *
   * @param x {@code [steps, batch, features]}, also where the layers have the batch first
   * @param lengths how many steps of each sequence count, {@code [batch]}; empty for all
   * @param states the values to begin with, {@code [layers * directions, batch, hidden]}: h, and c
   *     for an LSTM; none for zeros
   */
  public Walk add(String x, String lengths, List<String> states) {
    Walk walk = new Walk(x, new ArrayList<>(), new ArrayList<>());
    for (int layer = 0; layer < rnn.options().numLayers(); layer++) {
      walk = layer(layer, walk, lengths, states);
    }
    return walk;
  }

  private Walk layer(int layer, Walk before, String lengths, List<String> states) {
    String place = path + ".l" + layer;
    List<String> inputs = new ArrayList<>(List.of(before.output));
    inputs.add(gates(place + ".W", "weight_ih", layer));
    inputs.add(gates(place + ".R", "weight_hh", layer));
    inputs.add(biases(place + ".B", layer));
    inputs.add(lengths);
    states.forEach(s -> inputs.add(state(place, s, layer)));
    List<String> outputs = new ArrayList<>(List.of(place + ".Y", place + ".Y_h"));
    before.h.add(place + ".Y_h");
    if (rnn.kind() == RnnSpec.Kind.LSTM) {
      outputs.add(place + ".Y_c");
      before.c.add(place + ".Y_c");
    }
    graph.add(node(), inputs, outputs);
    String inOrder = graph.add(place, Node.of("Transpose").with("perm", 0, 2, 1, 3), place + ".Y");
    String joined = graph.add(place, Node.of("Reshape"), inOrder, graph.integers(place, JOINED));
    return new Walk(joined, before.h, before.c);
  }

  private Node node() {
    Node node =
        switch (rnn.kind()) {
          case LSTM -> Node.of("LSTM");
          case GRU -> Node.of("GRU").with("linear_before_reset", true);
          case TANH -> Node.of("RNN");
          case RELU ->
              throw new InputException(
                  "export: layer %s, %s, has rectified states; take tanh".formatted(path, rnn));
        };
    return node.with("hidden_size", (long) hidden)
        .with("direction", directions == 2 ? "bidirectional" : "forward");
  }

  private String state(String place, String name, int layer) {
    String from = graph.integers(place, (long) layer * directions);
    String to = graph.integers(place, (layer + 1L) * directions);
    return graph.add(place, Node.of("Slice"), name, from, to, graph.integers(place, 0));
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
