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
 * <p>Packed is only what gains by it: A never where its rows are stored as rows (the kernel reads
 * six of them side by side), and neither operand where it fits a cache or is used but once. B's
 * last sliver always is, if it is no whole vectors. Where C has few columns and A is stored
 * transposed, the product is computed as {@code C' = op(B)' op(A)'}: then vectors lie along C's
 * long side. Where an extent is 3 or less, {@link SkinnyGemm} runs instead, and for a few rows
 * more, and a large B, {@link ThinGemm}.
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

  /** Rows of A a multiple of this apart fall into the same few sets of the caches. */
  private static final int COLLIDING = 1024;

  /** What copied rows are apart beside their length: one cache line. */
  private static final int APART = 16;

  /** Up to so many slivers of rows B is read where it lies: packing it would cost more. */
  private static final int UNPACKED_SLIVERS = 24;

  private static final int WANTED_BLOCKS = 8;
  private static final long MIN_BLOCK_MULTIPLY_ADDS = 1 << 17;

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
  private final FloatScratch sharedLeft = new FloatScratch();
  private final FloatScratch sharedRight = new FloatScratch();
  private final FloatScratch[] ownLeft;
  private final FloatScratch[] ownRight;
  private final float[][] tiles;
  private final BlockTask packTask = this::packBlock;
  private final BlockTask computeTask = this::computeBlock;
  private final BlockTask entryTask = this::entry;

  // The call in progress: kept here so that no object is made for it. Left is m x k, its element
  // (i, p) at i * leftRow + p * leftStep; right is k x n, its element (p, j) at p * rightStep + j *
  // rightColumn. They are A and B, or, turned, B' and A'.
  private GemmSpec spec = GemmSpec.of(0, 0, 0, false, false);
  private float alpha;
  private float beta;
  private boolean turned;
  private int m;
  private int n;
  private int k;
  private int pieceDepth;
  private float[] left = {};
  private float[] right = {};
  private float[] c = {};
  private int leftOff;
  private int leftRow;
  private int leftStep;
  private boolean leftPacked;
  private int rightOff;
  private int rightStep;
  private int rightColumn;
  private boolean rightPacked;
  private int cOff;

  // The panel in progress.
  private float[] panelLeft = {};
  private float[] panelRight = {};
  private int panelRow;
  private int panelRows;
  private int panelColumn;
  private int panelColumns;
  private int from;
  private int depth;
  private int leftPieces;
  private int rightPieces;
  private int packBlocks;
  private int blockRows;
  private int blockColumns;
  private int blocksDown;

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
    ownLeft = FloatScratch.each(workers.count());
    ownRight = FloatScratch.each(workers.count());
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
    this.cOff = cOff;
    turned = s.transA() && 4 * s.n() <= 3 * kernel.lanes() && s.m() >= 4 * s.n();
    if (turned) {
      left(b, bOff, s.n(), s.transB() ? s.ldb() : 1, s.transB() ? 1 : s.ldb());
      right(a, aOff, s.m(), s.lda(), 1);
    } else {
      left(a, aOff, s.m(), s.transA() ? 1 : s.lda(), s.transA() ? s.lda() : 1);
      right(b, bOff, s.n(), s.transB() ? 1 : s.ldb(), s.transB() ? s.ldb() : 1);
    }
    choosePacking(s.k());
    if (s.multiplyAdds() < SERIAL_BELOW) {
      for (int i = 0; i < s.batch(); i++) {
        entry(i, 0);
      }
    } else if (s.batch() > 1 && s.multiplyAdds() / s.batch() < ENTRY_BELOW) {
      workers.run(s.batch(), entryTask);
    } else {
      for (int i = 0; i < s.batch(); i++) {
        parallel();
        leftOff += (int) (turned ? s.strideB() : s.strideA());
        rightOff += (int) (turned ? s.strideA() : s.strideB());
        this.cOff += (int) s.strideC();
      }
    }
    if (turned) {
      finishAll(s, c, cOff);
    }
  }

  private void left(float[] x, int off, int count, int row, int step) {
    left = x;
    leftOff = off;
    m = count;
    leftRow = row;
    leftStep = step;
  }

  private void right(float[] x, int off, int count, int step, int column) {
    right = x;
    rightOff = off;
    n = count;
    rightStep = step;
    rightColumn = column;
  }

  /** Decides which operands are packed: see above. */
  private void choosePacking(int k) {
    this.k = k;
    pieceDepth = blocking.depth(k);
    long leftBytes = (long) Float.BYTES * k * leftStep;
    boolean colliding = leftStep == 1 && leftRow % COLLIDING == 0 && n >= 8 * columns;
    leftPacked = leftRow == 1 && n > columns && leftBytes > caches.level1() / 2 || colliding;
    long rightBytes = (long) Float.BYTES * k * rightStep;
    rightPacked = rightColumn != 1 || m > UNPACKED_SLIVERS * rows && rightBytes > caches.level1();
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

  // ---------------------------------------------------------------- one product, all workers

  private void parallel() {
    for (int jc = 0; jc < n; jc += blocking.panelColumns()) {
      panelColumn = jc;
      panelColumns = Math.min(blocking.panelColumns(), n - jc);
      for (int pc = 0; pc == 0 || pc < k; pc += pieceDepth) {
        from = pc;
        depth = Math.min(pieceDepth, k - pc);
        for (int ic = 0; ic < m; ic += blocking.panelRows()) {
          panelRow = ic;
          panelRows = Math.min(blocking.panelRows(), m - ic);
          panel(ic == 0);
        }
      }
    }
  }

  private void panel(boolean first) {
    panelLeft = sharedLeft.get(leftLength(panelRows, depth));
    panelRight = sharedRight.get(rightLength(panelColumns, depth));
    leftPieces = leftPacked ? Extents.ceilDiv(panelRows, SLIVERS_TOGETHER * rows) : 0;
    rightPieces = !first ? 0 : rightPacked ? Extents.ceilDiv(panelColumns, columns) : 1;
    packBlocks = Math.min(WANTED_BLOCKS, Math.max(leftPieces, rightPieces));
    workers.run(packBlocks, packTask);
    chooseBlocks();
    workers.run(blocksDown * Extents.ceilDiv(panelColumns, blockColumns), computeTask);
  }

  /**
   * Cuts the panel into blocks of even size: as large as caches allow, but several for each worker
   * where there is work for them.
   */
  private void chooseBlocks() {
    int slivers = Extents.ceilDiv(panelRows, rows);
    int sliversAcross = Extents.ceilDiv(panelColumns, columns);
    int down = 1;
    int across = Extents.ceilDiv(panelColumns, blocking.nc());
    long work = (long) panelRows * panelColumns * depth;
    while (workers.count() > 1
        && down * across < WANTED_BLOCKS
        && work / (down * across * 2L) >= MIN_BLOCK_MULTIPLY_ADDS
        && (down < slivers || across < sliversAcross)) {
      if (slivers / down * rows >= sliversAcross / across * columns && down < slivers
          || across >= sliversAcross) {
        down *= 2;
      } else {
        across *= 2;
      }
    }
    blockRows = Extents.ceilDiv(slivers, Math.min(down, slivers)) * rows;
    blockColumns = Extents.ceilDiv(sliversAcross, Math.min(across, sliversAcross)) * columns;
    blocksDown = Extents.ceilDiv(panelRows, blockRows);
  }

  /** Packs a part of both operands: so each worker packs the columns that it multiplies later. */
  private void packBlock(int block, int worker) {
    for (int i = block * leftPieces / packBlocks; i < (block + 1) * leftPieces / packBlocks; i++) {
      int at = i * SLIVERS_TOGETHER * rows;
      int count = Math.min(SLIVERS_TOGETHER * rows, panelRows - at);
      packLeft(leftOff, panelRow + at, count, from, depth, panelLeft, at * leftStride(depth));
    }
    int end = (block + 1) * rightPieces / packBlocks;
    for (int i = block * rightPieces / packBlocks; i < end; i++) {
      packRightPiece(i);
    }
  }

  private void packRightPiece(int piece) {
    if (rightPacked) {
      int at = piece * columns;
      int count = Math.min(columns, panelColumns - at);
      packRight(rightOff, panelColumn + at, count, from, depth, panelRight, at * depth);
    } else {
      packRightEdge(rightOff, panelColumn, panelColumns, from, depth, panelRight);
    }
  }

  private void computeBlock(int block, int worker) {
    int row = block % blocksDown * blockRows;
    int column = block / blocksDown * blockColumns;
    compute(
        leftOff,
        panelRow,
        row,
        Math.min(panelRows, row + blockRows),
        rightOff,
        panelColumn,
        column,
        Math.min(panelColumns, column + blockColumns),
        panelColumns,
        from,
        depth,
        panelLeft,
        panelRight,
        cOff,
        worker);
  }

  // ---------------------------------------------------------------- one product, one worker

  private void entry(int index, int worker) {
    int lo = leftOff + (int) (index * (turned ? spec.strideB() : spec.strideA()));
    int ro = rightOff + (int) (index * (turned ? spec.strideA() : spec.strideB()));
    int co = cOff + (int) (index * spec.strideC());
    float[] pl = ownLeft[worker].get(leftLength(Math.min(blocking.panelRows(), m), pieceDepth));
    float[] pr =
        ownRight[worker].get(rightLength(Math.min(blocking.panelColumns(), n), pieceDepth));
    for (int jc = 0; jc < n; jc += blocking.panelColumns()) {
      int nb = Math.min(blocking.panelColumns(), n - jc);
      for (int pc = 0; pc == 0 || pc < k; pc += pieceDepth) {
        int d = Math.min(pieceDepth, k - pc);
        if (rightPacked) {
          packRight(ro, jc, nb, pc, d, pr, 0);
        } else {
          packRightEdge(ro, jc, nb, pc, d, pr);
        }
        for (int ic = 0; ic < m; ic += blocking.panelRows()) {
          int mb = Math.min(blocking.panelRows(), m - ic);
          if (leftPacked) {
            packLeft(lo, ic, mb, pc, d, pl, 0);
          }
          compute(lo, ic, 0, mb, ro, jc, 0, nb, nb, pc, d, pl, pr, co, worker);
        }
      }
    }
  }

  // ---------------------------------------------------------------- parts of both

  private int leftLength(int count, int d) {
    return leftPacked ? Extents.roundUp(count, rows) * leftStride(d) : 0;
  }

  /** Returns the elements that a packed row of left has: rows stay rows, a little apart. */
  private int leftStride(int d) {
    return leftStep == 1 ? d + APART : d;
  }

  private int rightLength(int count, int d) {
    return (rightPacked ? Extents.roundUp(count, columns) : columns) * d;
  }

  private void packLeft(int off, int start, int count, int pc, int d, float[] dst, int dstOff) {
    if (leftStep == 1) {
      for (int i = 0; i < count; i++) {
        int s = off + (start + i) * leftRow + pc;
        System.arraycopy(left, s, dst, dstOff + i * leftStride(d), d);
      }
      return;
    }
    int s = off + pc * leftStep + start;
    kernel.packRows(d, count, left, s, leftStep, dst, dstOff, rows * d, rows);
  }

  private void packRight(int off, int start, int count, int pc, int d, float[] dst, int dstOff) {
    if (rightColumn != 1) {
      for (int j = 0; j < count; j += columns) {
        int now = Math.min(columns, count - j);
        int s = off + (start + j) * rightColumn + pc * rightStep;
        kernel.packColumns(d, now, right, s, rightColumn, dst, dstOff + j * d, columns);
      }
      return;
    }
    int s = off + pc * rightStep + start;
    kernel.packRows(d, count, right, s, rightStep, dst, dstOff, columns * d, columns);
  }

  /** Packs the last sliver of a panel that is else read where it lies, if it needs to be. */
  private void packRightEdge(int off, int start, int count, int pc, int d, float[] dst) {
    int now = count % columns;
    if (isEdge(now)) {
      int s = off + pc * rightStep + start + count - now;
      kernel.packRows(d, now, right, s, rightStep, dst, 0, columns * d, columns);
    }
  }

  /** Says whether so many columns are no whole vectors: then reading them would go beyond a row. */
  private boolean isEdge(int count) {
    return count % kernel.lanes() != 0;
  }

  private int width(int count) {
    return Extents.roundUp(count, kernel.lanes());
  }

  /**
   * Multiplies rows i0 to i1 of a panel by its columns j0 to j1, a chunk that the second-level
   * cache holds at a time, and finishes each row of a chunk after the last of k.
   */
  private void compute(
      int lo,
      int ic,
      int i0,
      int i1,
      int ro,
      int jc,
      int j0,
      int j1,
      int panelColumns,
      int pc,
      int d,
      float[] pl,
      float[] pr,
      int co,
      int worker) {
    boolean finish = !turned && pc + d >= k && !epilogue.isNothing();
    int ldc = spec.ldc();
    for (int jj = j0; jj < j1; jj += blocking.nc()) {
      int je = Math.min(j1, jj + blocking.nc());
      for (int i = i0; i < i1; i += rows) {
        int now = Math.min(rows, i1 - i);
        if (turned) {
          for (int j = jj; j < je; j += columns) {
            tile(
                lo,
                ic + i,
                now,
                ro,
                jc,
                j,
                Math.min(columns, je - j),
                pc,
                d,
                pl,
                pr,
                i,
                co,
                worker);
          }
        } else {
          row(lo, ic + i, now, ro, jc, jj, je - jj, pc, d, pl, pr, i, co, worker);
        }
        for (int r = 0; finish && r < now; r++) {
          epilogue.perElement(je - jj, jc + jj, c, co + (ic + i + r) * ldc + jc + jj);
        }
      }
    }
  }

  /**
   * Multiplies one sliver of rows by columns j on of a panel, straight into C; all but what is no
   * whole vectors and lies at the end of C's array, or is packed while the rest is not.
   */
  private void row(
      int lo,
      int i,
      int down,
      int ro,
      int jc,
      int j,
      int across,
      int pc,
      int d,
      float[] pl,
      float[] pr,
      int inPanel,
      int co,
      int worker) {
    int edge = isEdge(across) ? across % columns : 0;
    int at = co + i * spec.ldc() + jc + j;
    boolean room = at + (down - 1) * spec.ldc() + width(across) <= c.length;
    if (rightPacked && room) {
      edge = 0;
    }
    int whole = across - edge;
    if (whole > 0) {
      float[] x = leftPacked ? pl : left;
      int xAt = leftPacked ? inPanel * leftStride(d) : lo + i * leftRow + pc * leftStep;
      kernel.tiles(
          d,
          alpha,
          x,
          xAt,
          !leftPacked ? leftRow : leftStep == 1 ? leftStride(d) : 1,
          leftPacked && leftStep != 1 ? rows : leftStep,
          rightPacked ? pr : right,
          rightPacked ? j * d : ro + pc * rightStep + jc + j,
          rightPacked ? columns : rightStep,
          rightPacked ? columns * d : columns,
          pc == 0 ? beta : 1,
          c,
          at,
          spec.ldc(),
          down,
          whole);
    }
    if (edge > 0) {
      tile(lo, i, down, ro, jc, j + whole, edge, pc, d, pl, pr, inPanel, co, worker);
    }
  }

  /** Multiplies one tile, which may be turned, or lie at the end of C's array. */
  private void tile(
      int lo,
      int i,
      int down,
      int ro,
      int jc,
      int j,
      int across,
      int pc,
      int d,
      float[] pl,
      float[] pr,
      int inPanel,
      int co,
      int worker) {
    float[] x = leftPacked ? pl : left;
    int xAt = leftPacked ? inPanel * leftStride(d) : lo + i * leftRow + pc * leftStep;
    int xRow = !leftPacked ? leftRow : leftStep == 1 ? leftStride(d) : 1;
    int xStep = leftPacked && leftStep != 1 ? rows : leftStep;
    boolean packed = rightPacked || isEdge(across);
    float[] y = packed ? pr : right;
    int yAt = rightPacked ? j * d : packed ? 0 : ro + pc * rightStep + jc + j;
    int yStep = packed ? columns : rightStep;
    float b = pc == 0 ? beta : 1;
    int ldc = spec.ldc();
    int at = turned ? co + (jc + j) * ldc + i : co + i * ldc + jc + j;
    if (!turned && at + (down - 1) * ldc + width(across) <= c.length) {
      kernel.tiles(d, alpha, x, xAt, xRow, xStep, y, yAt, yStep, 0, b, c, at, ldc, down, across);
    } else {
      float[] t = tiles[worker];
      kernel.tiles(d, alpha, x, xAt, xRow, xStep, y, yAt, yStep, 0, 0, t, 0, columns, down, across);
      addTile(t, down, across, b, at, turned ? 1 : ldc, turned ? ldc : 1);
    }
  }

  /** Adds a tile that lies by itself to C, whose elements are so far apart. */
  private void addTile(float[] t, int down, int across, float b, int at, int row, int column) {
    if (column == 1) {
      for (int i = 0; i < down; i++) {
        int from = i * columns;
        int to = at + i * row;
        if (b == 0) {
          System.arraycopy(t, from, c, to, across);
        } else {
          for (int j = 0; j < across; j++) {
            c[to + j] = t[from + j] + b * c[to + j];
          }
        }
      }
      return;
    }
    for (int j = 0; j < across; j++) {
      int to = at + j * column;
      for (int i = 0; i < down; i++) {
        float value = t[i * columns + j];
        c[to + i] = b == 0 ? value : value + b * c[to + i];
      }
    }
  }
}
