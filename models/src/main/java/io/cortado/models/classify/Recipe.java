package io.cortado.models.classify;

/**
 * How a model is trained.
 *
 * <p>The learning rate starts at {@code lr} and follows half a cosine down to zero at the last
 * step.
 *
 * @param optimizer which one
 * @param lr the learning rate at the start
 * @param weightDecay how strongly weights are drawn to zero
 * @param epochs passes over the training part
 * @param batchSize samples of one step
 * @param augmentation what is done to training images
 */
public record Recipe(
    OptimizerKind optimizer,
    double lr,
    double weightDecay,
    int epochs,
    int batchSize,
    Augmentation augmentation) {

  /** Returns this recipe with another optimizer; its usual learning rate comes with it. */
  public Recipe withOptimizer(OptimizerKind kind) {
    return kind == optimizer
        ? this
        : new Recipe(kind, kind.usualLr(), weightDecay, epochs, batchSize, augmentation);
  }

  /** Returns this recipe with another learning rate. */
  public Recipe withLr(double value) {
    return new Recipe(optimizer, value, weightDecay, epochs, batchSize, augmentation);
  }

  /** Returns this recipe with another number of epochs. */
  public Recipe withEpochs(int n) {
    return new Recipe(optimizer, lr, weightDecay, n, batchSize, augmentation);
  }

  /** Returns this recipe with another batch size. */
  public Recipe withBatchSize(int n) {
    return new Recipe(optimizer, lr, weightDecay, epochs, n, augmentation);
  }

  /** Returns this recipe with another augmentation. */
  public Recipe withAugmentation(Augmentation other) {
    return new Recipe(optimizer, lr, weightDecay, epochs, batchSize, other);
  }

  /** Returns what does not speak of images, on one line. */
  public String withoutImages() {
    return "%s, learning rate %s falling to 0, weight decay %s, %d %s, batches of %d"
        .formatted(
            optimizer.label(),
            lr,
            weightDecay,
            epochs,
            epochs == 1 ? "epoch" : "epochs",
            batchSize);
  }

  /** Returns the recipe on one line. */
  @Override
  public String toString() {
    return withoutImages() + ", images " + augmentation;
  }
}
