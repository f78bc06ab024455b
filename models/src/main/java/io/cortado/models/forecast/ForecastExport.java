package io.cortado.models.forecast;

import io.cortado.Device;
import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.models.onnx.Graph;
import io.cortado.models.onnx.LayerExport;
import io.cortado.models.onnx.Node;
import io.cortado.models.onnx.OnnxFile;
import io.cortado.models.onnx.RecurrentExport;
import java.nio.file.Path;
import java.util.List;

/** Writes a forecaster as ONNX: a window of a series' values goes in, the next value comes out. */
final class ForecastExport {

  private static final String SCALING = "scaling";

  private ForecastExport() {}

  static void write(Path weights, ModelDescription model, Device device, Path onnx) {
    Forecast.Network network;
    int window;
    double scale;
    try {
      network = new Forecast.Network(Integer.parseInt(model.option("hidden")));
      window = model.input().dim(0);
      scale = Windows.scale(model);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw FileException.of(
          weights.toString(),
          "its description of the model cannot be used (" + e.getMessage() + ")",
          "give a file that 'cortado train forecast' wrote");
    }
    network.init(device, 0);
    network.load(weights);
    String notes =
        "input: %d values of the series in a row, as they were measured; output: the next value"
            .formatted(window);
    OnnxFile.write(onnx, model, notes, graph -> add(graph, network, window, (float) scale));
  }

  /** What goes in is what lies above the window's last value, in deviations of a step. */
  private static void add(Graph graph, Forecast.Network network, int window, float step) {
    String x = graph.input(OnnxFile.INPUT, OnnxFile.BATCH, window);
    String begin = graph.integers(SCALING, window - 1L);
    String end = graph.integers(SCALING, window);
    String values = graph.integers(SCALING, 1);
    String last = graph.add(SCALING, Node.of("Slice"), x, begin, end, values);
    String scale = graph.number(SCALING, step);
    String above = graph.add(SCALING, Node.of("Sub"), x, last);
    String scaled = graph.add(SCALING, Node.of("Div"), above, scale);
    String steps = graph.add(SCALING, Node.of("Transpose").with("perm", 1, 0), scaled);
    String features = graph.add(SCALING, Node.of("Unsqueeze"), steps, graph.integers(SCALING, 2));
    RecurrentExport.Walk walk =
        new RecurrentExport(graph, "lstm", network.lstm).add(features, "", List.of());
    String state = graph.add("lstm", Node.of("Squeeze"), walk.end(), graph.integers("lstm", 0));
    String said = new LayerExport(graph).linear("next", network.next, state, 2);
    String rise = graph.add(SCALING, Node.of("Mul"), said, scale);
    graph.output(
        OnnxFile.OUTPUT, graph.add(SCALING, Node.of("Add"), last, rise), OnnxFile.BATCH, 1);
  }
}
