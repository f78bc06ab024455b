package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.io.AtomicFile;
import io.cortado.models.InputException;
import io.cortado.nn.Layer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes models as ONNX files, weights inside, for the operators of opset 17.
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

  /** The version of the operators. */
  public static final int OPSET = 17;

  private static final String BATCH = "N";

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
    Graph graph = new Graph();
    model.eval();
    try (Step step = model.device().inference()) {
      Shape batch = input.prepend(1);
      LayerExport.Value x =
          new LayerExport.Value(
              INPUT, step.tensor(new float[Math.toIntExact(batch.size())], batch.toArray()));
      LayerExport.Value y = new LayerExport(graph).add("", model, x);
      graph.input(INPUT, Fields.DATA_FLOAT, open(batch));
      graph.output(OUTPUT, Fields.DATA_FLOAT, open(y.sample().shape()));
      graph.add(Node.of("Identity"), List.of(y.name()), List.of(OUTPUT));
    }
    AtomicFile.write(file, graph.model(name, metadata)::writeTo);
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
    Graph graph = new Graph();
    new SequenceExport(graph, model).add();
    AtomicFile.write(file, graph.model(name, metadata)::writeTo);
  }

  private static Object[] open(Shape batch) {
    Object[] dims = new Object[batch.rank()];
    dims[0] = BATCH;
    for (int i = 1; i < dims.length; i++) {
      dims[i] = batch.dim(i);
    }
    return dims;
  }
}
