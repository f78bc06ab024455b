package io.cortado.cpu.simd;

/**
 * The innermost loops of matrix products and convolutions: the seam between blocking and machine.
 *
 * <p>A tile is {@link #rows()} x {@link #columns()} elements of C, held in registers while k
 * products are summed, in ascending order of k. A sliver of A is packed as k rows of {@code rows()}
 * elements, a sliver of B as k rows of {@code columns()} elements. Callers pad slivers with zeros
 * at the matrix's edges and give a scratch C there.
 *
 * <p>Implementations have no state, and are used by several threads at once.
 */
public interface GemmKernel {

  /** Returns the kernels of plain matrix products, made alike. */
  ProductKernel products();

  /** Returns how many floats one vector holds. */
  int lanes();

  /** Returns the rows of a tile. */
  int rows();

  /** Returns the columns of a tile, a multiple of {@link #lanes()} and at most twice it. */
  int columns();

  /**
   * Computes {@code c[i, j] = alpha * sum over p of a[p, i] * b[p, j] + beta * c[i, j]}; a beta of
   * 0 overwrites.
   *
   * @param k products to sum; 0 is allowed
   * @param a a packed sliver from aOff
   * @param b a packed sliver from bOff
   * @param c the tile's first element is at cOff, its rows are ldc apart
   */
  void tile(
      int k,
      float alpha,
      float[] a,
      int aOff,
      float[] b,
      int bOff,
      float beta,
      float[] c,
      int cOff,
      int ldc);

  /**
   * Computes the same, alpha being 1, with the rows of b wherever a table says.
   *
   * @param b row p of b starts at {@code bOff + bRows[bRowsOff + p]}
   */
  void tileAt(
      int k,
      float[] a,
      int aOff,
      float[] b,
      int bOff,
      int[] bRows,
      int bRowsOff,
      float beta,
      float[] c,
      int cOff,
      int ldc);

  /**
   * Packs a sliver of B out of short runs: {@code dst[p, col[q] + i] = src[table[p] + from[q] + i]}
   * for i below {@code len[q]}.
   *
   * <p>May read up to {@link #columns()} elements beyond a run and write as many beyond the sliver;
   * runs ascend in col and leave no gap between them. Elements of a row beyond the last run are
   * undefined.
   *
   * @param k rows p
   * @param src read from {@code srcOff} on
   * @param table what row p adds to the source offset, at {@code tableOff + p}
   * @param runs how many runs; the three arrays have at least so many elements
   */
  void packRuns(
      int k,
      float[] src,
      int srcOff,
      int[] table,
      int tableOff,
      int runs,
      int[] from,
      int[] col,
      int[] len,
      float[] dst,
      int dstOff);

  /** Computes {@code y = y + alpha * x}. */
  void axpy(int n, float alpha, float[] x, int xOff, float[] y, int yOff);

  /** Returns the loops of Winograd's convolution for the same machine. */
  WinogradKernel winograd();
}
