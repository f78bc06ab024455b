package io.cortado.cpu.kernels;

/**
 * Axes with a stride each, walked in row-major order.
 *
 * <p>Turns the number of a row into the offset where the row begins.
 */
final class Strides {

  private final int[] extents;
  private final int[] strides;

  Strides(int[] extents, int[] strides) {
    this.extents = extents.clone();
    this.strides = strides.clone();
  }

  /** Returns how many rows there are. */
  int count() {
    int n = 1;
    for (int e : extents) {
      n *= e;
    }
    return n;
  }

  /** Returns the offset of one row. */
  int offset(int row) {
    int last = extents.length - 1;
    if (last < 0) {
      return 0;
    }
    int offset = 0;
    int rest = row;
    for (int i = last; i > 0; i--) {
      int quotient = rest / extents[i];
      offset += (rest - quotient * extents[i]) * strides[i];
      rest = quotient;
    }
    return offset + rest * strides[0];
  }

  /**
   * Returns the first row behind this one that does not differ from it along the last axis alone.
   */
  int axisEnd(int row) {
    int extent = extents.length == 0 ? 1 : extents[extents.length - 1];
    return row - row % extent + extent;
  }

  /** Returns the distance of neighbours along the last axis. */
  int lastStride() {
    return strides.length == 0 ? 0 : strides[strides.length - 1];
  }
}
