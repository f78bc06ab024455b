package io.cortado.cpu.kernels;

import io.cortado.backend.spec.GemmSpec;
import io.cortado.cpu.simd.ProductKernel;

/**
 * Products that are computed from the other side: {@code C' = op(B)' op(A)'}.
 *
 * <p>C' has memory of its own, whole vectors to a row; C is transposed into it where it is added
 * to, and it into C at the end. That takes some 1.2 cycles for each element of C, no more than
 * packing takes for one of an operand that is stored transposed, and pays in two cases. Where B is
 * stored transposed and has more columns than A rows, as a layer's weights mostly have, turning
 * packs A, the smaller one: up to a fifth of the product. And where C has fewer columns than a
 * vector has lanes, vectors lie along its long side.
 */
final class GemmTurn {

  /** With more rows packing is a few hundredths of a product, and C' is large. */
  private static final int MOST_ROWS = 128;

  /** A product is turned if no more than this part of its rows is missing in the last tile. */
  private static final int FULL = 16;

  /** Rows of C transposed at a time: more of them, some KB apart, collide in the first cache. */
  private static final int STRIP = 16;

  private final ProductKernel kernel;

  GemmTurn(ProductKernel kernel) {
    this.kernel = kernel;
  }

  /** Says whether to turn a product. */
  boolean pays(GemmSpec s) {
    return s.transB() ? packsLess(s) : hasFewColumns(s);
  }

  private boolean packsLess(GemmSpec s) {
    int missing = Extents.roundUp(s.m(), kernel.columns()) - s.m();
    long saved = (long) s.k() * (s.transA() ? s.n() : s.n() - s.m());
    return s.m() <= MOST_ROWS && missing <= s.m() / FULL && saved > (long) s.m() * s.n();
  }

  private boolean hasFewColumns(GemmSpec s) {
    return s.transA() && 4 * s.n() <= 3 * kernel.lanes() && s.m() >= 4 * s.n();
  }

  /** Returns how far apart the rows of C' are. */
  int rowStride(GemmSpec s) {
    return Extents.roundUp(s.m(), kernel.lanes());
  }

  /** Returns in how many blocks C is transposed. */
  int blocks(GemmSpec s) {
    return Extents.ceilDiv(s.m(), blockRows(s));
  }

  private int blockRows(GemmSpec s) {
    return Extents.roundUp(Blocks.rows(s.n(), Blocks.LIGHT), STRIP);
  }

  /** Transposes a block of C's rows into C'. */
  void load(GemmSpec s, int block, float[] c, int cOff, float[] turned) {
    int from = block * blockRows(s);
    int count = Math.min(blockRows(s), s.m() - from);
    kernel.packColumns(s.n(), count, c, cOff + from * s.ldc(), s.ldc(), turned, from, rowStride(s));
  }

  /** Transposes C' into a block of C's rows, and finishes them. */
  void store(GemmSpec s, int block, float[] turned, float[] c, int cOff, Epilogue epilogue) {
    int end = Math.min((block + 1) * blockRows(s), s.m());
    for (int from = block * blockRows(s); from < end; from += STRIP) {
      int count = Math.min(STRIP, end - from);
      int to = cOff + from * s.ldc();
      kernel.packColumns(count, s.n(), turned, from, rowStride(s), c, to, s.ldc());
      for (int i = 0; i < count; i++) {
        epilogue.perElement(s.n(), 0, c, to + i * s.ldc());
      }
    }
  }
}
