package io.cortado.models.texts;

import io.cortado.models.data.Vocabulary;
import io.cortado.models.onnx.Graph;
import io.cortado.models.onnx.LayerExport;
import io.cortado.models.onnx.Node;
import io.cortado.models.onnx.OnnxFile;

/** Puts a classifier of texts into a graph: numbers of tokens go in, scores come out. */
record TextExport(Graph graph, TextNetwork network, int classes) {

  private static final String PATH = "texts";
  private static final String LENGTH = "T";

  /**
   * A batch of texts in a graph.
   *
   * @param ids {@code [texts, length]}, filled up behind so that the widest filter finds a place
   * @param there 1 for each token and 0 behind a text's end, likewise
   */
  record Texts(LayerExport layers, String ids, String there) {

    /** Adds an operator. */
    String add(String operator, String... inputs) {
      return add(Node.of(operator), inputs);
    }

    /** Adds an operator. */
    String add(Node node, String... inputs) {
      return layers.graph().add(PATH, node, inputs);
    }

    /** Adds a list of whole numbers. */
    String integers(long... list) {
      return layers.graph().integers(PATH, list);
    }

    /** Adds a number. */
    String number(float value) {
      return layers.graph().number(PATH, value);
    }
  }

  void add() {
    String given = graph.inputOfIntegers(OnnxFile.INPUT, OnnxFile.BATCH, LENGTH);
    String ids = given;
    if (network.least() > 1) { // Pad's own value is 0
      ids = graph.add(PATH, Node.of("Pad"), given, graph.integers(PATH, 0, 0, 0, network.least()));
    }
    String floats = graph.add(PATH, Node.of("Cast").with("to", (long) Graph.FLOAT), ids);
    String none = graph.number(PATH, Vocabulary.PADDING);
    String one = graph.number(PATH, 1);
    String there = graph.add(PATH, Node.of("Clip"), floats, none, one);
    String scores = network.export(new Texts(new LayerExport(graph), ids, there));
    graph.output(OnnxFile.OUTPUT, scores, OnnxFile.BATCH, classes);
  }
}
