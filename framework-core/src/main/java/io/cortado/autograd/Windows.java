package io.cortado.autograd;

import io.cortado.Shape;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The windows that a convolution or a pooling moves over one, two or three axes.
 *
 * @param kernel extents of a window
 * @param stride steps between windows
 * @param padding elements added on each side
 * @param dilation distances between a window's elements
 */
public record Windows(Shape kernel, Shape stride, Shape padding, Shape dilation) {

  /** Makes windows of one extent along all axes, at steps of 1, without padding. */
  public static Windows of(int axes, int kernel) {
    return new Windows(filled(axes, kernel), filled(axes, 1), filled(axes, 0), filled(axes, 1));
  }

  private static Shape filled(int axes, int value) {
    int[] values = new int[axes];
    Arrays.fill(values, value);
    return Shape.of(values);
  }

  /** Returns how many axes the windows have. */
  public int axes() {
    return kernel.rank();
  }

  /** Returns windows like these with other extents. */
  public Windows withKernel(Shape k) {
    return new Windows(k, stride, padding, dilation);
  }

  /** Returns windows like these at other steps. */
  public Windows withStride(Shape s) {
    return new Windows(kernel, s, padding, dilation);
  }

  /** Returns windows like these with other padding. */
  public Windows withPadding(Shape p) {
    return new Windows(kernel, stride, p, dilation);
  }

  /** Returns windows like these with other distances between elements. */
  public Windows withDilation(Shape d) {
    return new Windows(kernel, stride, padding, d);
  }

  /**
   * Returns a number for each axis.
   *
   * @param what what the numbers are, for messages: {@code "conv2d: stride"}
   * @param least what they have to be at least
   * @param values one for each axis, or one for all
   * @throws IllegalArgumentException if there are more or less, or one is smaller
   */
  public static Shape extents(String what, int axes, int least, int... values) {
    if (values.length != 1 && values.length != axes) {
      throw new IllegalArgumentException(
          "%s is %s; give one number, or one for each of the %d axes"
              .formatted(what, Arrays.toString(values), axes));
    }
    if (Arrays.stream(values).anyMatch(v -> v < least)) {
      throw new IllegalArgumentException(
          "%s is %s, it has to be at least %d".formatted(what, text(values), least));
    }
    return values.length == axes ? Shape.of(values) : filled(axes, values[0]);
  }

  /** Returns how far a window reaches along an axis, from its first element to its last. */
  public int reach(int axis) {
    return dilation.dim(axis) * (kernel.dim(axis) - 1) + 1;
  }

  /** Returns how many windows there are along an axis of some extent; 0 where not one fits. */
  public int count(int axis, int extent) {
    long room = (long) extent + 2L * padding.dim(axis) - reach(axis);
    return room < 0 ? 0 : Math.toIntExact(room / stride.dim(axis) + 1);
  }

  /**
   * Returns how many windows there are if the last may reach beyond the padding.
   *
   * <p>It has to start inside the tensor or the padding before it, as PyTorch's.
   */
  public int countCeiling(int axis, int extent) {
    int step = stride.dim(axis);
    long room = (long) extent + 2L * padding.dim(axis) - reach(axis);
    long count = Math.ceilDiv(room, step) + 1; // room may be negative: a window larger than all
    boolean outside = (count - 1) * step >= (long) extent + padding.dim(axis);
    return Math.toIntExact(Math.max(0, outside ? count - 1 : count));
  }

  /** Returns how many windows there are along the last axes of a shape. */
  public Shape counts(Shape x) {
    int[] counts = new int[axes()];
    Arrays.setAll(counts, a -> count(a, x.dim(x.rank() - axes() + a)));
    return Shape.of(counts);
  }

  /** Returns numbers for messages: one where all are equal, else as in {@code 3x5}. */
  public static String text(Shape extents) {
    return text(extents.toArray());
  }

  private static String text(int[] values) {
    return Arrays.stream(values).distinct().count() == 1
        ? Integer.toString(values[0])
        : Arrays.stream(values).mapToObj(Integer::toString).collect(Collectors.joining("x"));
  }

  /** Returns all numbers for messages, as in {@code 3x3}. */
  static String product(Shape extents) {
    return Arrays.stream(extents.toArray())
        .mapToObj(Integer::toString)
        .collect(Collectors.joining("x"));
  }
}
