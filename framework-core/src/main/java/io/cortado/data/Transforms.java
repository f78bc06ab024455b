package io.cortado.data;

/**
 * Transforms of images and other float fields.
 *
 * <p>Images have the shape {@code [channels, height, width]}; each channel is treated alike.
 * Arguments out of range are {@link IllegalArgumentException}s.
 */
public final class Transforms {

  private Transforms() {}

  /** Computes {@code (x - mean) / std}. */
  public static Transform normalize(float mean, float std) {
    return normalize(new float[] {mean}, new float[] {std});
  }

  /**
   * Computes {@code (x - mean) / std} along the first axis: the channels of an image, the features
   * of a vector.
   *
   * @param mean for each index of the axis, or one for all
   * @param std for each, or one for all; not 0
   */
  public static Transform normalize(float[] mean, float[] std) {
    return new Normalize(mean.clone(), std.clone());
  }

  /** Computes {@code x * factor + offset}. */
  public static Transform scale(float factor, float offset) {
    return new Scale(factor, offset);
  }

  /** Puts an edge of constant value around images. */
  public static Transform pad(int pixels, float value) {
    return new Pad(pixels, value);
  }

  /** Brings images to another size, bilinearly as {@code interpolate(align_corners=False)} does. */
  public static Transform resize(int height, int width) {
    return new Resize(height, width);
  }

  /** Mirrors images left to right with a probability. */
  public static Transform randomHorizontalFlip(double probability) {
    return new RandomHorizontalFlip(probability);
  }

  /**
   * Moves images by up to {@code padding} pixels each way: as if padded and cut out at random.
   *
   * @param value what comes in from outside; for normalised images mostly what black became
   */
  public static Transform randomCrop(int padding, float value) {
    return new RandomCrop(padding, value);
  }

  /**
   * Turns images about their centre by up to an angle each way, bilinearly.
   *
   * @param degrees the largest angle
   * @param value what comes in from outside
   */
  public static Transform randomRotation(double degrees, float value) {
    return new RandomAffine(degrees, 0, 1, 1, value);
  }

  /**
   * Turns, moves and scales images at random, bilinearly.
   *
   * @param degrees the largest angle each way
   * @param translate the largest movement each way, as a share of height and width
   * @param minScale the smallest size, 1 being the same
   * @param maxScale the largest
   * @param value what comes in from outside
   */
  public static Transform randomAffine(
      double degrees, double translate, double minScale, double maxScale, float value) {
    return new RandomAffine(degrees, translate, minScale, maxScale, value);
  }
}
