package io.cortado.cpu.kernels;

import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.GemmKernel;
import io.cortado.cpu.simd.ProductKernel;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products {@code C = alpha op(A) op(B) + beta C}.
 *
 * <p>Blocking: panels of columns; within them pieces of at most kc products; within them panels of
 * rows. All workers pack a panel, then multiply it in blocks: for a chunk of nc columns, which the
 * second-level cache holds, sliver after sliver of A meets all slivers of the chunk (see {@link
 * GemmBlocking}). Batches of small products are spread over the workers whole.
 *
 * <p>Packed is only what gains by it ({@link GemmLeft}, {@link GemmRight}), and some products are
 * computed from the other side ({@link GemmTurn}). Where an extent is 3 or less, {@link SkinnyGemm}
 * runs instead, and for a few rows more, and a large B, {@link ThinGemm}.
 *
 * <p>Bound by the FMA units from about 64 in each extent; below by what a tile costs beside its
 * products (zeroing, write-back, some 35 cycles), and by packing where B is stored transposed. Each
 * element of C is summed in ascending order of k, in pieces that follow from k alone, whatever the
 * number of workers.
 */
public final class Gemm {

  /** Products of fewer multiply-adds than this are not worth waking a thread for. */
  static final long SERIAL_BELOW = 1 << 19;

  /** A batch whose entries are smaller than this is spread over the workers entry by entry. */
  private static final long ENTRY_BELOW = 1 << 22;

  private static final int WANTED_BLOCKS = 8;
  private static final long MIN_BLOCK_MULTIPLY_ADDS = 1 << 17;

  /** In place of a worker: all of them, together. */
  private static final int TOGETHER = -1;

  /** Slivers of rows that one block of work packs. */
  private static final int SLIVERS_TOGETHER = 8;

  private final ProductKernel kernel;
  private final Workers workers;
  private final CacheSizes caches = CacheSizes.ofThisMachine();
  private final GemmBlocking blocking;
  private final int rows;
  private final int columns;
  private final SkinnyGemm skinny;
  private final ThinGemm thin;
  private final Epilogue epilogue;
  private final GemmLeft left;
  private final GemmRight right;
  private final GemmTurn turn;
  private final GemmPanel shared = new GemmPanel();
  private final GemmPanel[] own;
  private final float[][] tiles;
  private final BlockTask packTask = this::packBlock;
  private final BlockTask computeTask = this::computeBlock;
  private final BlockTask entryTask = this::entry;

  // The call in progress: kept here so that no object is made for it.
  private GemmSpec spec = GemmSpec.of(0, 0, 0, false, false);
  private float alpha;
  private float beta;
  private boolean turned;
  private int m;
  private int n;
  private int k;
  private int pieceDepth;
  private float[] c = {};

  // How the workers share the panel in progress.
  private int leftPieces;
  private int rightPieces;
  private int packBlocks;
  private int blocksDown;
  private int blocksAcross;

  /** Makes the products' kernel; used by one thread at a time. */
  public Gemm(GemmKernel kernels, Workers workers, RowActivation activation) {
    this.kernel = kernels.products();
    this.workers = workers;
    blocking = GemmBlocking.of(kernel, caches);
    rows = kernel.rows();
    columns = kernel.columns();
    skinny = new SkinnyGemm(kernel, workers);
    thin = new ThinGemm(kernel, workers, caches);
    epilogue = new Epilogue(activation);
    left = new GemmLeft(kernel);
    right = new GemmRight(kernel);
    turn = new GemmTurn(kernel, workers.count());
    own = GemmPanel.each(workers.count());
    tiles = new float[workers.count()][rows * columns];
  }

  /**
   * Computes a batch of products.
   *
   * @throws io.cortado.backend.BackendException if an operand does not lie within its array
   */
  public void run(
      GemmSpec spec,
      float alpha,
      float[] a,
      int aOff,
      float[] b,
      int bOff,
      float beta,
      float[] c,
      int cOff) {
    epilogue.set(null, 0, UnaryOp.IDENTITY);
    multiply(spec, alpha, a, aOff, b, bOff, beta, c, cOff);
  }

