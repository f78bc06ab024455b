package io.cortado.backend.spec;

/**
 * A local response normalisation across channels, input seen as {@code [outer, channels, inner]}.
 *
 * <p>{@code y = x / (k + alpha / size * s)^beta}, s being the sum of the squares in the window of
 * channels {@code c - behind()} to {@code c + ahead()}, as far as there are such channels.
 *
 * @param outer batch
 * @param channels channels
 * @param inner elements of one channel in one image
 * @param size channels in a window
 * @param alpha factor of the mean square
 * @param beta the exponent
 * @param k added to the mean square
 */
public record LrnSpec(
    int outer, int channels, int inner, int size, float alpha, float beta, float k) {

  /** Returns how many channels before the middle a window has; an even window leans back. */
  public int behind() {
    return size / 2;
  }

  /** Returns how many channels after the middle a window has. */
  public int ahead() {
    return (size - 1) / 2;
  }

  /** Returns the number of elements. */
  public long count() {
    return (long) outer * channels * inner;
  }
}
