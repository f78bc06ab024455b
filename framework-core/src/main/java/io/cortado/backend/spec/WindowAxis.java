package io.cortado.backend.spec;

/**
 * The windows of a pooling along one axis.
 *
 * @param kind where they start
 * @param in the input's extent
 * @param out how many windows there are
 * @param kernel how many elements a window has; ignored by adaptive ones
 * @param stride step between regular windows
 * @param padding elements before the axis that regular windows begin with
 * @param dilation distance between a regular window's elements; 1 for all others
 */
public record WindowAxis(
    Kind kind, int in, int out, int kernel, int stride, int padding, int dilation) {

  /** Where windows start. */
  public enum Kind {
    /** At {@code i * stride - padding}. */
    REGULAR,
    /** At {@code floor(i in / out)}; they end at {@code ceil((i + 1) in / out)}. */
    ADAPTIVE,
    /**
     * At {@code floor((i + u) a) - floor(u a)}, u being a sample of [0, 1) and {@code a = (in -
     * kernel) / (out - 1)}, in single precision; the last one ends with the axis.
     *
     * <p>Source: Graham, "Fractional Max-Pooling" (2014), as in PyTorch.
     */
    RANDOM
  }

  /** Makes an axis of random windows. */
  public static WindowAxis random(int in, int out, int kernel) {
    return new WindowAxis(Kind.RANDOM, in, out, kernel, 1, 0, 1);
  }

  /** Makes an axis along which nothing is pooled. */
  public static WindowAxis none() {
    return new WindowAxis(Kind.REGULAR, 1, 1, 1, 1, 0, 1);
  }

  private int start(int i, float sample) {
    return switch (kind) {
      case REGULAR -> i * stride - padding;
      case ADAPTIVE -> (int) ((long) i * in / out);
      case RANDOM -> randomStart(i, sample);
    };
  }

  private int randomStart(int i, float sample) {
    int last = in - kernel;
    if (i == out - 1) {
      return last;
    }
    float step = (float) last / (out - 1);
    int at = (int) ((i + sample) * step) - (int) (sample * step);
    return Math.max(0, Math.min(at, last)); // whatever the sample is
  }

  /**
   * Returns the first place of window i inside the axis.
   *
   * @param sample what moves random windows
   */
  public int first(int i, float sample) {
    int start = start(i, sample);
    return start >= 0 ? start : start + (dilation - 1 - start) / dilation * dilation;
  }

  /**
   * Returns a bound of window i's places inside the axis, exclusive.
   *
   * @param sample what moves random windows
   */
  public int end(int i, float sample) {
    long end =
        kind == Kind.ADAPTIVE
            ? ((i + 1L) * in + out - 1) / out
            : start(i, sample) + (kernel - 1L) * dilation + 1;
    return (int) Math.min(in, end);
  }
}
