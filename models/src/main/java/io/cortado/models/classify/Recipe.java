package io.cortado.models.classify;

import io.cortado.optim.CosineAnnealingLR;
import io.cortado.optim.LRSchedule;
import io.cortado.optim.LinearWarmup;

/**
 * How a model is trained.
 *
 * <p>The learning rate rises in a line to {@code lr} over the first {@code warmUp} epochs, then
 * follows half a cosine down to zero at the last step.
 *
 * @param optimizer which one
 * @param lr the highest learning rate
 * @param weightDecay how strongly weights are drawn to zero
 * @param epochs passes over the training part
 * @param batchSize samples of one step
 * @param augmentation what is done to training images
 * @param warmUp epochs over which the learning rate rises; fewer than {@code epochs}
 * @param labelSmoothing the share of a target's 1 that is spread over all classes
 * @param ema the decay of the average of the weights that is measured and saved in their place; 0
 *     for none
 */
public record Recipe(
    OptimizerKind optimizer,
    double lr,
    double weightDecay,
    int epochs,
    int batchSize,
    Augmentation augmentation,
    int warmUp,
    double labelSmoothing,
    double ema) {

  /** Makes a recipe whose learning rate starts at its highest, and whose labels are as they are. */
  public Recipe(
      OptimizerKind optimizer,
      double lr,
      double weightDecay,
      int epochs,
      int batchSize,
      Augmentation augmentation) {
    this(optimizer, lr, weightDecay, epochs, batchSize, augmentation, 0, 0, 0);
  }

  /** Returns this recipe with another optimizer; its usual learning rate comes with it. */
  public Recipe withOptimizer(OptimizerKind kind) {
    return kind == optimizer
        ? this
        : new Recipe(
            kind,
            kind.usualLr(),
            weightDecay,
            epochs,
            batchSize,
            augmentation,
            warmUp,
            labelSmoothing,
            ema);
  }

  /** Returns this recipe with another learning rate. */
  public Recipe withLr(double value) {
    return new Recipe(
        optimizer,
        value,
        weightDecay,
        epochs,
        batchSize,
        augmentation,
        warmUp,
        labelSmoothing,
        ema);
  }

  /**
   * Returns this recipe with another number of epochs; the first ones, at most all but one, warm
   * up.
   */
  public Recipe withEpochs(int n) {
    int rising = Math.min(warmUp, n - 1);
    return new Recipe(
        optimizer, lr, weightDecay, n, batchSize, augmentation, rising, labelSmoothing, ema);
  }

  /** Returns this recipe with another batch size. */
  public Recipe withBatchSize(int n) {
    return new Recipe(
        optimizer, lr, weightDecay, epochs, n, augmentation, warmUp, labelSmoothing, ema);
  }

  /** Returns this recipe with another augmentation. */
  public Recipe withAugmentation(Augmentation other) {
    return new Recipe(
        optimizer, lr, weightDecay, epochs, batchSize, other, warmUp, labelSmoothing, ema);
  }

  /** Returns this recipe with another number of epochs over which the learning rate rises. */
  public Recipe withWarmUp(int n) {
    return new Recipe(
        optimizer, lr, weightDecay, epochs, batchSize, augmentation, n, labelSmoothing, ema);
  }

  /** Returns this recipe with labels smoothed otherwise. */
  public Recipe withLabelSmoothing(double share) {
    return new Recipe(
        optimizer, lr, weightDecay, epochs, batchSize, augmentation, warmUp, share, ema);
  }

  /** Returns this recipe with an average of the weights of another decay. */
  public Recipe withEma(double decay) {
    return new Recipe(
        optimizer, lr, weightDecay, epochs, batchSize, augmentation, warmUp, labelSmoothing, decay);
  }

  /**
   * Returns the learning rate's way over all steps.
   *
   * @param samples of the training part
   */
  public LRSchedule schedule(int samples) {
    long perEpoch = Math.ceilDiv((long) samples, batchSize);
    LRSchedule falling = new CosineAnnealingLR((epochs - warmUp) * perEpoch);
    return warmUp == 0 ? falling : new LinearWarmup(warmUp * perEpoch, falling);
  }

  /** Returns what does not speak of images, on one line. */
  public String withoutImages() {
    String rising = warmUp == 0 ? "" : "rising over %s to ".formatted(epochs(warmUp));
    return "%s, learning rate %s%s%s falling to 0, weight decay %s, %s, batches of %d"
        .formatted(
            optimizer.label(),
            rising,
            lr,
            warmUp == 0 ? "" : " and",
            weightDecay,
            epochs(epochs),
            batchSize);
  }

  private static String epochs(int n) {
    return n == 1 ? "1 epoch" : n + " epochs";
  }

  /** Returns the recipe on one line. */
  @Override
  public String toString() {
    String smoothed = labelSmoothing == 0 ? "" : ", labels smoothed by " + labelSmoothing;
    String averaged = ema == 0 ? "" : ", weights averaged by " + ema;
    return withoutImages() + smoothed + averaged + ", images " + augmentation;
  }
}
