package io.cortado.models.classify;

import io.cortado.Device;
import io.cortado.io.ModelDescription;
import io.cortado.io.Weights;
import io.cortado.models.Figures;
import io.cortado.models.InputException;
import io.cortado.models.OnnxModel;
import io.cortado.models.Run;
import io.cortado.models.Trial;
import io.cortado.models.Values;
import io.cortado.models.ZooModel;
import io.cortado.models.data.ImageDataSet;
import io.cortado.models.onnx.OnnxFile;
import io.cortado.nn.Layer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Trains one of the image classifiers.
 *
 * <p>A twelfth of the training images is kept for validation: it chooses the best epoch. The test
 * images are looked at once, at the end. A {@link ModelEntry} names network and recipe; beside this
 * stand {@link TrainingRun}, the training, and {@link TrainingReport}, the measurement.
 */
public class ImageClassifier implements ZooModel, OnnxModel {

  private static final String ONNX_NOTES =
      "input: pictures, pixels from 0 to 1 less cortado.model's mean and divided by its std; output: the classes'"
          + " scores, logits";

  private final ModelEntry entry;
  private final List<Trial> trials;
  private final List<Trial> quick;

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description = "The model's form; 'cortado models' lists them.")
  private @Nullable String variant;

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description =
          "The data set ('cortado data list' lists them), or a folder of pictures with a folder for each class.")
  private @Nullable String data;

  @Mixin private FolderOptions folderOptions = new FolderOptions();

  @Mixin private RecipeOptions recipeOptions = new RecipeOptions();

  @Option(
      names = "--patience",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "End after N epochs that were no better by validation.")
  private @Nullable Integer patience;

  @Mixin private ViewOptions viewOptions = new ViewOptions();

  /** Makes a trainer of a model, with the rows of the zoo's tables. */
  public ImageClassifier(ModelEntry entry, List<Trial> trials, List<Trial> quick) {
    this.entry = entry;
    this.trials = List.copyOf(trials);
    this.quick = List.copyOf(quick);
  }

  /** Returns what is trained. */
  public final ModelEntry entry() {
    return entry;
  }

  /**
   * Complains about an option that was given and is for pictures.
   *
   * @throws InputException if there is one; the message names it
   */
  protected final void checkNoPictureOption() {
    Stream.of(
            variant == null ? null : "--variant",
            viewOptions.views() == Views.ONE ? null : "--views",
            recipeOptions.pictureOption(),
            folderOptions.given())
        .filter(Objects::nonNull)
        .findFirst()
        .ifPresent(option -> {
          throw new InputException(option + " is for pictures; leave out --task, or " + option);
        });
  }

  /** Returns the data set that the user wants; null for the usual one. */
  protected final @Nullable String data() {
    return data;
  }

  /** Returns a recipe as the user wants it. */
  protected final Recipe recipe(Recipe usual) {
    return recipeOptions.apply(usual);
  }

  /** Returns what the user wants labels smoothed by; null for what is usual. */
  protected final @Nullable Double labelSmoothing() {
    return recipeOptions.labelSmoothing();
  }

  /** Returns after how many epochs without improvement to end; 0 for all epochs. */
  protected final int patience() {
    return patience == null ? 0 : patience;
  }

  @Override
  public String name() {
    return entry.name();
  }

  @Override
  public String description() {
    return entry.description();
  }

  @Override
  public List<Trial> trials() {
    return trials;
  }

  @Override
  public List<Trial> quickTrials() {
    return quick;
  }

  @Override
  public boolean resumes() {
    return true;
  }

  @Override
  public void export(Path weights, ModelDescription model, Device device, Path onnx) {
    Checkpoint read = Checkpoint.read(weights, device);
    Map<String, String> metadata =
        Map.of(Weights.MODEL, model.toJson(), OnnxFile.NOTES, ONNX_NOTES);
    OnnxFile.write(onnx, model.name(), read.network(), read.description().input(), metadata);
  }

  @Override
  public Figures train(Run run) throws IOException {
    String wanted = data == null ? entry.data() : data;
    String form =
        entry.checkVariant(variant == null ? entry.usualVariant().apply(wanted) : variant);
    ImageDataSet set = folderOptions.find(wanted, entry.cuts().get(form));
    ImageModel model = ImageModel.of(entry, form, set.info());
    Layer network = entry.build(model);
    Recipe recipe = recipe(entry.recipe().apply(model));
    TrainingData images =
        TrainingData.read(set, run.data()).cutTo(model.input().dim(1), model.input().dim(2));
    if (recipe.batchSize() > images.train().size()) {
      throw new InputException(
          "--batch-size is %d, but there are only %d training images; give a smaller one"
              .formatted(recipe.batchSize(), images.train().size()));
    }
    network.init(run.device(), run.seed());
    TrainingRun.Setup setup = new TrainingRun.Setup(model, recipe, patience(), viewOptions.views());
    return new TrainingRun(setup, network, images, run).start();
  }
}
