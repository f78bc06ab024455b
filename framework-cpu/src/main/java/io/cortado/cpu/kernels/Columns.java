package io.cortado.cpu.kernels;

/**
 * Moves columns to rows and back, some at a time.
 *
 * <p>For kernels along an axis that is not the last: a strip of columns is a cache line wide, so
 * each line is read once.
 */
final class Columns {

  /** Columns in a strip. */
  static final int STRIP = 16;

  private Columns() {}

  /** Copies {@code cols} columns of a matrix, rows {@code stride} apart, to rows without gaps. */
  static void gather(int rows, int cols, int stride, float[] from, int fo, float[] to, int too) {
    for (int r = 0; r < rows; r++) {
      int in = fo + r * stride;
      for (int c = 0; c < cols; c++) {
        to[too + c * rows + r] = from[in + c];
      }
    }
  }

  /** Copies rows without gaps to {@code cols} columns of a matrix, rows {@code stride} apart. */
  static void scatter(
      int rows, int cols, int stride, float[] from, int fo, float beta, float[] to, int too) {
    for (int r = 0; r < rows; r++) {
      int out = too + r * stride;
      for (int c = 0; c < cols; c++) {
        float v = from[fo + c * rows + r];
        to[out + c] = beta == 0 ? v : v + to[out + c];
      }
    }
  }
}
