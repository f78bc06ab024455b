package io.cortado.models.classify;

import io.cortado.models.InputException;
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
      description = "The highest learning rate; it falls along half a cosine to 0.")
  private @Nullable Double lr;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      converter = Values.NotNegative.class,
      description = "Epochs over which the learning rate rises first.")
  private @Nullable Integer warmUp;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description = "sgd (with a momentum of 0.9), adam or adamw.")
  private @Nullable String optimizer;

  @Option(
      names = "--augment",
      paramLabel = "NAME",
      description =
          "What is done to training images: none, shift, flip, crop-flip, cutout, cutout-half, color-flip or turn-color.")
  private @Nullable String augmentation;

  @Option(
      names = "--label-smoothing",
      paramLabel = "S",
      description =
          "Spread this share of a target's 1 over all classes or labels; of tables for the losses"
              + " bce and ce alone (default there: 0.1, binary or from 10,000 rows on 0).")
  private @Nullable Double smoothing;

  @Option(
      names = "--ema",
      paramLabel = "DECAY",
      description =
          "Measure and save an exponential moving average of the weights; 0.999 is usual, 0 is none. For pictures.")
  private @Nullable Double ema;

  /** Returns an option that was given and is for pictures alone, null for none. */
  @Nullable String pictureOption() {
    return augmentation != null ? "--augment" : ema != null ? "--ema" : null;
  }

  /** Returns what labels are to be smoothed by; null for what is usual. */
  @Nullable Double labelSmoothing() {
    return smoothing;
  }

  /**
   * Returns a recipe as the user wants it.
   *
   * @throws InputException if there is no such optimizer or augmentation, if the learning rate
   *     would not stop rising, or neither labels can be smoothed nor weights averaged so
   */
  Recipe apply(Recipe usual) {
    Recipe r = usual;
    r = optimizer == null ? r : r.withOptimizer(OptimizerKind.of(optimizer));
    r = augmentation == null ? r : r.withAugmentation(Augmentation.of(augmentation));
    r = epochs == null ? r : r.withEpochs(epochs);
    r = batchSize == null ? r : r.withBatchSize(batchSize);
    r = lr == null ? r : r.withLr(lr);
    if (warmUp != null && warmUp >= r.epochs()) {
      throw new InputException(
          "--warm-up is %d, but --epochs is %d; the learning rate has to rise over fewer"
              .formatted(warmUp, r.epochs()));
    }
    r = warmUp == null ? r : r.withWarmUp(warmUp);
    checkBelow1("--label-smoothing", smoothing);
    checkBelow1("--ema", ema);
    r = ema == null ? r : r.withEma(ema);
    return smoothing == null ? r : r.withLabelSmoothing(smoothing);
  }

  private static void checkBelow1(String option, @Nullable Double value) {
    if (value != null && !(value >= 0 && value < 1)) {
      throw new InputException(
          option + " is " + value + ", it has to be at least 0 and less than 1");
    }
  }
}