  /** Computes {@code C = op(op(A) op(B) + bias)}, the bias being one for each column. */
  void runFused(
      GemmSpec spec,
      float[] a,
      int aOff,
      float[] b,
      int bOff,
      float @Nullable [] bias,
      int biasOff,
      UnaryOp op,
      float[] c,
      int cOff) {
    epilogue.set(bias, biasOff, op);
    multiply(spec, 1, a, aOff, b, bOff, 0, c, cOff);
  }

  private void multiply(
      GemmSpec s,
      float alpha,
      float[] a,
      int aOff,
      float[] b,
      int bOff,
      float beta,
      float[] c,
      int cOff) {
    if (s.m() == 0 || s.n() == 0 || s.batch() == 0) {
      return;
    }
    check(s, a, aOff, b, bOff, c, cOff);
    if (skinny.suits(s)) {
      skinny.run(s, alpha, a, aOff, b, bOff, beta, c, cOff);
      finishAll(s, c, cOff);
      return;
    }
    if (thin.suits(s)) {
      thin.run(s, alpha, a, aOff, b, bOff, beta, c, cOff);
      finishAll(s, c, cOff);
      return;
    }
    spec = s;
    this.alpha = alpha;
    this.beta = beta;
    this.c = c;
    orient(a, aOff, b, bOff, cOff);
    multiplyEntries();
  }

  /** Says what is left and right: A and B, or, where that is better, the other way round. */
  private void orient(float[] a, int aOff, float[] b, int bOff, int cOff) {
    GemmSpec s = spec;
    k = s.k();
    pieceDepth = blocking.depth(k);
    turned = turn.pays(s);
    if (turned) {
      m = s.n();
      n = s.m();
      left.set(b, s.transB() ? s.ldb() : 1, s.transB() ? 1 : s.ldb());
      right.set(a, s.transA() ? s.lda() : 1, s.transA() ? 1 : s.lda());
      shared.start(bOff, aOff, cOff);
    } else {
      m = s.m();
      n = s.n();
      left.set(a, s.transA() ? 1 : s.lda(), s.transA() ? s.lda() : 1);
      right.set(b, s.transB() ? 1 : s.ldb(), s.transB() ? s.ldb() : 1);
      shared.start(aOff, bOff, cOff);
    }
    left.choosePacking(n, k, caches);
    right.choosePacking(m, k, caches);
  }

  private void multiplyEntries() {
    GemmSpec s = spec;
    if (s.multiplyAdds() < SERIAL_BELOW) {
      for (int i = 0; i < s.batch(); i++) {
        entry(i, 0);
      }
    } else if (s.batch() > 1 && s.multiplyAdds() / s.batch() < ENTRY_BELOW) {
      workers.run(s.batch(), entryTask);
    } else {
      for (int i = 0; i < s.batch(); i++) {
        panels(shared, TOGETHER);
        shared.start(
            shared.leftOff + (int) leftStride(),
            shared.rightOff + (int) rightStride(),
            shared.outOff + (int) s.strideC());
      }
    }
  }

  private long leftStride() {
    return turned ? spec.strideB() : spec.strideA();
  }

  private long rightStride() {
    return turned ? spec.strideA() : spec.strideB();
  }

  private static void check(
      GemmSpec s, float[] a, int aOff, float[] b, int bOff, float[] c, int cOff) {
    long last = s.batch() - 1L;
    if (s.k() > 0) {
      long ra = s.transA() ? s.k() : s.m();
      long rb = s.transB() ? s.n() : s.k();
      long ca = s.transA() ? s.m() : s.k();
      long cb = s.transB() ? s.k() : s.n();
      Extents.check("gemm", "A", last * s.strideA() + (ra - 1) * s.lda() + ca, aOff, a);
      Extents.check("gemm", "B", last * s.strideB() + (rb - 1) * s.ldb() + cb, bOff, b);
    }
    Extents.check("gemm", "C", last * s.strideC() + (s.m() - 1L) * s.ldc() + s.n(), cOff, c);
  }

  /** Does the epilogue where the product itself could not: products too small to matter. */
  private void finishAll(GemmSpec s, float[] c, int cOff) {
    if (epilogue.isNothing()) {
      return;
    }
    for (int e = 0; e < s.batch(); e++) {
      for (int i = 0; i < s.m(); i++) {
        epilogue.perElement(s.n(), 0, c, cOff + (int) (e * s.strideC()) + i * s.ldc());
      }
    }
  }

