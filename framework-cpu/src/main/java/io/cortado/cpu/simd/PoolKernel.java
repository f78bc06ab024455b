package io.cortado.cpu.simd;

import org.jspecify.annotations.Nullable;

/**
 * The innermost loops of poolings whose windows are 2 x 2 and lie side by side, over some planes.
 *
 * <p>x has {@code planes} planes of {@code height} x {@code width}; y has as many of {@code height
 * / 2} x {@code width / 2}, both contiguous. {@code beta} is 0 to overwrite, 1 to add. An odd row
 * or column is in no window: its gradient is 0.
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
}
