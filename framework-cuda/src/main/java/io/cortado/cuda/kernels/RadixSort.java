package io.cortado.cuda.kernels;

import io.cortado.cuda.Scratch;
import jcuda.driver.CUdeviceptr;

/**
 * A stable sort of integer keys, each with a place that goes along with it.
 *
 * <p>By digits of four bits: three launches for each, whose work grows with the keys.
 */
final class RadixSort extends Family {

  private static final int DIGIT_BITS = 4;
  private static final int DIGITS = 1 << DIGIT_BITS;

  /** Keys that a block sorts; as in the kernels' file. */
  private static final int SORTED = BLOCK * 16;

  RadixSort(Kernels kernels) {
    super(kernels, "radix.cu");
  }

  /** Returns how many integers a sort of n keys needs for itself and for both. */
  static long scratchSize(int n) {
    return 4L * n + (long) DIGITS * tiles(n);
  }

  private static int tiles(int n) {
    return Math.ceilDiv(n, SORTED);
  }

  /** The keys and places of a sort, each in one of two places in memory. */
  static final class Keys {

    private final CUdeviceptr[] keys;
    private final CUdeviceptr[] places;
    private final CUdeviceptr counts;
    private final int n;
    private int now;

    /** Takes memory of {@link #scratchSize} integers. */
    Keys(Scratch scratch, int n) {
      this.n = n;
      keys = new CUdeviceptr[] {at(scratch, 0), at(scratch, n)};
      places = new CUdeviceptr[] {at(scratch, 2L * n), at(scratch, 3L * n)};
      counts = at(scratch, 4L * n);
    }

    CUdeviceptr keys() {
      return keys[now];
    }

    CUdeviceptr places() {
      return places[now];
    }
  }

  static CUdeviceptr at(Scratch scratch, long element) {
    return scratch.pointer().withByteOffset(4 * element);
  }

  /**
   * Sorts by the low bits of the keys, the highest of which counts as a digit's part like others.
   *
   * @param bits how many of them
   */
  void sort(Keys k, int bits) {
    int tiles = tiles(k.n);
    for (int shift = 0; shift < bits; shift += DIGIT_BITS) {
      int next = 1 - k.now;
      launch("radix_count", tiles, k.keys(), k.n, shift, k.counts);
      launch("radix_scan", 1, k.counts, DIGITS * tiles);
      launch(
          "radix_scatter",
          tiles,
          k.keys(),
          k.places(),
          k.n,
          shift,
          k.counts,
          k.keys[next],
          k.places[next]);
      k.now = next;
    }
  }

  /** Returns how many bits numbers up to {@code largest} have. */
  static int bits(int largest) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(largest);
  }
}
