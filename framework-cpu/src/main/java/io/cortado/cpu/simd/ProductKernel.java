package io.cortado.cpu.simd;

/**
 * The innermost loops of plain matrix products: the seam between blocking and machine.
 *
 * <p>A tile is at most {@link #rows()} x {@link #columns()} elements of C, held in registers while
 * k products are summed in ascending order. Both operands may lie packed or where they are: A's
 * elements are found by two strides, B's rows are consecutive elements at some distance. Each
 * element of C is summed alike in whatever tile it lies.
 *
 * <p>Implementations have no state, and are used by several threads at once.
 */
public interface ProductKernel {

  /** Returns how many floats one vector holds. */
  int lanes();

  /** Returns the rows of the largest tile. */
  int rows();

  /**
   * Returns the columns of the largest tile, a multiple of {@link #lanes()} and at most twice it.
   */
  int columns();

  /**
   * Computes {@code c[i, j] = alpha * sum over p of a[i, p] * b[p, j] + beta * c[i, j]}, tile by
   * tile; a beta of 0 overwrites.
   *
   * @param k products to sum; 0 is allowed
   * @param a element (i, p) is at {@code aOff + i * aRow + p * aStep}
   * @param b element (p, j) of the first tile is at {@code bOff + p * bStep + j}, of the next tiles
   *     {@code bSliver} further on for each; each row is read up to the next multiple of {@link
   *     #lanes()} beyond columns
   * @param c element (i, j) is at {@code cOff + i * ldc + j}; nothing else is changed, but the
   *     array must go on to the next multiple of {@link #lanes()} beyond columns of each row
   * @param rows at least 1 and at most {@link #rows()}
   * @param columns any
   */
  void tiles(
      int k,
      float alpha,
      float[] a,
      int aOff,
      int aRow,
      int aStep,
      float[] b,
      int bOff,
      int bStep,
      int bSliver,
      float beta,
      float[] c,
      int cOff,
      int ldc,
      int rows,
      int columns);

  /**
   * Packs rows into slivers of {@code width} elements, one after the other: {@code dst[s * sliver +
   * p * width + i] = src[p * ld + s * width + i]}, as far as there are elements; the rest of a
   * sliver's rows is undefined.
   *
   * @param depth rows p
   * @param count elements in a row
   * @param sliver distance between slivers
   * @param width {@link #rows()} or {@link #columns()}
   */
  void packRows(
      int depth,
      int count,
      float[] src,
      int srcOff,
      int ld,
      float[] dst,
      int dstOff,
      int sliver,
      int width);

  /**
   * Packs columns, a transposition: {@code dst[p * width + i] = src[i * ld + p]} for i below count;
   * the elements from there to width are left as they are.
   *
   * @param depth columns p
   * @param width any
   */
  void packColumns(
      int depth, int count, float[] src, int srcOff, int ld, float[] dst, int dstOff, int width);

  /**
   * Computes four dot products with one vector: {@code out[q] = sum of x[i] * y[yq + i]}.
   *
   * @param out four elements from its start
   */
  void dots(int n, float[] x, int xOff, float[] y, int y0, int y1, int y2, int y3, float[] out);

  /**
   * Adds to the dot products of eight vectors with two, each in as many sums as there are lanes:
   * {@code sums[(8 * q + r) * lanes + l] += x[xOff + (8 * v + r) * lanes + l] * y[yq + v * lanes +
   * l]}.
   *
   * @param n elements, a multiple of {@link #lanes()}
   * @param x the eight, a vector of each in turn
   * @param sums {@code 16 * lanes} elements from sumsOff on
   */
  void dotTile(int n, float[] x, int xOff, float[] y, int y0, int y1, float[] sums, int sumsOff);

  /**
   * Adds up what {@link #dotTile} left.
   *
   * @param out receives the sixteen dot products, {@code 8 * q + r}
   */
  void dotSums(float[] sums, int sumsOff, float[] out);

  /**
   * Computes {@code y += a0 * x[0 * ld + i] + ... + a3 * x[3 * ld + i]}, in this order.
   *
   * @param n elements of y
   */
  void axpys(
      int n,
      float a0,
      float a1,
      float a2,
      float a3,
      float[] x,
      int xOff,
      int ld,
      float[] y,
      int yOff);

  /** Computes {@code y += a * x}. */
  void axpy(int n, float a, float[] x, int xOff, float[] y, int yOff);
}
