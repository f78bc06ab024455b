package io.cortado.cpu.kernels;

import io.cortado.cpu.simd.ProductKernel;

/**
 * The right operand of a matrix product, k x n: element (p, j) is at {@code p * step + j * column}.
 *
 * <p>Packed in slivers, a tile's columns side by side, where it is stored transposed, or is too
 * large for the first-level cache and read by many slivers of rows. Else it is read where it lies,
 * all but its last columns where they are no whole vectors: reading them would go beyond a row.
 */
final class GemmRight {

  /** Up to so many slivers of rows it is read where it lies: packing it would cost more. */
  private static final int UNPACKED_SLIVERS = 12;

  private final ProductKernel kernel;
  private final int sliver;
  private float[] x = {};
  private int step;
  private int column;
  private boolean packed;

  GemmRight(ProductKernel kernel) {
    this.kernel = kernel;
    sliver = kernel.columns();
  }

  void set(float[] x, int step, int column) {
    this.x = x;
    this.step = step;
    this.column = column;
  }

  /** Decides whether it is packed for a product of m rows and sums of k. */
  void choosePacking(int m, int k, CacheSizes caches) {
    boolean large = (long) Float.BYTES * k * step > caches.level1();
    packed = column != 1 || m > UNPACKED_SLIVERS * kernel.rows() && large;
  }

  boolean isPacked() {
    return packed;
  }

  /** Says whether so many columns are no whole vectors. */
  boolean isEdge(int columns) {
    return columns % kernel.lanes() != 0;
  }

  /** Returns so many columns, rounded up to whole vectors. */
  int vectors(int columns) {
    return Extents.roundUp(columns, kernel.lanes());
  }

  /** Returns how many elements are packed of a panel: all, or columns that are no whole vectors. */
  int packedLength(GemmPanel p) {
    if (packed) {
      return Extents.roundUp(p.columns, sliver) * p.depth;
    }
    return isEdge(p.columns % sliver) ? sliver * p.depth : 0;
  }

  /** Returns in how many pieces a panel is packed. */
  int pieces(GemmPanel p) {
    return packed ? Extents.ceilDiv(p.columns, sliver) : 1;
  }

  /** Packs a piece of a panel: a sliver, or, where it is not packed, the columns left over. */
  void pack(GemmPanel p, int piece) {
    int over = p.columns % sliver;
    if (!packed) {
      if (isEdge(over)) {
        packSliver(p, p.columns - over, over, AlignedScratch.FIRST);
      }
      return;
    }
    int j = piece * sliver;
    packSliver(p, j, Math.min(sliver, p.columns - j), at(p, j));
  }

  private void packSliver(GemmPanel p, int j, int count, int to) {
    int at = p.rightOff + (p.column + j) * column + p.from * step;
    if (column == 1) {
      kernel.packRows(p.depth, count, x, at, step, p.right, to, sliver * p.depth, sliver);
    } else {
      kernel.packColumns(p.depth, count, x, at, column, p.right, to, sliver);
    }
  }

  // ---------------------------------------------------------------- where the kernel reads

  float[] array(GemmPanel p) {
    return packed ? p.right : x;
  }

  /**
   * Returns where a panel's columns from {@code j} on begin, {@code j} a multiple of a sliver's.
   */
  int at(GemmPanel p, int j) {
    return packed ? AlignedScratch.FIRST + j * p.depth : p.rightOff + p.from * step + p.column + j;
  }

  int stepStride() {
    return packed ? sliver : step;
  }

  int sliverStride(GemmPanel p) {
    return packed ? sliver * p.depth : sliver;
  }
}
