package io.cortado.cpu.kernels;

import io.cortado.cpu.simd.GemmKernel;

/**
 * How convolutions are cut so that each part stays in its cache; matrix products have {@link
 * GemmBlocking}.
 *
 * <p>A sliver of staged columns (kc x columns) is read by all slivers of weights and stays in the
 * first-level cache.
 *
 * @param rows of a micro-tile
 * @param columns of a micro-tile
 * @param kc products summed before a tile of the target is written back
 */
record Blocking(int rows, int columns, int kc) {

  // A size that every server and laptop of the last ten years has at least.
  private static final int L1_BYTES = 32 << 10;

  /** Derives the parameters from the cache. */
  static Blocking of(GemmKernel kernel) {
    int columns = kernel.columns();
    int kc = Math.min(256, Math.max(128, L1_BYTES / (Float.BYTES * columns)));
    return new Blocking(kernel.rows(), columns, kc);
  }
}
