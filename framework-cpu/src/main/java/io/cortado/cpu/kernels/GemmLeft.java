package io.cortado.cpu.kernels;

import io.cortado.cpu.simd.ProductKernel;

/**
 * The left operand of a matrix product, m x k: element (i, p) is at {@code i * row + p * step}.
 *
 * <p>Stored as rows it is read where it lies, six of them side by side; only rows that collide in
 * the caches are copied, a cache line apart. Stored transposed it is packed in slivers, the
 * elements of six rows side by side, where it does not fit the first-level cache and is read for
 * more than one sliver of columns.
 */
final class GemmLeft {

  /** Rows a multiple of this apart fall into the same few sets of the caches. */
  private static final int COLLIDING = 1024;

  /** What copied rows are apart beside their length: one cache line. */
  private static final int APART = 16;

  private final ProductKernel kernel;
  private final int sliver;
  private float[] x = {};
  private int row;
  private int step;
  private boolean packed;

  GemmLeft(ProductKernel kernel) {
    this.kernel = kernel;
    sliver = kernel.rows();
  }

  void set(float[] x, int row, int step) {
    this.x = x;
    this.row = row;
    this.step = step;
  }

  /** Decides whether it is packed for a product of n columns and sums of k. */
  void choosePacking(int n, int k, CacheSizes caches) {
    boolean colliding = step == 1 && row % COLLIDING == 0 && n >= 8 * kernel.columns();
    boolean large = (long) Float.BYTES * k * step > caches.level1() / 2;
    packed = row == 1 && n > kernel.columns() && large || colliding;
  }

  boolean isPacked() {
    return packed;
  }

  /** Returns how many elements a panel of it has, packed. */
  int packedLength(GemmPanel p) {
    return packed ? Extents.roundUp(p.rows, sliver) * packedRow(p) : 0;
  }

  /** Packs {@code count} of a panel's rows, from {@code first} on, a multiple of a sliver's. */
  void pack(GemmPanel p, int first, int count) {
    int to = first * packedRow(p);
    int from = p.leftOff + (p.row + first) * row + p.from * step;
    if (step != 1) {
      kernel.packRows(p.depth, count, x, from, step, p.left, to, sliver * p.depth, sliver);
      return;
    }
    for (int i = 0; i < count; i++) {
      System.arraycopy(x, from + i * row, p.left, to + i * packedRow(p), p.depth);
    }
  }

  private int packedRow(GemmPanel p) {
    return step == 1 ? p.depth + APART : p.depth;
  }

  // ---------------------------------------------------------------- where the kernel reads

  float[] array(GemmPanel p) {
    return packed ? p.left : x;
  }

  /** Returns where the sliver from a panel's row {@code i} on begins. */
  int at(GemmPanel p, int i) {
    return packed ? i * packedRow(p) : p.leftOff + (p.row + i) * row + p.from * step;
  }

  int rowStride(GemmPanel p) {
    return !packed ? row : step == 1 ? packedRow(p) : 1;
  }

  int stepStride() {
    return packed && step != 1 ? sliver : step;
  }
}
