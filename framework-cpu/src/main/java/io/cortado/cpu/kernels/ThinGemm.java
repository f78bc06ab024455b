package io.cortado.cpu.kernels;

import io.cortado.backend.spec.GemmSpec;
import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.ProductKernel;
import java.util.Arrays;

/**
 * Products of a few rows with a large matrix, a fully connected layer at a small batch: {@code C =
 * alpha A B + beta C} where A and C have some 4 to 32 rows (8 where B is stored transposed).
 *
 * <p>B is read where it lies, once, and that is the bound where it comes from memory: packing it
 * would cost more than the product. Stored transposed (a layer's output), its rows are dotted with
 * those of A, two with eight at a time. Stored as it is (a layer's data gradient), few of its rows
 * at a time stream past C, which stays in a cache. Cut over B's columns.
 */
final class ThinGemm {

  /** Rows up to which dot products are faster than packing and tiles; measured. */
  private static final int MOST_DOT_ROWS = 8;

  /** Shorter dot products are bound by adding their lanes. */
  private static final int LEAST_DOT = 512;

  /** Rows up to which streaming B is faster than to hold it in the second-level cache. */
  private static final int MOST_STREAM_ROWS = 32;

  /** Rows of B that stream side by side: the processor's prefetchers follow so many. */
  private static final int STREAMS = 64;

  /** Rows of B in a block of dot products: with the length of a piece, an eighth of a megabyte. */
  private static final int DOT_SEGMENT = 64;

  /** Columns in a block that streams; a multiple of all tiles' columns. */
  private static final int SEGMENT = 512;

  /** Rows of A in a tile of dot products. */
  private static final int TOGETHER = 8;

  /** Rows of B that are fetched side by side. */
  private static final int ABREAST = 8;

  /** Floats in a cache line. */
  private static final int LINE = 16;

  private final ProductKernel kernel;
  private final Workers workers;
  private final long level2;
  private final int piece;
  private final FloatScratch left = new FloatScratch();
  private final FloatScratch[] sums;
  private final float[][] outs;
  private final BlockTask task = this::block;

  /** What was read last, so that the compiler does not leave the reading out. */
  private volatile float fetched;

  private GemmSpec spec = GemmSpec.of(0, 0, 0, false, false);
  private float alpha;
  private float beta;
  private float[] a = {};
  private float[] packed = {};
  private float[] b = {};
  private float[] c = {};
  private int aOff;
  private int bOff;
  private int cOff;

  ThinGemm(ProductKernel kernel, Workers workers, CacheSizes caches) {
    this.kernel = kernel;
    this.workers = workers;
    level2 = caches.level2();
    piece = caches.level1() / 2 / Float.BYTES / TOGETHER / kernel.lanes() * kernel.lanes();
    sums = FloatScratch.each(workers.count());
    outs = new float[workers.count()][2 * TOGETHER];
  }

  /** Says whether a product is for this class. */
  boolean suits(GemmSpec s) {
    if (s.batch() != 1 || s.multiplyAdds() < Gemm.SERIAL_BELOW) {
      return false;
    }
    if (s.transB()) {
      return !s.transA() && s.m() <= MOST_DOT_ROWS && s.k() >= LEAST_DOT;
    }
    return s.m() <= MOST_STREAM_ROWS
        && s.n() % kernel.lanes() == 0
        && (long) Float.BYTES * s.k() * s.ldb() > level2;
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
    spec = s;
    this.alpha = alpha;
    this.beta = beta;
    this.a = a;
    this.aOff = aOff;
    this.b = b;
    this.bOff = bOff;
    this.c = c;
    this.cOff = cOff;
    if (s.transB()) {
      pack();
    }
    workers.run(Extents.ceilDiv(s.n(), segment()), task);
  }

  private int segment() {
    return spec.transB() ? DOT_SEGMENT : SEGMENT;
  }

  /**
   * Lays A's rows down in groups of eight, a vector of each in turn: rows that lie a power of two
   * apart would meet in one set of the cache.
   */
  private void pack() {
    int lanes = kernel.lanes();
    int groups = Extents.ceilDiv(spec.m(), TOGETHER);
    packed = left.get(groups * TOGETHER * whole());
    for (int i = 0; i < groups * TOGETHER; i++) {
      // Missing rows are copies of the last: their products are then not used.
      int from = aOff + Math.min(i, spec.m() - 1) * spec.lda();
      int to = i / TOGETHER * TOGETHER * whole() + i % TOGETHER * lanes;
      for (int p = 0; p < whole(); p += lanes) {
        System.arraycopy(a, from + p, packed, to + p * TOGETHER, lanes);
      }
    }
  }

  /** Returns how many products of each sum are whole vectors. */
  private int whole() {
    return spec.k() - spec.k() % kernel.lanes();
  }

