package io.cortado.models.mlp;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.io.ModelDescription;
import io.cortado.models.onnx.Graph;
import io.cortado.models.onnx.LayerExport;
import io.cortado.models.onnx.Node;
import io.cortado.models.onnx.OnnxFile;
import io.cortado.models.onnx.Value;
import io.cortado.nn.Sequential;
import java.nio.file.Path;

/** Writes a table's network as ONNX: a table's columns go in as they are, answers come out. */
final class TableExport {

  private final Graph graph;
  private final TableWeights table;

  private TableExport(Graph graph, TableWeights table) {
    this.graph = graph;
    this.table = table;
  }

  static void write(Path weights, ModelDescription model, Device device, Path onnx) {
    TableWeights table = TableWeights.of(model, weights.toString());
    Sequential network = table.network(weights, device);
    String told =
        table.coding().task() == Task.REGRESSION
            ? "the numbers told, in the units of the table"
            : "scores, 0 to 1" + (table.outputs() == 1 ? ", of the second class" : "");
    String notes =
        "input: the columns %s, as they stand in the table: they are standardised in here; output: %s (%s)"
            .formatted(String.join(", ", table.inputs()), told, String.join(", ", table.targets()));
    OnnxFile.write(onnx, model, notes, graph -> new TableExport(graph, table).add(network, device));
  }

  private void add(Sequential network, Device device) {
    int columns = table.inputs().size();
    String raw = graph.input(OnnxFile.INPUT, OnnxFile.BATCH, columns);
    String centred =
        graph.add("scaling", Node.of("Sub"), raw, row("scaling/mean", table.scaling().mean()));
    String deviation = row("scaling/deviation", table.scaling().deviation());
    String scaled = graph.add("scaling", Node.of("Div"), centred, deviation);
    try (Step step = device.inference()) {
      Value x = new Value(scaled, step.zeros(1, columns));
      String told = new LayerExport(graph).add("", network, x).name();
      graph.output(OnnxFile.OUTPUT, meant(told), OnnxFile.BATCH, table.outputs());
    }
  }

  /** As {@link Coding#scores} and a regression's answers are made. */
  private String meant(String outputs) {
    if (table.coding().task() == Task.REGRESSION) {
      String wide =
          graph.add(
              "telling",
              Node.of("Mul"),
              outputs,
              row("telling/scale", table.telling().deviation()));
      return graph.add(
          "telling", Node.of("Add"), wide, row("telling/shift", table.telling().mean()));
    }
    return switch (table.coding().loss()) {
      case "ce" -> graph.add("telling", Node.of("Softmax").with("axis", -1L), outputs);
      case "bce" -> graph.add("telling", Node.of("Sigmoid"), outputs);
      case "mse11" -> {
        String above = graph.add("telling", Node.of("Add"), outputs, graph.number("telling", 1));
        yield graph.add("telling", Node.of("Mul"), above, graph.number("telling", 0.5f));
      }
      default -> outputs;
    };
  }

  private String row(String name, float[] values) {
    return graph.weight(name, values, Shape.of(values.length));
  }
}
