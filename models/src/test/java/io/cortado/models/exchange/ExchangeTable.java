package io.cortado.models.exchange;

import io.cortado.Device;
import io.cortado.io.NpzWriter;
import io.cortado.models.cli.Cli;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the table of docs/exchange.md: every model of the zoo, trained for moments, and AlexNet in
 * the size of the paper, read by PyTorch, by the safetensors library and by ONNX Runtime.
 * zoo_exchange.py is Python's side.
 */
final class ExchangeTable {

  private static final int BATCH = 6;
  private static final String BEGIN = "<!-- written by ExchangeTable -->\n";
  private static final String END = "<!-- end -->\n";
  private static final Path SCRIPT =
      Path.of(
          Files.isDirectory(Path.of("models")) ? "models" : "", "src/test/python/zoo_exchange.py");

  private ExchangeTable() {}

  /** The program: a Python with PyTorch and safetensors, and the page. */
  public static void main(String[] args) throws Exception {
    Path dir = Files.createTempDirectory("exchange");
    TrainedModel.writeData(dir);
    List<String> command = new ArrayList<>(List.of(args[0], SCRIPT.toString()));
    Map<String, Double> byOnnxRuntime = new LinkedHashMap<>();
    for (TrainedModel model : TrainedModel.all()) {
      Path weights = model.train(dir);
      byOnnxRuntime.put(model.name(), prepare(weights));
      command.add(String.valueOf(weights.getParent()));
    }
    Path published = PublishedAlexNet.save(dir);
    byOnnxRuntime.put(PublishedAlexNet.NAME, prepare(published));
    command.add(String.valueOf(published.getParent()));
    List<JsonNode> byPython = new ArrayList<>();
    for (String line : run(command).lines().toList()) {
      byPython.add(JsonMapper.shared().readTree(line));
    }
    StringBuilder table = new StringBuilder();
    table.append(
        "| model | by %s: %s | tensors by safetensors | outputs by ONNX Runtime %s |\n| --- | --- | --- | --- |\n"
            .formatted(
                "PyTorch", "outputs", ai.onnxruntime.OrtEnvironment.getEnvironment().getVersion()));
    List<String> names = List.copyOf(byOnnxRuntime.keySet());
    for (int i = 0; i < byPython.size(); i++) {
      JsonNode row = byPython.get(i);
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %.1e | %.0f | %.1e |%n",
              names.get(i),
              row.get("torch").asDouble(),
              row.get("safetensors").asDouble(),
              byOnnxRuntime.get(names.get(i))));
    }
    table.append("\nRead by ").append(byPython.getFirst().get("versions").asString()).append(".\n");
    write(Path.of(args[1]), table.toString());
  }

  /** Leaves what Python reads beside the weights, and returns ONNX Runtime's difference. */
  private static double prepare(Path weights) throws Exception {
    Path onnx = weights.resolveSibling("model.onnx");
    Path npz = weights.resolveSibling("weights.npz");
    run("export", weights.toString(), "--onnx", onnx.toString());
    run("convert", weights.toString(), npz.toString());
    try (Device device = Device.cpu();
        OnnxRuntime runtime = new OnnxRuntime(onnx)) {
      Sample sample = TrainedModel.sample(weights, device, BATCH);
      NpzWriter writer = new NpzWriter();
      for (Map.Entry<String, Sample.Array> e : sample.inputs().entrySet()) {
        Sample.Array a = e.getValue();
        if (a.isWhole()) {
          writer.add("in." + e.getKey(), a.ints(), a.shape());
        } else {
          writer.add("in." + e.getKey(), a.floats(), a.shape());
        }
      }
      sample.outputs().forEach((name, y) -> writer.add("out." + name, y, y.length));
      writer.write(weights.resolveSibling("sample.npz"));
      return Differences.largest(sample.outputs(), runtime.run(sample.inputs()));
    }
  }

  private static void run(String... command) {
    Cli.Result r = Cli.run(command);
    if (r.code() != 0) {
      throw new IllegalStateException(r.err());
    }
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process p = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (p.waitFor() != 0) {
      throw new IllegalStateException(command + " failed: " + said);
    }
    return said;
  }

  private static void write(Path page, String table) throws IOException {
    String text = Files.readString(page);
    int from = text.indexOf(BEGIN) + BEGIN.length();
    int to = text.indexOf(END);
    if (from < BEGIN.length() || to < from) {
      throw new IllegalStateException(page + " has no place for the table");
    }
    Files.writeString(page, text.substring(0, from) + "\n" + table + "\n" + text.substring(to));
  }
}
