package io.cortado.cpu.simd;

/**
 * The innermost loops of Winograd's convolution: the seam between its blocking and the machine.
 *
 * <p>Everything works on cells: {@link #lanes()} channels of one pixel side by side. NCHW becomes
 * cells by {@link #interleave} and is made from them by {@link #deinterleave}; transforms and
 * products never mix the lanes of a cell.
 *
 * <p>Implementations have no state, and are used by several threads at once.
 */
public interface WinogradKernel {

  /** Returns how many channels a cell has. */
  int lanes();

  /** Returns the rows of a product's tile, a divisor of {@link #columns()}. */
  int rows();

  /** Returns the columns of a product's tile: two cells. */
  int columns();

  /**
   * Computes {@code c[i, j] = sum over p of a[i, p] * b[p, j] + (add ? c[i, j] : 0)} for {@link
   * #rows()} x {@link #columns()} elements, in ascending order of p.
   *
   * @param k products to sum
   * @param a element (i, p) is at {@code aOff + i * aRow + p}
   * @param b a packed sliver from bOff: k rows of {@link #columns()} elements
   * @param c the tile's first element is at cOff, its rows are ldc apart
   */
  void multiplyRows(
      int k,
      float[] a,
      int aOff,
      int aRow,
      float[] b,
      int bOff,
      boolean add,
      float[] c,
      int cOff,
      int ldc);

  /**
   * Computes the same with another layout of a.
   *
   * @param a element (i, p) is at {@code aOff + i + p * columns}
   */
  void multiplyColumns(
      int k, float[] a, int aOff, float[] b, int bOff, boolean add, float[] c, int cOff, int ldc);

  /**
   * Applies a transform to columns of cells: {@code dst[i] = sum over j of t[i, j] * src[j]}.
   *
   * <p>Columns are done in ascending order; each is read whole before it is written.
   *
   * @param count how many columns
   * @param src cell j of column n is at {@code srcOff + n * srcNext + j * srcStride}
   * @param dst cell i of column n is at {@code dstOff + n * dstNext + i * dstStride}
   */
  void transform(
      WinogradTransform t,
      int count,
      float[] src,
      int srcOff,
      int srcStride,
      int srcNext,
      float[] dst,
      int dstOff,
      int dstStride,
      int dstNext);

  /**
   * Makes cells: {@code dst[p * lanes + l] = src[l * plane + p]} for p below count.
   *
   * @param channels lanes to fill; the others become 0
   */
  void interleave(
      int count, int channels, float[] src, int srcOff, int plane, float[] dst, int dstOff);

  /**
   * Takes cells apart: {@code dst[l * plane + p] = src[p * lanes + l] + beta * dst[l * plane + p]};
   * a beta of 0 overwrites.
   *
   * @param channels lanes to write
   */
  void deinterleave(
      int count,
      int channels,
      float[] src,
      int srcOff,
      float beta,
      float[] dst,
      int dstOff,
      int plane);

  /** Adds one cell to each of count cells. */
  void add(int count, float[] cell, int cellOff, float[] x, int xOff);
}
