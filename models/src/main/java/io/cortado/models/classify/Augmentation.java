package io.cortado.models.classify;

import io.cortado.data.Dataset;
import io.cortado.data.Transforms;

/** What is done to training images, anew each time one is seen. */
public enum Augmentation {
  /** Nothing. */
  NONE("as they are"),
  /** Moved by up to one pixel each way. */
  SHIFT("moved by up to 1 pixel"),
  /** Mirrored half of the time. */
  FLIP("mirrored half of the time");

  private final String description;

  Augmentation(String description) {
    this.description = description;
  }

  /**
   * Returns a set whose images are changed so.
   *
   * @param black what a black pixel is in the set
   */
  public Dataset apply(Dataset images, float black) {
    return switch (this) {
      case NONE -> images;
      case SHIFT -> images.map(Transforms.randomCrop(1, black));
      case FLIP -> images.map(Transforms.randomHorizontalFlip(0.5));
    };
  }

  /** Returns what is done, for the user to read. */
  @Override
  public String toString() {
    return description;
  }
}
