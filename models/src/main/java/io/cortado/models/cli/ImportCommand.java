package io.cortado.models.cli;

import io.cortado.Device;
import io.cortado.Tensor;
import io.cortado.io.SafetensorsWriter;
import io.cortado.io.Weights;
import io.cortado.models.InputException;
import io.cortado.models.onnx.OnnxFile;
import io.cortado.models.onnx.OnnxNetwork;
import io.cortado.models.onnx.OnnxSummary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cortado import}. */
@Command(
    name = "import",
    description = "Checks that an ONNX file can be read, and writes its weights as safetensors.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "The weights keep the file's names. If 'cortado export' wrote the file, of a model without recurrent layers,",
      "predict, eval and serve take what comes out. Other models run in Java: OnnxFile.read(file, device).",
      "",
      "Example:",
      "  cortado import model.onnx --out weights.safetensors"
    })
final class ImportCommand implements Runnable {

  private static final String MEAN = "running_mean";

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FILE", description = "An ONNX file.")
  private Path file;

  @Option(
      names = "--out",
      paramLabel = "MODEL",
      required = true,
      description = "The safetensors file to write.")
  private @Nullable Path out;

  @Override
  public void run() {
    Path to = Objects.requireNonNull(out); // it is a required option
    if (FileKind.of(file) != FileKind.ONNX) {
      throw new InputException(
          file + " is no ONNX file; import reads these, and 'cortado convert' others");
    }
    SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
    PrintWriter said = spec.commandLine().getOut();
    try (Device device = Device.cpu()) {
      OnnxNetwork network = OnnxFile.read(file, device);
      OnnxSummary summary = network.description();
      Map<String, Tensor> tensors = network.stateDict();
      tensors.forEach((name, tensor) -> add(writer, name, tensor));
      String model = summary.metadata().get(Weights.MODEL);
      if (model != null) {
        writer.metadata(Weights.MODEL, model);
      }
      writer.write(to);
      said.printf(
          "%s: %,d tensors, %,d operators, %s to %s%n",
          to,
          tensors.size(),
          summary.operators().values().stream().mapToInt(n -> n).sum(),
          names(network.inputs()),
          names(summary.outputs()));
    }
    said.flush();
  }

  /** PyTorch counts batches beside running statistics, and ONNX does not. */
  private static void add(SafetensorsWriter writer, String name, Tensor tensor) {
    writer.add(name, tensor);
    if (name.endsWith("." + MEAN)) {
      String count = name.substring(0, name.length() - MEAN.length()) + "num_batches_tracked";
      writer.add(count, new int[1]);
    }
  }

  private static String names(List<OnnxSummary.Value> values) {
    return String.join(", ", values.stream().map(v -> InspectCommand.line(v.name())).toList());
  }
}