  /** Multiplies an entry of a batch, all of it in one worker. */
  private void entry(int index, int worker) {
    own[worker].start(
        shared.leftOff + (int) (index * leftStride()),
        shared.rightOff + (int) (index * rightStride()),
        shared.outOff + (int) (index * spec.strideC()));
    panels(own[worker], worker);
  }

  private void panels(GemmPanel p, int worker) {
    if (turned) {
      int ldc = turn.rowStride(spec);
      p.into(p.turnedScratch.get(Extents.length("gemm", (long) m * ldc)), 0, ldc);
    } else {
      p.into(c, p.outOff, spec.ldc());
    }
    for (int jc = 0; jc < n; jc += blocking.panelColumns()) {
      p.column = jc;
      p.columns = Math.min(blocking.panelColumns(), n - jc);
      for (int pc = 0; pc == 0 || pc < k; pc += pieceDepth) {
        p.from = pc;
        p.depth = Math.min(pieceDepth, k - pc);
        for (int ic = 0; ic < m; ic += blocking.panelRows()) {
          p.row = ic;
          p.rows = Math.min(blocking.panelRows(), m - ic);
          p.left = p.leftScratch.get(left.packedLength(p));
          p.right = p.rightScratch.get(right.packedLength(p));
          if (worker == TOGETHER) {
            together(ic == 0);
          } else {
            alone(p, ic == 0, worker);
          }
        }
      }
    }
  }

  private void alone(GemmPanel p, boolean first, int worker) {
    if (first) {
      for (int i = 0; i < right.pieces(p); i++) {
        right.pack(p, i);
      }
    }
    if (left.isPacked()) {
      left.pack(p, 0, p.rows);
    }
    compute(p, 0, p.rows, 0, p.columns, worker);
  }

  // ---------------------------------------------------------------- a panel, by all workers

  private void together(boolean first) {
    leftPieces = left.isPacked() ? Extents.ceilDiv(shared.rows, SLIVERS_TOGETHER * rows) : 0;
    rightPieces = first ? right.pieces(shared) : 0;
    packBlocks = Math.min(WANTED_BLOCKS, Math.max(leftPieces, rightPieces));
    workers.run(packBlocks, packTask);
    chooseBlocks();
    workers.run(blocksDown * blocksAcross, computeTask);
  }

  /**
   * Cuts the panel into blocks of even size: as large as caches allow, but several for each worker
   * where there is work for them. Where C is turned, and its rows are weights, which nobody has
   * packed, each is left to one worker: another core has it farther away.
   */
  private void chooseBlocks() {
    int slivers = Extents.ceilDiv(shared.rows, rows);
    int sliversAcross = Extents.ceilDiv(shared.columns, columns);
    int down = 1;
    int across = Extents.ceilDiv(shared.columns, blocking.nc());
    long work = (long) shared.rows * shared.columns * shared.depth;
    while (workers.count() > 1
        && down * across < WANTED_BLOCKS
        && work / (down * across * 2L) >= MIN_BLOCK_MULTIPLY_ADDS
        && (down < slivers || across < sliversAcross)) {
      boolean tall = turned && m > n || slivers / down * rows >= sliversAcross / across * columns;
      if (tall && down < slivers || across >= sliversAcross) {
        down *= 2;
      } else {
        across *= 2;
      }
    }
    blocksDown = Math.min(down, slivers);
    blocksAcross = Math.min(across, sliversAcross);
  }

  /** Packs a part of both operands: so each worker packs the columns that it multiplies later. */
  private void packBlock(int block, int worker) {
    for (int i = block * leftPieces / packBlocks; i < (block + 1) * leftPieces / packBlocks; i++) {
      int at = i * SLIVERS_TOGETHER * rows;
      left.pack(shared, at, Math.min(SLIVERS_TOGETHER * rows, shared.rows - at));
    }
    int end = (block + 1) * rightPieces / packBlocks;
    for (int i = block * rightPieces / packBlocks; i < end; i++) {
      right.pack(shared, i);
    }
  }

  private void computeBlock(int block, int worker) {
    int down = block % blocksDown;
    int across = block / blocksDown;
    compute(
        shared,
        border(down, blocksDown, shared.rows, rows),
        border(down + 1, blocksDown, shared.rows, rows),
        border(across, blocksAcross, shared.columns, columns),
        border(across + 1, blocksAcross, shared.columns, columns),
        worker);
  }

