package io.cortado.backend.spec;

/**
 * A normalisation of rows by their own statistics: layer norm, RMS norm, group norm.
 *
 * <p>The input is seen as {@code [rows, channels, inner]}, a row being what is normalised together.
 * Scale and shift are one for each group and channel: element {@code (r, c, i)} has those at {@code
 * r % groups * channels + c}. A layer norm has one group and an inner extent of 1; a group norm has
 * a row for each image and group.
 *
 * @param rows rows
 * @param groups rows with parameters of their own, which repeat after so many rows
 * @param channels parameters of a row
 * @param inner neighbours in a row that share a parameter
 * @param centered whether the mean is subtracted; an RMS norm takes it for 0
 * @param eps added to the variance, or to the mean square, under the root
 */
public record NormSpec(int rows, int groups, int channels, int inner, boolean centered, float eps) {

  /** Returns how many elements a row has. */
  public int width() {
    return channels * inner;
  }

  /** Returns how many scales there are, and how many shifts. */
  public int parameters() {
    return groups * channels;
  }

  /** Returns the number of elements. */
  public long count() {
    return (long) rows * width();
  }
}
