package io.cortado.models.classify;

import io.cortado.models.Values;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the user wants otherwise than a model's recipe has it. */
final class RecipeOptions {

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Passes over the training data.")
  private @Nullable Integer epochs;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Samples of one step.")
  private @Nullable Integer batchSize;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      converter = Values.LearningRate.class,
      description = "The learning rate at the start; it falls along half a cosine to 0.")
  private @Nullable Double lr;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description = "sgd (with a momentum of 0.9), adam or adamw.")
  private @Nullable String optimizer;

  @Option(
      names = "--augment",
      paramLabel = "NAME",
      description =
          "What is done to training images: none, shift, flip, crop-flip, cutout, color-flip or turn-color.")
  private @Nullable String augmentation;

  /**
   * Returns a recipe as the user wants it.
   *
   * @throws io.cortado.models.InputException if there is no such optimizer or augmentation
   */
  Recipe apply(Recipe usual) {
    Recipe r = usual;
    r = optimizer == null ? r : r.withOptimizer(OptimizerKind.of(optimizer));
    r = augmentation == null ? r : r.withAugmentation(Augmentation.of(augmentation));
    r = epochs == null ? r : r.withEpochs(epochs);
    r = batchSize == null ? r : r.withBatchSize(batchSize);
    return lr == null ? r : r.withLr(lr);
  }
}
