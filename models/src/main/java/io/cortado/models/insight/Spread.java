package io.cortado.models.insight;

/**
 * What many numbers are like.
 *
 * @param norm their Euclidean norm
 * @param sum the sum of the finite ones
 * @param min the smallest finite one
 * @param max the largest finite one
 * @param bars how many lie in each {@link #BARS}-th from min to max; of equal numbers all in the
 *     first
 * @param notFinite how many are infinite or NaN
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Spread(double norm, double sum, float min, float max, int[] bars, long notFinite) {

  /** How many bars a histogram has: as many as those of TensorBoard. */
  public static final int BARS = 30;

  /** Brings numbers piece by piece. */
  @FunctionalInterface
  public interface Source {
    /**
     * Copies numbers.
     *
     * @param at the first's index
     * @param into where they go, from its beginning
     * @param n how many
     */
    void read(long at, float[] into, int n);
  }

  /** Looks at numbers. */
  public static Spread of(float... values) {
    return of(values.length, values, (at, into, n) -> {});
  }

  /**
   * Looks at numbers that come piece by piece, twice if they are more than a piece.
   *
   * @param size how many there are
   * @param chunk room for a piece
   */
  public static Spread of(long size, float[] chunk, Source source) {
    double squares = 0;
    double sum = 0;
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    long notFinite = 0;
    for (long at = 0; at < size; at += chunk.length) {
      int n = (int) Math.min(chunk.length, size - at);
      source.read(at, chunk, n);
      for (int i = 0; i < n; i++) {
        float v = chunk[i];
        squares += (double) v * v;
        if (Math.abs(v) <= Float.MAX_VALUE) {
          sum += v;
          min = Math.min(min, v);
          max = Math.max(max, v);
        } else {
          notFinite++;
        }
      }
    }
    return notFinite == size
        ? new Spread(Math.sqrt(squares), 0, 0, 0, new int[BARS], notFinite)
        : new Spread(
            Math.sqrt(squares), sum, min, max, bars(size, chunk, source, min, max), notFinite);
  }

  private static int[] bars(long size, float[] chunk, Source source, float min, float max) {
    int[] bars = new int[BARS];
    double scale = max > min ? BARS / ((double) max - min) : 0;
    for (long at = 0; at < size; at += chunk.length) {
      int n = (int) Math.min(chunk.length, size - at);
      if (size > chunk.length) { // numbers of one piece are still there
        source.read(at, chunk, n);
      }
      for (int i = 0; i < n; i++) {
        float v = chunk[i];
        if (Math.abs(v) <= Float.MAX_VALUE) {
          bars[Math.min(BARS - 1, (int) ((v - min) * scale))]++;
        }
      }
    }
    return bars;
  }

  /** Returns how many finite numbers there are. */
  public long finite() {
    long n = 0;
    for (int bar : bars) {
      n += bar;
    }
    return n;
  }
}
