package io.cortado.models.onnx;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.io.AtomicFile;
import io.cortado.io.ModelDescription;
import io.cortado.io.Weights;
import io.cortado.models.InputException;
import io.cortado.nn.Layer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes models as ONNX files, weights inside, for the operators of opset 17, and reads them.
 *
 * <p>The graph has one input, {@code "input"}, and one output, {@code "output"}; their first axis
 * is the batch, of any extent. It computes what the model does in evaluation mode.
 *
 * @see <a href="https://onnx.ai/onnx/operators/">ONNX's operators</a>
 */
public final class OnnxFile {

  /** What the graph's input is called. */
  public static final String INPUT = "input";

  /** What the graph's output is called. */
  public static final String OUTPUT = "output";

  /** Under which name the metadata says what has to be known of inputs and outputs. */
  public static final String NOTES = "cortado.notes";

  /** The version of the operators. */
  public static final int OPSET = 17;

  /** What the extent of the batch is called. */
  public static final String BATCH = "N";

  private OnnxFile() {}

  /**
   * Writes a model of one input and one output, the file as a whole or not at all.
   *
   * @param name what the graph is called
   * @param model initialised; it is in evaluation mode afterwards
   * @param input the shape of one sample, without the batch
   * @param metadata texts about the file, by name
   * @throws InputException if a layer cannot be exported; the message names it
   * @throws io.cortado.io.FileException if writing fails; what was there before is untouched then
   */
  public static void write(
      Path file, String name, Layer model, Shape input, Map<String, String> metadata) {
    model.eval();
    try (Step step = model.device().inference()) {
      write(
          file,
          name,
          metadata,
          graph -> {
            Shape batch = input.prepend(1);
            Value x = new Value(graph.input(INPUT, Graph.open(batch)), step.zeros(batch.toArray()));
            graph.output(OUTPUT, new LayerExport(graph).add("", model, x));
          });
    }
  }

  /**
   * Writes a graph, the file as a whole or not at all.
   *
   * @param name what the graph is called
   * @param metadata texts about the file, by name
   * @param content adds operators, inputs and outputs
   * @throws io.cortado.io.FileException if writing fails; what was there before is untouched then
   */
  public static void write(
      Path file, String name, Map<String, String> metadata, Consumer<Graph> content) {
    Graph graph = new Graph();
    content.accept(graph);
    AtomicFile.write(file, graph.model(name, metadata)::writeTo);
  }

  /**
   * Writes the graph of a model of the zoo, described by what its weights file says of it.
   *
   * @param notes what has to be known of the inputs and outputs, under {@code cortado.notes}
   */
  public static void write(
      Path file, ModelDescription model, String notes, Consumer<Graph> content) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(Weights.MODEL, model.toJson());
    metadata.put(NOTES, notes);
    write(file, model.name(), metadata, content);
  }

  /**
   * Writes a model that reads sequences of numbers, the file as a whole or not at all.
   *
   * <p>Its inputs are {@code "input"} {@code [T, N]}, T steps of N sequences, and the states to go
   * on from, zeros at first: {@code "h0"}, and {@code "c0"} for an LSTM, {@code [layers, N,
   * hidden]}. Its outputs are {@code "output"} {@code [T, N, scores]}, {@code "hn"} and {@code
   * "cn"}.
   *
   * @param name what the graph is called
   * @param metadata texts about the file, by name
   * @throws InputException if the recurrent layers cannot be exported
   * @throws io.cortado.io.FileException if writing fails; what was there before is untouched then
   */
  public static void write(
      Path file, String name, SequenceModel model, Map<String, String> metadata) {
    write(file, name, metadata, graph -> new SequenceExport(graph, model).add());
  }

  /**
   * Reads a model, as {@link OnnxNetwork#read} does.
   *
   * @throws io.cortado.io.FileException if the file cannot be read or is no ONNX file
   * @throws InputException if it has an operator that is not read
   */
  public static OnnxNetwork read(Path file, Device device) {
    return OnnxNetwork.read(file, device);
  }
}
