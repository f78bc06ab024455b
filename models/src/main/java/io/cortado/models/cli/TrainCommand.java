package io.cortado.models.cli;

import io.cortado.Device;
import io.cortado.models.ImageModel;
import io.cortado.models.InputException;
import io.cortado.models.ModelEntry;
import io.cortado.models.Recipe;
import io.cortado.models.Zoo;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.ImageDataSet;
import io.cortado.nn.Layer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cortado train}. */
@Command(
    name = "train",
    description = {
      "Trains a model and saves it.",
      "A twelfth of the training images is kept for validation: it chooses the best epoch. The test"
          + " images are looked at once, at the end.",
      "What is not given comes from the model's recipe for the data set; 'cortado models' shows it."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  cortado train lenet5",
      "  cortado train lenet5 --variant modern --data fashion-mnist",
      "  cortado train mlp --epochs 5 --lr 0.01 --optimizer sgd --out runs/first"
    })
final class TrainCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "A model; 'cortado models' lists them.")
  private String modelName;

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description = "The model's form; 'cortado models' lists them.")
  private @Nullable String variant;

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description = "The data set; 'cortado data list' lists them.")
  private @Nullable String data;

  @Mixin private RecipeOptions recipeOptions;

  @Option(
      names = "--patience",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "End after N epochs without a better validation accuracy.")
  private @Nullable Integer patience;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      converter = Values.Seed.class,
      description =
          "Chooses first weights, order, augmentation and dropout (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "A new folder for the results (default: runs/MODEL-DATA-TIME).")
  private @Nullable Path out;

  @Option(names = "--no-progress", description = "No progress bars, only a line for each epoch.")
  private boolean noProgress;

  @Mixin private DataOptions dataOptions;

  @Mixin private DeviceOptions deviceOptions;

  @Override
  public Integer call() throws IOException {
    ModelEntry entry = Zoo.find(modelName);
    ImageDataSet set = DataOptions.find(data == null ? entry.data() : data);
    String form =
        entry.checkVariant(
            variant == null ? entry.usualVariant().apply(set.info().name()) : variant);
    ImageModel model = ImageModel.of(entry, form, set.info());
    Layer network = entry.build(model);
    Recipe recipe = recipeOptions.apply(entry.recipe().apply(model));
    RunFolder folder =
        RunFolder.of(
            out != null
                ? out
                : RunFolder.byName(
                    model.model(), model.data(), LocalDateTime.now(ZoneId.systemDefault())));
    DataHome home = dataOptions.home(spec.commandLine().getErr());
    try (Interruption interruption = new Interruption(spec.commandLine().getErr());
        Device device = deviceOptions.open()) {
      TrainingData images = TrainingData.read(set, home);
      if (recipe.batchSize() > images.train().size()) {
        throw new InputException(
            "--batch-size is %d, but there are only %d training images; give a smaller one"
                .formatted(recipe.batchSize(), images.train().size()));
      }
      network.init(device, seed);
      TrainingRun run =
          new TrainingRun(
              new TrainingRun.Setup(model, recipe, seed, patience == null ? 0 : patience),
              network,
              images,
              folder,
              spec.commandLine().getOut());
      return run.start(interruption, !noProgress && Terminal.isOne());
    }
  }
}
