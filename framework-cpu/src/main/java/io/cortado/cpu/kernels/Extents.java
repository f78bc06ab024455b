package io.cortado.cpu.kernels;

import io.cortado.backend.BackendException;

/** Keeps index arithmetic within ints, and operands within their arrays. */
final class Extents {

  private Extents() {}

  /**
   * Checks that an operand of {@code elements} from {@code offset} on lies within its array.
   *
   * @throws BackendException if it does not
   */
  static void check(String operation, String operand, long elements, int offset, float[] array) {
    if (offset < 0 || elements > array.length - (long) offset) {
      throw new BackendException(
          operation
              + ": "
              + operand
              + " needs "
              + elements
              + " elements from offset "
              + offset
              + ", but its buffer has "
              + array.length
              + "; a CPU buffer ends at 2^31 - 1 elements: use a smaller batch");
    }
  }

  /**
   * Returns a scratch length as an int.
   *
   * @throws BackendException if it is too long for an array
   */
  static int length(String operation, long elements) {
    if (elements > Integer.MAX_VALUE - 64) {
      throw new BackendException(
          operation + ": needs " + elements + " elements of scratch memory; use a smaller batch");
    }
    return (int) elements;
  }

  static int ceilDiv(int x, int y) {
    return (x + y - 1) / y;
  }

  /** Returns the least multiple of {@code to} that is not below x. */
  static int roundUp(int x, int to) {
    return ceilDiv(x, to) * to;
  }
}
