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

  /** Mirrors images left to right, all of them. */
  public static Transform horizontalFlip() {
    return new RandomHorizontalFlip(1);
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

  /**
   * Cuts a part of a size out of images, at random.
   *
   * @see <a
   *     href="https://pytorch.org/vision/stable/generated/torchvision.transforms.RandomCrop.html">RandomCrop</a>
   */
  public static Transform randomCropTo(int height, int width) {
    return new Crop(height, width, true);
  }

  /**
   * Cuts the middle of a size out of images.
   *
   * @see <a
   *     href="https://pytorch.org/vision/stable/generated/torchvision.transforms.CenterCrop.html">CenterCrop</a>
   */
  public static Transform centerCrop(int height, int width) {
    return new Crop(height, width, false);
  }

  /**
   * Cuts a part out of images, always the same one.
   *
   * @param top the first row
   * @param left the first column
   * @see <a
   *     href="https://pytorch.org/vision/stable/generated/torchvision.transforms.functional.crop.html">functional.crop</a>
   */
  public static Transform crop(int top, int left, int height, int width) {
    return new CropAt(top, left, height, width);
  }

  /**
   * Fills a square of images at a random place, which may stand over the border (T. DeVries and G.
   * W. Taylor, "Improved regularization of convolutional neural networks with cutout", 2017).
   *
   * @param side of the square, in pixels
   * @param value what it is filled with; for normalised images 0 is their mean
   */
  public static Transform cutout(int side, float value) {
    return new Cutout(side, value);
  }

  /**
   * Changes brightness, contrast and saturation, in this order, each by a factor drawn between
   * {@code 1 - change} and {@code 1 + change}.
   *
   * @param scaling what was done to the images: they are changed as pixels between 0 and 1
   * @see <a
   *     href="https://pytorch.org/vision/stable/generated/torchvision.transforms.ColorJitter.html">ColorJitter</a>
   */
  public static Transform colorJitter(
      double brightness, double contrast, double saturation, Scaling scaling) {
    return new ColorJitter(brightness, contrast, saturation, scaling);
  }

  /**
   * Adds to all pixels of an image the same random color: the sum of the given directions, each
   * times a normal number (A. Krizhevsky et al. 2012, section 4.1).
   *
   * @param components a number for each channel each: an eigenvector of the colors' covariance,
   *     times the root of its eigenvalue
   * @param deviation of the normal numbers; 0.1 in the paper
   */
  public static Transform pcaLighting(float[][] components, double deviation) {
    return new PcaLighting(components, deviation);
  }
}
