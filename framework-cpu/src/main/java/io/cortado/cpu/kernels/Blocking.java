package io.cortado.cpu.kernels;

import io.cortado.cpu.simd.GemmKernel;

/**
 * How matrices are cut so that each part stays in its cache (the scheme of BLIS).
 *
 * <p>A sliver of B (kc x columns) is read by all slivers of A and stays in the first-level cache; a
 * block of A (mc x kc) is read by all slivers of B and stays in the second; a panel of B (kc x nc)
 * in the third.
 *
 * @param rows of a micro-tile
 * @param columns of a micro-tile
 * @param kc products summed before a tile of C is written back
 * @param mc rows of A packed in one block, a multiple of rows
 * @param nc columns of B packed in one panel, a multiple of columns
 * @param rowPanel rows of A packed at once for all workers, a multiple of mc
 */
record Blocking(int rows, int columns, int kc, int mc, int nc, int rowPanel) {

  // Sizes that every server and laptop of the last ten years has at least; see docs for
  // measurements at other values.
  private static final int L1_BYTES = 32 << 10;
  private static final int L2_BYTES = 512 << 10;
  private static final int L3_SHARE_BYTES = 4 << 20;

  /** Derives the parameters from the caches. */
  static Blocking of(GemmKernel kernel) {
    int columns = kernel.columns();
    int rows = kernel.rows();
    int kc = Math.min(256, Math.max(128, L1_BYTES / (Float.BYTES * columns)));
    int mc = Math.max(1, L2_BYTES / 4 / (Float.BYTES * kc) / rows) * rows;
    int nc = Math.max(1, L3_SHARE_BYTES / (Float.BYTES * kc) / columns) * columns;
    return new Blocking(rows, columns, kc, mc, nc, mc * 32);
  }
}