  private void block(int block, int worker) {
    int from = block * segment();
    int to = Math.min(spec.n(), from + segment());
    if (spec.transB()) {
      dots(from, to, worker);
    } else {
      stream(from, to);
    }
  }

  private void dots(int from, int to, int worker) {
    int size = 2 * TOGETHER * kernel.lanes();
    int pairs = Extents.ceilDiv(to - from, 2);
    int length = pairs * size;
    float[] partial = sums[worker].get(DOT_SEGMENT / 2 * size);
    int whole = whole();
    for (int i = 0; i < spec.m(); i += TOGETHER) {
      int rows = Math.min(TOGETHER, spec.m() - i);
      int x = i * whole;
      Arrays.fill(partial, 0, length, 0);
      for (int p = 0; p < whole; p += piece) {
        int n = Math.min(piece, whole - p);
        fetch(first(from, 0) + p, to - from, n);
        for (int q = 0; q < pairs; q++) {
          int y0 = first(from, q) + p;
          int y1 = second(from, q, to) + p;
          kernel.dotTile(n, packed, x + p * TOGETHER, b, y0, y1, partial, q * size);
        }
      }
      for (int q = 0; q < pairs; q++) {
        kernel.dotSums(partial, q * size, outs[worker]);
        finish(outs[worker], whole, i, rows, from + 2 * q, first(from, q), second(from, q, to), to);
      }
    }
  }

  /**
   * Reads an element of each cache line of some rows of B, so that they are in the second-level
   * cache when the tiles read them: among the tiles' many instructions only few reads are on their
   * way at a time, and those wait for memory.
   *
   * <p>Eight rows side by side: the first-level cache waits for some 24 lines at most, and what
   * more is on its way the second level's prefetcher asks for, for each place that is read from.
   * One row after the other took twice the time.
   */
  private void fetch(int at, int rows, int length) {
    int apart = rows / ABREAST * spec.ldb();
    float sum = 0;
    for (int r = 0; r < rows / ABREAST; r++) {
      sum += fetchAbreast(at + r * spec.ldb(), apart, length);
    }
    for (int r = rows - rows % ABREAST; r < rows; r++) {
      int begin = at + r * spec.ldb();
      for (int i = begin; i < begin + length; i += LINE) {
        sum += b[i];
      }
    }
    fetched = sum;
  }

  private float fetchAbreast(int at, int apart, int length) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    for (int i = at; i < at + length; i += LINE) {
      s0 += b[i];
      s1 += b[i + apart];
      s2 += b[i + 2 * apart];
      s3 += b[i + 3 * apart];
      s0 += b[i + 4 * apart];
      s1 += b[i + 5 * apart];
      s2 += b[i + 6 * apart];
      s3 += b[i + 7 * apart];
    }
    return s0 + s1 + s2 + s3;
  }

  private int first(int from, int pair) {
    return bOff + (from + 2 * pair) * spec.ldb();
  }

  /** Returns where a pair's second row is; beyond the last that one again, for nothing. */
  private int second(int from, int pair, int to) {
    return bOff + Math.min(to - 1, from + 2 * pair + 1) * spec.ldb();
  }

  /** Adds what is no whole vector to a pair's sums, and puts them into C. */
  private void finish(float[] out, int whole, int i, int rows, int j, int y0, int y1, int to) {
    for (int r = 0; r < rows; r++) {
      float s0 = out[r];
      float s1 = out[TOGETHER + r];
      int x = aOff + (i + r) * spec.lda();
      for (int p = whole; p < spec.k(); p++) {
        s0 += a[x + p] * b[y0 + p];
        s1 += a[x + p] * b[y1 + p];
      }
      int at = cOff + (i + r) * spec.ldc() + j;
      put(s0, at);
      if (j + 1 < to) {
        put(s1, at + 1);
      }
    }
  }

  private void put(float sum, int at) {
    c[at] = beta == 0 ? alpha * sum : alpha * sum + beta * c[at];
  }

  private void stream(int from, int to) {
    int row = spec.transA() ? 1 : spec.lda();
    int step = spec.transA() ? spec.lda() : 1;
    for (int p = 0; p < spec.k(); p += STREAMS) {
      int depth = Math.min(STREAMS, spec.k() - p);
      fetch(bOff + p * spec.ldb() + from, depth, to - from);
      for (int i = 0; i < spec.m(); i += kernel.rows()) {
        kernel.tiles(
            depth,
            alpha,
            a,
            aOff + i * row + p * step,
            row,
            step,
            b,
            bOff + p * spec.ldb() + from,
            spec.ldb(),
            kernel.columns(),
            p == 0 ? beta : 1,
            c,
            cOff + i * spec.ldc() + from,
            spec.ldc(),
            Math.min(kernel.rows(), spec.m() - i),
            to - from);
      }
    }
  }
}
