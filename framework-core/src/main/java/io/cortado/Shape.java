package io.cortado;

import java.util.Arrays;

/**
 * The extents of a tensor, outermost first.
 *
 * <p>A shape is immutable and compares by value. The empty shape {@code []} is a scalar of one
 * element; an extent may be zero, and the shape then has no elements. Elements are stored
 * row-major: the last axis is contiguous.
 */
public final class Shape {

  private static final Shape SCALAR = new Shape(new int[0]);

  private final int[] dims;
  private final long size;

  private Shape(int[] dims) {
    this.dims = dims;
    this.size = elements(dims);
  }

  private static long elements(int[] dims) {
    long elements = 1;
    boolean none = false;
    boolean overflow = false;
    for (int d : dims) {
      if (d < 0) {
        throw new IllegalArgumentException(
            "negative extent in shape " + Arrays.toString(dims) + ": every extent must be >= 0");
      }
      none |= d == 0;
      overflow |= !none && elements > Long.MAX_VALUE / d;
      elements *= d;
    }
    if (overflow && !none) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(dims)
              + " has more elements than there can be, 2^63 or more; make an extent smaller");
    }
    return none ? 0 : elements;
  }

  /**
   * Makes a shape of the given extents.
   *
   * @throws IllegalArgumentException if an extent is negative or the number of elements overflows a
   *     long
   */
  public static Shape of(int... dims) {
    if (dims.length == 0) {
      return SCALAR;
    }
    return new Shape(dims.clone());
  }

  /** Returns the shape of a single number, {@code []}. */
  public static Shape scalar() {
    return SCALAR;
  }

  /** Makes a rank-1 shape. */
  public static Shape of(int d0) {
    return new Shape(new int[] {d0});
  }

  /** Makes a rank-2 shape. */
  public static Shape of(int d0, int d1) {
    return new Shape(new int[] {d0, d1});
  }

  /** Makes a rank-4 shape, as images have it: batch, channels, height, width. */
  public static Shape of(int d0, int d1, int d2, int d3) {
    return new Shape(new int[] {d0, d1, d2, d3});
  }

  /** Returns the number of axes. */
  public int rank() {
    return dims.length;
  }

  /** Returns the number of elements. */
  public long size() {
    return size;
  }

  /**
   * Returns the extent of one axis.
   *
   * @param axis the axis; negative counts from the end, so {@code -1} is the last
   * @throws IndexOutOfBoundsException if there is no such axis
   */
  public int dim(int axis) {
    return dims[axis(axis)];
  }

  /**
   * Returns the axis with a negative one counted from the end.
   *
   * @throws IndexOutOfBoundsException if there is no such axis
   */
  public int axis(int axis) {
    int a = axis < 0 ? axis + dims.length : axis;
    if (a < 0 || a >= dims.length) {
      throw new IndexOutOfBoundsException(
          dims.length == 0
              ? "axis %d of a scalar, which has none".formatted(axis)
              : "axis %d of shape %s of rank %d: give %d to %d"
                  .formatted(axis, this, dims.length, -dims.length, dims.length - 1));
    }
    return a;
  }

  /** Returns a copy of the extents. */
  public int[] toArray() {
    return dims.clone();
  }

  /**
   * Returns the product of the extents of axes {@code from} (inclusive) to {@code to} (exclusive).
   */
  public long product(int from, int to) {
    long p = 1;
    for (int i = from; i < to; i++) {
      p *= dims[i];
    }
    return p;
  }

  /** Returns this shape with the extent of one axis replaced. */
  public Shape with(int axis, int extent) {
    int[] d = dims.clone();
    d[axis(axis)] = extent;
    return new Shape(d);
  }

  /** Returns this shape without one axis. */
  public Shape without(int axis) {
    int a = axis(axis);
    int[] d = new int[dims.length - 1];
    System.arraycopy(dims, 0, d, 0, a);
    System.arraycopy(dims, a + 1, d, a, d.length - a);
    return new Shape(d);
  }

  /** Returns this shape with an axis of the given extent put in front, as a batch has it. */
  public Shape prepend(int extent) {
    int[] d = new int[dims.length + 1];
    d[0] = extent;
    System.arraycopy(dims, 0, d, 1, dims.length);
    return new Shape(d);
  }

  /** Returns the extents from axis {@code from} on, as the shape of one slice. */
  public Shape tail(int from) {
    return new Shape(Arrays.copyOfRange(dims, from, dims.length));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape s && Arrays.equals(dims, s.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /** Returns the extents as in {@code [128, 1, 28, 28]}. */
  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
