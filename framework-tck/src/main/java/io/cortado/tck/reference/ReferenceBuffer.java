package io.cortado.tck.reference;

import io.cortado.DType;
import io.cortado.backend.Buffer;

/** A run of elements of a Java array, exactly as long as was asked for. */
final class ReferenceBuffer implements Buffer {

  private final DType dtype;
  private final float[] floats;
  private final int[] ints;
  private final int offset;
  private final int length;

  private ReferenceBuffer(DType dtype, float[] floats, int[] ints, int offset, int length) {
    this.dtype = dtype;
    this.floats = floats;
    this.ints = ints;
    this.offset = offset;
    this.length = length;
  }

  static ReferenceBuffer allocate(DType dtype, int length) {
    boolean isFloat = dtype == DType.FLOAT32;
    return new ReferenceBuffer(
        dtype, new float[isFloat ? length : 0], new int[isFloat ? 0 : length], 0, length);
  }

  ReferenceBuffer slice(long from, long extent) {
    check(from, extent);
    return new ReferenceBuffer(dtype, floats, ints, offset + (int) from, (int) extent);
  }

  private void check(long from, long extent) {
    if (from < 0 || extent < 0 || from + extent > length) {
      throw new IndexOutOfBoundsException(
          "elements " + from + " to " + (from + extent) + " of a buffer of " + length);
    }
  }

  void get(long from, float[] dst, int dstOffset, int n) {
    check(from, n);
    System.arraycopy(floats, offset + (int) from, dst, dstOffset, n);
  }

  void get(long from, int[] dst, int dstOffset, int n) {
    check(from, n);
    System.arraycopy(ints, offset + (int) from, dst, dstOffset, n);
  }

  void set(long from, float[] src, int srcOffset, int n) {
    check(from, n);
    System.arraycopy(src, srcOffset, floats, offset + (int) from, n);
  }

  void set(long from, int[] src, int srcOffset, int n) {
    check(from, n);
    System.arraycopy(src, srcOffset, ints, offset + (int) from, n);
  }

  /** Returns the first elements as doubles. */
  double[] doubles(long n) {
    float[] x = new float[Math.toIntExact(n)];
    get(0, x, 0, x.length);
    return Numbers.doubles(x);
  }

  /** Returns the first elements. */
  int[] ints(long n) {
    int[] x = new int[Math.toIntExact(n)];
    get(0, x, 0, x.length);
    return x;
  }

  /** Sets the first elements, rounded to floats. */
  void set(double[] values) {
    set(0, Numbers.floats(values), 0, values.length);
  }

  /** Sets the first elements to {@code values + beta * what was there}. */
  void set(double[] values, float beta) {
    set(Numbers.accumulate(values, beta, beta == 0 ? values : doubles(values.length)));
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public long length() {
    return length;
  }
}
