package io.cortado.io;

import io.cortado.Shape;

/** Counts through an array whose first axis is contiguous. */
final class FortranOrder {

  private final int[] dims;
  private final int[] strides; // of the row-major array
  private final int[] index;
  private int offset;

  /**
   * Stands at the first element.
   *
   * @param shape of less than 2^31 elements
   */
  FortranOrder(Shape shape) {
    dims = shape.toArray();
    strides = new int[dims.length];
    index = new int[dims.length];
    int stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= dims[i];
    }
  }

  /** Returns where the element is in row-major order, and goes on to the next. */
  int next() {
    int here = offset;
    for (int i = 0; i < dims.length; i++) {
      offset += strides[i];
      if (++index[i] < dims[i]) {
        break;
      }
      offset -= dims[i] * strides[i];
      index[i] = 0;
    }
    return here;
  }
}
