package io.cortado.backend.spec;

/**
 * A normalisation of each channel over batch and space, input seen as {@code [outer, channels,
 * inner]}.
 *
 * @param outer batch
 * @param channels channels
 * @param inner elements of one channel in one image
 * @param eps added to the variance under the root
 */
public record BatchNormSpec(int outer, int channels, int inner, float eps) {

  /** Returns how many elements each channel is averaged over. */
  public long count() {
    return (long) outer * inner;
  }
}
