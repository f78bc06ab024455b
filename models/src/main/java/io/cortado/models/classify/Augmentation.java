package io.cortado.models.classify;

import io.cortado.data.Dataset;
import io.cortado.data.Transforms;
import io.cortado.models.Suggestions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is done to training images, anew each time one is seen. */
public enum Augmentation {
  /** Nothing. */
  NONE("as they are"),
  /** Moved by up to one pixel each way. */
  SHIFT("moved by up to 1 pixel"),
  /** Mirrored half of the time. */
  FLIP("mirrored half of the time"),
  /** Moved by up to four pixels each way, and mirrored half of the time. */
  CROP_FLIP("moved by up to 4 pixels, mirrored half of the time"),
  /** As {@link #CROP_FLIP}, and a square of eight pixels is made grey. */
  CUTOUT("moved by up to 4 pixels, mirrored half of the time, a square of 8 pixels cut out"),
  /** As {@link #CROP_FLIP}, and a square of half the picture's side is made grey. */
  CUTOUT_HALF(
      "moved by up to 4 pixels, mirrored half of the time, a square of half the side cut out"),
  /** Mirrored half of the time, and its colors moved along their principal components. */
  COLOR_FLIP("mirrored half of the time, colors moved along their principal components"),
  /** Turned by up to ten degrees, and brightness, contrast and saturation changed. */
  TURN_COLOR("mirrored half of the time, turned by up to 10 degrees, light and colors changed");

  private static final double LIGHTING = 0.1;

  private final String description;

  Augmentation(String description) {
    this.description = description;
  }

  /** Returns the name that users give: crop-flip, for example. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Finds one by the name that users give.
   *
   * @throws io.cortado.models.InputException if there is none
   */
  public static Augmentation of(String name) {
    List<Augmentation> all = Arrays.asList(values());
    return Suggestions.find("augmentation", name, all, Augmentation::label);
  }

  /**
   * Returns a set whose images are changed so.
   *
   * @param model says what black is in the set
   */
  public Dataset apply(Dataset images, ImageModel model) {
    float black = model.scaling().apply(0, 0);
    return switch (this) {
      case NONE -> images;
      case SHIFT -> images.map(Transforms.randomCrop(1, black));
      case FLIP -> images.map(Transforms.randomHorizontalFlip(0.5));
      case CROP_FLIP ->
          images.map(Transforms.randomCrop(4, black), Transforms.randomHorizontalFlip(0.5));
      case CUTOUT -> cut(images, black, 8);
      case CUTOUT_HALF -> cut(images, black, half(model));
      case COLOR_FLIP ->
          images.map(
              Transforms.randomHorizontalFlip(0.5),
              Transforms.pcaLighting(ColorComponents.of(images), LIGHTING));
      case TURN_COLOR ->
          images.map(
              Transforms.randomHorizontalFlip(0.5),
              Transforms.randomRotation(10, black),
              Transforms.colorJitter(0.3, 0.3, 0.3, model.scaling()));
    };
  }

  private static Dataset cut(Dataset images, float black, int side) {
    return images.map(
        Transforms.randomCrop(4, black),
        Transforms.randomHorizontalFlip(0.5),
        Transforms.cutout(side, 0));
  }

  /** For CIFAR-10's 32 pixels the 16 that the paper of cutout found best. */
  private static int half(ImageModel model) {
    return Math.max(1, Math.min(model.input().dim(1), model.input().dim(2)) / 2);
  }

  /** Returns what is done, for the user to read. */
  @Override
  public String toString() {
    return description;
  }
}
