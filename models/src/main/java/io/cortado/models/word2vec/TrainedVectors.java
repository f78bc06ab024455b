package io.cortado.models.word2vec;

import io.cortado.Device;
import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.models.data.Tokenizer;
import io.cortado.models.data.Vocabulary;
import io.cortado.models.onnx.Graph;
import io.cortado.models.onnx.LayerExport;
import io.cortado.models.onnx.Node;
import io.cortado.models.onnx.OnnxFile;
import java.nio.file.Path;

/**
 * Vectors of a weights file.
 *
 * @param width numbers of a vector
 */
record TrainedVectors(Vocabulary vocabulary, int width, Word2Vec.Network network) {

  /**
   * Reads them.
   *
   * @throws FileException if the file does not say how long they are
   */
  static TrainedVectors read(Path weights, ModelDescription d, Device device) {
    Vocabulary vocabulary =
        new Vocabulary(Tokenizer.WORDS.tokens(d.options().getOrDefault("words", "")));
    int width;
    try {
      width = Integer.parseInt(d.options().getOrDefault("width", ""));
    } catch (NumberFormatException e) {
      throw FileException.of(
          weights.toString(), "does not say how long its vectors are", "train it again");
    }
    Word2Vec.Network network = new Word2Vec.Network(vocabulary.size(), width);
    network.init(device, 0);
    network.load(weights);
    return new TrainedVectors(vocabulary, width, network);
  }

  /** Writes them as ONNX: for words by number their vectors, and what is said of neighbors. */
  void export(ModelDescription model, Path onnx) {
    String notes =
        "input: words by their numbers, 2 for the first of cortado.model's words, 3 for the second; output: their"
            + " vectors; scores: for each number how strongly it is said to be a neighbor, a logit";
    OnnxFile.write(onnx, model, notes, this::add);
  }

  private void add(Graph graph) {
    LayerExport layers = new LayerExport(graph);
    String words = graph.inputOfIntegers(OnnxFile.INPUT, OnnxFile.BATCH);
    String vectors = layers.gather("words", network.words, words);
    graph.output(OnnxFile.OUTPUT, vectors, OnnxFile.BATCH, width);
    String neighbors = layers.weight("neighbors", "weight", network.neighbors.weight());
    Node product = Node.of("Gemm").with("transB", true);
    String scores = graph.add("neighbors", product, vectors, neighbors);
    graph.output("scores", scores, OnnxFile.BATCH, vocabulary.size());
  }
}
