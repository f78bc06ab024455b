package io.cortado.backend.spec;

import io.cortado.Shape;

/**
 * A two-dimensional pooling, NCHW.
 *
 * <p>Output row i looks at the input rows {@code rowStart(i) + r * dilationH} that are inside the
 * image; columns likewise. An adaptive pooling has windows of varying extent that cover the image:
 * {@code floor(i h / outH)} to {@code ceil((i + 1) h / outH)}.
 *
 * @param mode what is taken of each window
 * @param n batch
 * @param c channels
 * @param h input height
 * @param w input width
 * @param outH output height
 * @param outW output width
 * @param kernelH window height; ignored by an adaptive pooling
 * @param kernelW window width
 * @param strideH step between windows down
 * @param strideW step between windows across
 * @param padH rows added above and below: minus infinity for the maximum, zeros else
 * @param padW columns added left and right
 * @param dilationH distance between window rows; 1 except for the maximum
 * @param dilationW distance between window columns
 * @param adaptive whether windows follow from the output's extent alone
 */
public record PoolSpec(
    Mode mode,
    int n,
    int c,
    int h,
    int w,
    int outH,
    int outW,
    int kernelH,
    int kernelW,
    int strideH,
    int strideW,
    int padH,
    int padW,
    int dilationH,
    int dilationW,
    boolean adaptive) {

  /** What is taken of each window. */
  public enum Mode {
    /**
     * The largest element; NaN if there is one. The gradient goes to the first largest in row-major
     * order.
     */
    MAX,
    /**
     * The sum divided by the window's extent, padding counted (but not what lies beyond the
     * padding).
     */
    AVERAGE,
    /** The sum divided by the number of elements inside the image. */
    AVERAGE_EXCLUDE_PADDING,
    /** The sum. */
    SUM
  }

  /** Returns the first input row of output row i's window; it may be negative. */
  public int rowStart(int i) {
    return adaptive ? (int) ((long) i * h / outH) : i * strideH - padH;
  }

  /**
   * Returns one more than the last input row of output row i's window; it may be beyond the image.
   */
  public int rowEnd(int i) {
    return adaptive
        ? (int) (((long) (i + 1) * h + outH - 1) / outH)
        : i * strideH - padH + dilationH * (kernelH - 1) + 1;
  }

  /** Returns the first input column of output column j's window; it may be negative. */
  public int colStart(int j) {
    return adaptive ? (int) ((long) j * w / outW) : j * strideW - padW;
  }

  /**
   * Returns one more than the last input column of output column j's window; it may be beyond the
   * image.
   */
  public int colEnd(int j) {
    return adaptive
        ? (int) (((long) (j + 1) * w + outW - 1) / outW)
        : j * strideW - padW + dilationW * (kernelW - 1) + 1;
  }

  /**
   * Returns what the sum of the window at (i, j) is divided by.
   *
   * <p>As in PyTorch: with padding counted, the window's extent cut at the padded image's end (it
   * reaches beyond it only in ceil mode).
   */
  public int divisor(int i, int j) {
    return switch (mode) {
      case SUM, MAX -> 1;
      case AVERAGE ->
          (Math.min(rowEnd(i), h + padH) - rowStart(i))
              * (Math.min(colEnd(j), w + padW) - colStart(j));
      case AVERAGE_EXCLUDE_PADDING ->
          (Math.min(rowEnd(i), h) - Math.max(rowStart(i), 0))
              * (Math.min(colEnd(j), w) - Math.max(colStart(j), 0));
    };
  }

  /** Returns the shape of the input. */
  public Shape inputShape() {
    return Shape.of(n, c, h, w);
  }

  /** Returns the shape of the output. */
  public Shape outputShape() {
    return Shape.of(n, c, outH, outW);
  }
}
