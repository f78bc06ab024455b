package io.cortado.cpu.simd;

import org.jspecify.annotations.Nullable;

/**
 * The innermost loops of poolings: windows of 2 x 2 that lie side by side, over some planes, and a
 * row of any other windows.
 *
 * <p>Of pairs: x has {@code planes} planes of {@code height} x {@code width}; y has as many of
 * {@code height / 2} x {@code width / 2}, both contiguous. {@code beta} is 0 to overwrite, 1 to
 * add. An odd row or column is in no window: its gradient is 0.
 *
 * <p>Implementations have no state, and are used by several threads at once.
 */
public interface PoolKernel {

  /**
   * Writes each window's largest element; NaN is larger than all else, and the first of equals
   * counts.
   *
   * @param at receives where in its plane each was; null if not wanted
   */
  void maxPairs(
      int planes,
      int height,
      int width,
      float[] x,
      int xOff,
      float[] y,
      int yOff,
      int @Nullable [] at,
      int atOff);

  /** Writes dy to where each window's largest element was, and 0 elsewhere. */
  void maxPairsBackward(
      int planes,
      int height,
      int width,
      int[] at,
      int atOff,
      float[] dy,
      int dyOff,
      float beta,
      float[] dx,
      int dxOff);

  /** Writes each window's sum, {@code ((a + b) + (c + d)) * scale} in the order of reading. */
  void sumPairs(
      int planes, int height, int width, float[] x, int xOff, float scale, float[] y, int yOff);

  /** Writes {@code dy * scale} to all four elements of each window. */
  void sumPairsBackward(
      int planes,
      int height,
      int width,
      float[] dy,
      int dyOff,
      float scale,
      float beta,
      float[] dx,
      int dxOff);

  /**
   * Writes the largest element of each window of a row of outputs, as {@link #maxPairs} chooses it.
   *
   * <p>Tap c of output j is at {@code off + r * stagedRow + taps[c] + j} for each row r from
   * rowFrom to rowTo, exclusive, of which there is one at least. Reads up to a vector beyond the
   * last.
   *
   * @param n outputs, at least 1
   * @param first is added to each place, {@code r * width + columns[c] + j * stride}
   * @param room how many elements of y and at may be written, at least n: those from n on receive
   *     anything
   * @param at receives the places; null if not wanted
   */
  void maxRow(
      WindowGrid grid,
      int n,
      int rowFrom,
      int rowTo,
      float[] staged,
      int off,
      int first,
      int room,
      float[] y,
      int yOff,
      int @Nullable [] at,
      int atOff);

  /**
   * Writes the sum of each window of a row of outputs, row by row, over a divisor of its own.
   *
   * @param divisor one for each output from divisorOff on, readable up to a vector beyond the last
   */
  void sumRow(
      WindowGrid grid,
      int n,
      int rowFrom,
      int rowTo,
      float[] staged,
      int off,
      float[] divisor,
      int divisorOff,
      int room,
      float[] y,
      int yOff);

  /**
   * Takes a plane's columns apart: {@code y[p * phase + r * row + v] = x[r * width + v * stride +
   * p]}.
   *
   * @param stride at least 2
   * @param y from its start; up to a vector beyond each phase receives anything
   * @param row elements from one row of a phase to the next, at least as many as it has
   * @param phase elements from one phase to the next, a vector more than its rows
   */
  void part(int height, int width, int stride, float[] x, int xOff, float[] y, int row, int phase);
}
