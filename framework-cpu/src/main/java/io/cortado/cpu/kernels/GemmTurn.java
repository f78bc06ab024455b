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

  /**
   * What several workers must save for each element of C, and in all, in elements packed. For one
   * worker transposing an element takes what packing one does. But of a packed A each of several
   * reads what others packed, from another core's cache, where they pack those weights that they
   * multiply themselves.
   */
  private static final int SAVED_EACH = 4;

  private static final int SAVED_ALL = 100_000;

  /** A product is turned if no more than this part of its rows is missing in the last tile. */
  private static final int FULL = 16;

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

  private boolean packsLess(GemmSpec s) {
    int missing = Extents.roundUp(s.m(), kernel.columns()) - s.m();
    long saved = (long) s.k() * (s.transA() ? s.n() : s.n() - s.m());
    long results = (long) s.m() * s.n();
    return s.m() <= MOST_ROWS
        && missing <= s.m() / FULL
        && saved > (workers == 1 ? results : SAVED_EACH * results + SAVED_ALL);
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
