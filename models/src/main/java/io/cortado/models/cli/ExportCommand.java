package io.cortado.models.cli;

import io.cortado.Device;
import io.cortado.io.ModelDescription;
import io.cortado.models.InputException;
import io.cortado.models.OnnxModel;
import io.cortado.models.Zoo;
import io.cortado.models.classify.Checkpoint;
import io.cortado.models.onnx.OnnxFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cortado export}. */
@Command(
    name = "export",
    description = "Writes a trained model as ONNX, which other programs run.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "What goes in and what comes out stands in the file's metadata: 'cortado inspect' prints it.",
      "Tables, series and texts go in as they are, by their columns, values or numbers of tokens; pictures",
      "normalised by the mean and std that stand under cortado.model.",
      "",
      "Example:",
      "  cortado export runs/first/weights.safetensors --onnx lenet5.onnx"
    })
final class ExportCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "A weights file that 'cortado train' wrote.")
  private Path file;

  @Option(
      names = "--onnx",
      paramLabel = "OUT",
      required = true,
      description = "The ONNX file to write.")
  private @Nullable Path onnx;

  @Override
  public void run() {
    Path to = Objects.requireNonNull(onnx); // it is a required option
    ModelDescription described = Checkpoint.description(file);
    if (!(Zoo.find(described.name()) instanceof OnnxModel model)) {
      throw new InputException(
          "%s is of the model %s, which trains many small networks and keeps none: there is nothing to export"
              .formatted(file, described.name()));
    }
    try (Device device = Device.cpu()) {
      model.export(file, described, device, to);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s: %s, opset %d%n", to, described.name(), OnnxFile.OPSET);
    out.flush();
  }
}
