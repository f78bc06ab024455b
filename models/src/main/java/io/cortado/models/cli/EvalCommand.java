package io.cortado.models.cli;

import io.cortado.Device;
import io.cortado.data.Dataset;
import io.cortado.models.Zoo;
import io.cortado.models.classify.Checkpoint;
import io.cortado.models.classify.ConfusionTable;
import io.cortado.models.classify.FolderOptions;
import io.cortado.models.classify.ImageModel;
import io.cortado.models.classify.ModelEntry;
import io.cortado.models.classify.Reports;
import io.cortado.models.classify.TestResult;
import io.cortado.models.classify.ViewOptions;
import io.cortado.models.data.ImageDataSet;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cortado eval}. */
@Command(
    name = "eval",
    description = "Measures an image classifier on a test set.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  cortado eval lenet5 runs/first/weights.safetensors",
      "  cortado eval alexnet runs/mine/weights.safetensors --data pictures"
    })
final class EvalCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "An image classifier: mlp, lenet5 or alexnet.")
  private String modelName;

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "A weights file that 'cortado train' wrote.")
  private Path file;

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description =
          "The data set, or a folder of pictures as for training, of which the test part counts (default: what it was trained on).")
  private @Nullable String data;

  @Option(
      names = "--skip-broken",
      description = "Leave a folder's broken pictures out, and count them.")
  private boolean skipBroken;

  @Mixin private ViewOptions viewOptions;

  @Mixin private DataOptions dataOptions;

  @Mixin private DeviceOptions deviceOptions;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ModelEntry entry = Zoo.classifier(modelName);
    ImageModel described = Checkpoint.describe(file);
    ImageDataSet set = FolderOptions.find(described, data, skipBroken, file);
    try (Device device = deviceOptions.open()) {
      // The named model's variant is the file's where it has such a one: an honest mismatch of
      // weights is then reported tensor by tensor.
      String variant =
          entry.variants().contains(described.variant())
              ? described.variant()
              : entry.variants().getFirst();
      ImageModel wanted =
          new ImageModel(
              entry.name(),
              variant,
              described.data(),
              described.input(),
              described.scaled(),
              described.classes(),
              described.scaling());
      Checkpoint model = Checkpoint.read(file, device, entry, wanted);
      Dataset test = set.test(dataOptions.home(spec.commandLine().getErr()));
      out.println("device     " + Reports.device(device));
      out.printf("model      %s (%s) from %s%n", entry.name(), variant, file);
      out.printf("test set   %s, %,d images%s%n%n", set.info().name(), test.size(), set.without());
      out.flush();
      TestResult result = TestResult.of(model.network(), viewOptions.views().of(test, described));
      out.print(Reports.accuracy(result));
      out.println();
      out.print(ConfusionTable.of(result.confusion(), described.classes()));
    }
    out.flush();
    return 0;
  }
}
