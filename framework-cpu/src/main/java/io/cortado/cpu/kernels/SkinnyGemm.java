package io.cortado.cpu.kernels;

import io.cortado.backend.spec.GemmSpec;
import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.ProductKernel;

/**
 * Products with very few rows or columns, a matrix times a vector above all.
 *
 * <p>Nothing is packed: each element of the large operand is used once or twice, so memory's
 * bandwidth is the bound, and four of its rows are read side by side. The rows are those of the
 * small extent; where that is n, the transposed product is computed. Cut over the large extent.
 */
final class SkinnyGemm {

  /** More rows than this and the register-blocked kernel is faster, its packing included. */
  private static final int MAX_ROWS = 3;

  private static final int SEGMENT = 512;

  private final ProductKernel kernel;
  private final Workers workers;
  private final FloatScratch[] rowScratch;
  private final float[][] sums;
  private final BlockTask task = this::block;

  private float alpha;
  private float beta;
  private float[] a = {};
  private float[] b = {};
  private float[] c = {};
  private int aOff;
  private int bOff;
  private int cOff;
  private int m;
  private int n;
  private int k;
  private int aRow;
  private int aCol;
  private int ldb;
  private boolean dots;
  private int cRow;
  private int cCol;
  private long strideA;
  private long strideB;
  private long strideC;
  private int segments;

  SkinnyGemm(ProductKernel kernel, Workers workers) {
    this.kernel = kernel;
    this.workers = workers;
    rowScratch = FloatScratch.each(workers.count());
    sums = new float[workers.count()][4];
  }

  /** Says whether a product is for this class. */
  boolean suits(GemmSpec s) {
    return suitsRows(s) || suitsColumns(s);
  }

  private boolean suitsRows(GemmSpec s) {
    return s.m() <= MAX_ROWS && (s.transB() || s.n() >= 4 * kernel.lanes());
  }

  private static boolean suitsColumns(GemmSpec s) {
    return s.n() <= MAX_ROWS && !s.transA();
  }

  void run(
      GemmSpec s,
      float alpha,
      float[] a,
      int aOff,
      float[] b,
      int bOff,
      float beta,
      float[] c,
      int cOff) {
    this.alpha = alpha;
    this.beta = beta;
    this.c = c;
    this.cOff = cOff;
    k = s.k();
    strideC = s.strideC();
    if (suitsRows(s)) {
      small(a, aOff, s.m(), s.transA() ? 1 : s.lda(), s.transA() ? s.lda() : 1, s.strideA());
      large(b, bOff, s.n(), s.ldb(), s.transB(), s.strideB());
      cRow = s.ldc();
      cCol = 1;
    } else {
      small(b, bOff, s.n(), s.transB() ? s.ldb() : 1, s.transB() ? 1 : s.ldb(), s.strideB());
      large(a, aOff, s.m(), s.lda(), true, s.strideA());
      cRow = 1;
      cCol = s.ldc();
    }
    segments = Extents.ceilDiv(n, SEGMENT);
    int blocks = Math.multiplyExact(segments, s.batch());
    if (s.multiplyAdds() < Gemm.SERIAL_BELOW) {
      for (int i = 0; i < blocks; i++) {
        block(i, 0);
      }
    } else {
      workers.run(blocks, task);
    }
  }

  private void small(float[] x, int off, int rows, int rowStride, int colStride, long stride) {
    a = x;
    aOff = off;
    m = rows;
    aRow = rowStride;
    aCol = colStride;
    strideA = stride;
  }

  private void large(float[] x, int off, int columns, int ld, boolean byDots, long stride) {
    b = x;
    bOff = off;
    n = columns;
    ldb = ld;
    dots = byDots;
    strideB = stride;
  }

  private void block(int block, int worker) {
    int entry = block / segments;
    int from = block % segments * SEGMENT;
    int to = Math.min(n, from + SEGMENT);
    int aBase = aOff + (int) (entry * strideA);
    int bBase = bOff + (int) (entry * strideB);
    int cBase = cOff + (int) (entry * strideC);
    for (int i = 0; i < m; i++) {
      if (dots) {
        dotRow(aBase + i * aRow, bBase, cBase + i * cRow, from, to, worker);
      } else {
        axpyRow(aBase + i * aRow, bBase, cBase + i * cRow, from, to);
      }
    }
  }

  private void dotRow(int ai, int bBase, int ci, int from, int to, int worker) {
    float[] x = a;
    int xOff = ai;
    if (aCol != 1) {
      x = rowScratch[worker].get(k);
      xOff = 0;
      for (int p = 0; p < k; p++) {
        x[p] = a[ai + p * aCol];
      }
    }
    float[] four = sums[worker];
    int last = bBase + (to - 1) * ldb;
    for (int j = from; j < to; j += 4) {
      int y = bBase + j * ldb;
      // Beyond the last row that row again: its product is then not used.
      int y1 = Math.min(last, y + ldb);
      int y2 = Math.min(last, y1 + ldb);
      kernel.dots(k, x, xOff, b, y, y1, y2, Math.min(last, y2 + ldb), four);
      for (int q = 0; q < Math.min(4, to - j); q++) {
        put(alpha * four[q], ci + (j + q) * cCol);
      }
    }
  }

  private void put(float value, int at) {
    c[at] = beta == 0 ? value : value + beta * c[at];
  }

  private void axpyRow(int ai, int bBase, int ci, int from, int to) {
    for (int j = from; j < to; j++) {
      c[ci + j] = beta == 0 ? 0 : beta * c[ci + j];
    }
    int p = 0;
    for (; p <= k - 4; p += 4) {
      int at = ai + p * aCol;
      kernel.axpys(
          to - from,
          alpha * a[at],
          alpha * a[at + aCol],
          alpha * a[at + 2 * aCol],
          alpha * a[at + 3 * aCol],
          b,
          bBase + p * ldb + from,
          ldb,
          c,
          ci + from);
    }
    for (; p < k; p++) {
      kernel.axpy(to - from, alpha * a[ai + p * aCol], b, bBase + p * ldb + from, c, ci + from);
    }
  }
}
