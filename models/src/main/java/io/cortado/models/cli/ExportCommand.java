package io.cortado.models.cli;

import io.cortado.Device;
import io.cortado.io.Weights;
import io.cortado.models.classify.Checkpoint;
import io.cortado.models.classify.ImageModel;
import io.cortado.models.onnx.OnnxFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cortado export}. */
@Command(
    name = "export",
    description = "Writes a trained image classifier as ONNX, which other programs run.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "The graph takes pictures as 'input' [N, channels, height, width], normalised by the mean and std that",
      "the file's metadata has under cortado.model, and gives the classes' scores as 'output'.",
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
  private Path onnx;

  @Override
  public void run() {
    try (Device device = Device.cpu()) {
      Checkpoint model = Checkpoint.read(file, device);
      ImageModel described = model.description();
      OnnxFile.write(
          onnx,
          described.model(),
          model.network(),
          described.input(),
          Map.of(Weights.MODEL, described.toDescription().toJson()));
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          "%s: %s, input %s, opset %d%n",
          onnx, described.model(), described.input(), OnnxFile.OPSET);
      out.flush();
    }
  }
}
