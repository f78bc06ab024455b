package io.cortado.data;

import java.util.Arrays;

/**
 * What the byte of a pixel becomes: {@code (byte / 255 - mean) / std}, with mean and std for each
 * channel.
 *
 * <p>The arithmetic is that of PyTorch's {@code ToTensor} and {@code Normalize}, to the bit. A
 * saved model has to be given images of the scaling that it was trained with.
 */
public final class Scaling {

  private final float[] mean;
  private final float[] std;

  private Scaling(float[] mean, float[] std) {
    this.mean = mean;
    this.std = std;
  }

  /** Maps bytes to 0 to 1, for any number of channels. */
  public static Scaling unit() {
    return new Scaling(new float[] {0}, new float[] {1});
  }

  /** Maps grey images of a mean and a standard deviation to mean 0 and deviation 1. */
  public static Scaling normalize(float mean, float std) {
    return normalize(new float[] {mean}, new float[] {std});
  }

  /**
   * Maps images to mean 0 and standard deviation 1.
   *
   * @param mean for each channel, or one for all, of pixels between 0 and 1
   * @param std for each channel, or one for all
   * @throws IllegalArgumentException if the lengths differ or a number is not usable
   */
  public static Scaling normalize(float[] mean, float[] std) {
    Normalize.check(mean, std);
    return new Scaling(mean.clone(), std.clone());
  }

  /** Returns the mean for each channel, or one for all. */
  public float[] mean() {
    return mean.clone();
  }

  /** Returns the standard deviation for each channel, or one for all. */
  public float[] std() {
    return std.clone();
  }

  /** Returns what a byte becomes, as an image given by a user needs it. */
  public float apply(int channel, int unsignedByte) {
    int c = mean.length == 1 ? 0 : channel;
    return (unsignedByte / 255f - mean[c]) / std[c];
  }

  /**
   * Returns the byte that becomes a number, as showing an image needs it; values outside are cut
   * off.
   */
  public int invert(int channel, float value) {
    int c = mean.length == 1 ? 0 : channel;
    return Math.clamp(Math.round((value * std[c] + mean[c]) * 255), 0, 255);
  }

  float[][] tables(int channels) {
    if (mean.length != 1 && mean.length != channels) {
      throw new IllegalArgumentException(
          "scaling for " + mean.length + " channels, but the images have " + channels);
    }
    float[][] tables = new float[channels][256];
    for (int c = 0; c < channels; c++) {
      for (int b = 0; b < 256; b++) {
        tables[c][b] = apply(c, b);
      }
    }
    return tables;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Scaling s && Arrays.equals(mean, s.mean) && Arrays.equals(std, s.std);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(mean) + Arrays.hashCode(std);
  }

  @Override
  public String toString() {
    return "(byte / 255 - " + Arrays.toString(mean) + ") / " + Arrays.toString(std);
  }
}
