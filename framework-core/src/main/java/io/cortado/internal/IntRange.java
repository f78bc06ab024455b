package io.cortado.internal;

/**
 * The smallest and largest of some integers, kept beside labels so that checking them needs no look
 * at the device.
 *
 * @param min the smallest
 * @param max the largest
 */
public record IntRange(int min, int max) {

  /** Finds the range of the first {@code n} values; {@code [0, 0]} of none. */
  public static IntRange of(int[] values, int n) {
    if (n == 0) {
      return new IntRange(0, 0);
    }
    int min = values[0];
    int max = min;
    for (int i = 1; i < n; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    return new IntRange(min, max);
  }

  /** Says whether all values are at least {@code low} and below {@code high}. */
  public boolean within(int low, int high) {
    return min >= low && max < high;
  }
}
