package io.cortado;

/** The element types a {@link Tensor} can hold. */
public enum DType {
  /** IEEE 754 single precision, the type of everything that is differentiated. */
  FLOAT32(4),
  /** Signed 32-bit integers: class labels, indices, counters. */
  INT32(4);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Returns the size of one element in bytes. */
  public int bytes() {
    return bytes;
  }
}
