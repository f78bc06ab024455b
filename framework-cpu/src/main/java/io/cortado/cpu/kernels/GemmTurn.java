package io.cortado.cpu.kernels;

import io.cortado.backend.spec.GemmSpec;
import io.cortado.cpu.simd.ProductKernel;

/**
 * Products that are computed from the other side: {@code C' = op(B)' op(A)'}.
 *
 * <p>C' has memory of its own, whole vectors to a row; C is transposed into it where it is added
 * to, and it into C at the end. That pays in two cases. Where B is stored transposed and has more
 * columns than A rows, as a layer's weights mostly have, turning packs A, the smaller one: up to a
 * fifth of the product. And where C has fewer columns than a vector has lanes, vectors lie along
 * its long side.
 */
final class GemmTurn {

  /** With more rows packing is a few hundredths of a product, and C' is large. */
  private static final int MOST_ROWS = 128;

  /** What the tiles of a last 0 to 3 vectors of columns take, where a tile of four takes 4. */
  private static final double[] REST = {0, 1.6, 2.6, 4.2};

  /** The part of B's elements that must be saved: less is as good as nothing. */
  private static final double MARGIN = 0.25;

  /**
   * What several workers must save for each element of C, and in all, in elements packed. For one
   * worker transposing an element takes what packing one does. But of a packed A each of several
   * reads what others packed, from another core's cache, where they pack those weights that they
   * multiply themselves.
   */
  private static final int SHARED_EACH = 4;

  private static final int SHARED_ALL = 120_000;

  /** Rows of C transposed at a time: more of them, some KB apart, collide in the first cache. */
  private static final int STRIP = 16;

  private final ProductKernel kernel;
  private final int workers;

  GemmTurn(ProductKernel kernel, int workers) {
    this.kernel = kernel;
    this.workers = workers;
  }

  /** Says whether to turn a product; its bits are the same. */
  boolean pays(GemmSpec s) {
    return s.transB() ? packsLess(s) : hasFewColumns(s);
  }

  /**
   * Compares what need not be packed with what transposing and tiles take; an element packed takes
   * a cycle.
   */
  private boolean packsLess(GemmSpec s) {
    double m = s.m();
    double n = s.n();
    double k = s.k();
    double packed = s.transA() ? 0 : m * k;
    double saved = n * k * (1 - slowerTiles(s.m())) - packed;
    double turning = workers == 1 ? m * n : SHARED_EACH * m * n + SHARED_ALL;
    return s.m() <= MOST_ROWS && saved > turning && saved > m * n + MARGIN * n * k;
  }

  /**
   * Returns how many cycles more all tiles take for an element of B, with two multiply-adds a
   * cycle, if m rows become columns.
   */
  private double slowerTiles(int m) {
    int vectors = Extents.ceilDiv(m, kernel.lanes());
    double turned = vectors - vectors % REST.length + REST[vectors % REST.length];
    return (turned - (double) Extents.roundUp(m, kernel.rows()) / kernel.lanes()) / 2;
  }

  private boolean hasFewColumns(GemmSpec s) {
    return s.transA() && 4 * s.n() <= 3 * kernel.lanes() && s.m() >= 4 * s.n();
  }

  /** Returns how far apart the rows of C' are. */
  int rowStride(GemmSpec s) {
    return Extents.roundUp(s.m(), kernel.lanes());
  }

  /** Transposes what C holds of rows i0 to i1 and columns j0 to j1 of a panel into C'. */
  void load(GemmPanel p, int i0, int i1, int j0, int j1, float[] c, int ldc) {
    kernel.packColumns(i1 - i0, j1 - j0, c, p.turnedAt(i0, j0, ldc), ldc, p.c, p.at(i0, j0), p.ldc);
  }

  /** Transposes rows i0 to i1 and columns j0 to j1 of a panel from C' into C, and finishes them. */
  void store(GemmPanel p, int i0, int i1, int j0, int j1, float[] c, int ldc, Epilogue epilogue) {
    for (int j = j0; j < j1; j += STRIP) {
      int strip = Math.min(STRIP, j1 - j);
      int to = p.turnedAt(i0, j, ldc);
      kernel.packColumns(strip, i1 - i0, p.c, p.at(i0, j), p.ldc, c, to, ldc);
      for (int r = 0; r < strip; r++) {
        epilogue.perElement(i1 - i0, p.row + i0, c, to + r * ldc);
      }
    }
  }
}