  /** Returns where a block begins if {@code all}, in slivers, are cut into so many. */
  private static int border(int block, int blocks, int all, int sliver) {
    return Math.min(all, block * Extents.ceilDiv(all, sliver) / blocks * sliver);
  }

  // ---------------------------------------------------------------- a block, by one worker

  /**
   * Multiplies rows i0 to i1 of a panel by its columns j0 to j1, a chunk that the second-level
   * cache holds at a time, and finishes each row of a chunk after the last of k, or, where C is
   * turned, the whole.
   */
  private void compute(GemmPanel p, int i0, int i1, int j0, int j1, int worker) {
    boolean last = p.from + p.depth >= k;
    boolean finish = !turned && last && !epilogue.isNothing();
    if (turned && p.from == 0 && beta != 0) {
      turn.load(p, i0, i1, j0, j1, c, spec.ldc());
    }
    for (int jj = j0; jj < j1; jj += blocking.nc()) {
      int je = Math.min(j1, jj + blocking.nc());
      for (int i = i0; i < i1; i += rows) {
        int down = Math.min(rows, i1 - i);
        row(p, i, down, jj, je - jj, worker);
        for (int r = 0; finish && r < down; r++) {
          epilogue.perElement(je - jj, p.column + jj, p.c, p.at(i + r, jj));
        }
      }
    }
    if (turned && last) {
      turn.store(p, i0, i1, j0, j1, c, spec.ldc(), epilogue);
    }
  }

  /**
   * Multiplies one sliver of rows by columns j on of a panel, straight into C; all but what is no
   * whole vectors and lies at the end of C's array, or is packed while the rest is not. Where C is
   * turned there is room for whole vectors.
   */
  private void row(GemmPanel p, int i, int down, int j, int across, int worker) {
    int at = p.at(i, j);
    int edge = right.isEdge(across) ? across % columns : 0;
    if (right.isPacked() && at + (down - 1) * p.ldc + right.vectors(across) <= p.c.length) {
      edge = 0;
    }
    int whole = turned && right.isPacked() ? right.vectors(across) : across - edge;
    if (whole > 0) {
      kernel.tiles(
          p.depth,
          alpha,
          left.array(p),
          left.at(p, i),
          left.rowStride(p),
          left.stepStride(),
          right.array(p),
          right.at(p, j),
          right.stepStride(),
          right.sliverStride(p),
          p.from == 0 ? beta : 1,
          p.c,
          at,
          p.ldc,
          down,
          whole);
    }
    if (edge > 0) {
      tile(p, i, down, j + whole, edge, worker);
    }
  }

  /** Multiplies one tile, which may lie at the end of C's array. */
  private void tile(GemmPanel p, int i, int down, int j, int across, int worker) {
    int d = p.depth;
    float[] x = left.array(p);
    int xAt = left.at(p, i);
    int xRow = left.rowStride(p);
    int xStep = left.stepStride();
    boolean packedEdge = !right.isPacked() && right.isEdge(across);
    float[] y = packedEdge ? p.right : right.array(p);
    int yAt = packedEdge ? AlignedScratch.FIRST : right.at(p, j);
    int yStep = packedEdge ? columns : right.stepStride();
    float b = p.from == 0 ? beta : 1;
    int at = p.at(i, j);
    if (at + (down - 1) * p.ldc + right.vectors(across) <= p.c.length) {
      kernel.tiles(
          d, alpha, x, xAt, xRow, xStep, y, yAt, yStep, 0, b, p.c, at, p.ldc, down, across);
    } else {
      // The sum is the kernel's here as well, for it rounds once; bits are the same wherever C
      // ends.
      float[] t = tiles[worker];
      if (b != 0) {
        copy(down, across, p.c, at, p.ldc, t, 0, columns);
      }
      kernel.tiles(d, alpha, x, xAt, xRow, xStep, y, yAt, yStep, 0, b, t, 0, columns, down, across);
      copy(down, across, t, 0, columns, p.c, at, p.ldc);
    }
  }

  private static void copy(
      int rows, int n, float[] from, int at, int step, float[] to, int start, int stride) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(from, at + i * step, to, start + i * stride, n);
    }
  }
}
