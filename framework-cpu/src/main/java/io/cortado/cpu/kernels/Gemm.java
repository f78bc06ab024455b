package io.cortado.cpu.kernels;

import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.GemmKernel;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products {@code C = alpha op(A) op(B) + beta C}.
 *
 * <p>Blocking: panels of nc columns, within them kc products, within them rowPanel rows are packed
 * by all workers and then multiplied in blocks of about mc rows and a few slivers of columns (see
 * {@link Blocking}). Batches of small products are spread over the workers whole, each packing for
 * itself. Where one extent is 3 or less, {@link SkinnyGemm} runs instead.
 *
 * <p>Bound by the FMA units from about 100 in each extent; by packing below. Each element of C is
 * summed in ascending order of k, in pieces of kc, whatever the number of workers.
 */
public final class Gemm {

  /** Products of fewer multiply-adds than this are not worth waking a thread for. */
  static final long SERIAL_BELOW = 1 << 18;

  /** A batch whose entries are smaller than this is spread over the workers entry by entry. */
  private static final long ENTRY_BELOW = 1 << 22;

  /** Slivers of B that a block of work reads. */
  private static final int BLOCK_COLUMN_SLIVERS = 8;

  private static final int WANTED_BLOCKS = 8;
  private static final long MIN_BLOCK_MULTIPLY_ADDS = 1 << 17;
  private static final int SLIVERS_PACKED_PER_BLOCK = 4;

  private final GemmKernel kernel;
  private final Workers workers;
  private final Blocking blocking;
  private final int rows;
  private final int columns;
  private final Packer packA;
  private final Packer packATransposed;
  private final Packer packB;
  private final Packer packBTransposed;
  private final SkinnyGemm skinny;
  private final Epilogue epilogue;
  private final FloatScratch sharedA = new FloatScratch();
  private final FloatScratch sharedB = new FloatScratch();
  private final FloatScratch[] ownA;
  private final FloatScratch[] ownB;
  private final float[][] edgeTiles;
  private final BlockTask packTask = this::packBlock;
  private final BlockTask computeTask = this::computeBlock;
  private final BlockTask entryTask = this::entry;

  // The call in progress: kept here so that no object is made for it.
  private GemmSpec spec = GemmSpec.of(0, 0, 0, false, false);
  private float alpha;
  private float beta;
  private float[] a = {};
  private float[] b = {};
  private float[] c = {};
  private int aOff;
  private int bOff;
  private int cOff;

  // The panel in progress.
  private float[] packedA = {};
  private float[] packedB = {};
  private int panelRow;
  private int panelRows;
  private int panelColumn;
  private int panelColumns;
  private int depthFrom;
  private int depth;
  private int packBlocksOfA;
  private int blockRowSlivers;
  private int blockColumnSlivers;
  private int blocksDown;

  /** Makes the products' kernel; used by one thread at a time. */
  public Gemm(GemmKernel kernel, Workers workers, RowActivation activation) {
    this.kernel = kernel;
    this.workers = workers;
    blocking = Blocking.of(kernel);
    rows = kernel.rows();
    columns = kernel.columns();
    packA = new InterleavePacker(rows);
    packATransposed = new CopyPacker(kernel, rows);
    packB = new CopyPacker(kernel, columns);
    packBTransposed = new InterleavePacker(columns);
    skinny = new SkinnyGemm(kernel, workers);
    epilogue = new Epilogue(activation);
    ownA = FloatScratch.each(workers.count());
    ownB = FloatScratch.each(workers.count());
    edgeTiles = new float[workers.count()][rows * columns];
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
    spec = s;
    this.alpha = alpha;
    this.beta = beta;
    this.a = a;
    this.b = b;
    this.c = c;
    this.aOff = aOff;
    this.bOff = bOff;
    this.cOff = cOff;
    if (s.multiplyAdds() < SERIAL_BELOW) {
      for (int i = 0; i < s.batch(); i++) {
        entry(i, 0);
      }
    } else if (s.batch() > 1 && s.multiplyAdds() / s.batch() < ENTRY_BELOW) {
      workers.run(s.batch(), entryTask);
    } else {
      for (int i = 0; i < s.batch(); i++) {
        parallel();
        this.aOff += (int) s.strideA();
        this.bOff += (int) s.strideB();
        this.cOff += (int) s.strideC();
      }
    }
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
    int m = spec.m();
    int n = spec.n();
    for (int jc = 0; jc < n; jc += blocking.nc()) {
      panelColumn = jc;
      panelColumns = Math.min(blocking.nc(), n - jc);
      for (int pc = 0; pc == 0 || pc < spec.k(); pc += blocking.kc()) {
        depthFrom = pc;
        depth = Math.min(blocking.kc(), spec.k() - pc);
        for (int ic = 0; ic < m; ic += blocking.rowPanel()) {
          panelRow = ic;
          panelRows = Math.min(blocking.rowPanel(), m - ic);
          panel(ic == 0);
        }
      }
    }
  }

  private void panel(boolean withB) {
    int sliversA = Extents.ceilDiv(panelRows, rows);
    int sliversB = Extents.ceilDiv(panelColumns, columns);
    packedA = sharedA.get(sliversA * rows * depth);
    packedB = sharedB.get(sliversB * columns * depth);
    packBlocksOfA = Extents.ceilDiv(sliversA, 2 * SLIVERS_PACKED_PER_BLOCK);
    int packBlocksOfB = withB ? Extents.ceilDiv(sliversB, SLIVERS_PACKED_PER_BLOCK) : 0;
    workers.run(packBlocksOfA + packBlocksOfB, packTask);
    chooseBlocks(sliversA, sliversB);
    workers.run(blocksDown * Extents.ceilDiv(sliversB, blockColumnSlivers), computeTask);
  }

  /**
   * Cuts the panel into blocks of even size: as large as caches allow, but several where there is
   * work for them.
   */
  private void chooseBlocks(int sliversA, int sliversB) {
    int down = Extents.ceilDiv(sliversA * rows, blocking.mc());
    int across = Extents.ceilDiv(sliversB, BLOCK_COLUMN_SLIVERS);
    long work = (long) panelRows * panelColumns * depth;
    while (down * across < WANTED_BLOCKS
        && work / (down * across * 2L) >= MIN_BLOCK_MULTIPLY_ADDS
        && (down < sliversA || across < sliversB)) {
      if (sliversA / down * rows >= sliversB / across * columns && down < sliversA
          || across >= sliversB) {
        down *= 2;
      } else {
        across *= 2;
      }
    }
    blockRowSlivers = Extents.ceilDiv(sliversA, Math.min(down, sliversA));
    blockColumnSlivers = Extents.ceilDiv(sliversB, Math.min(across, sliversB));
    blocksDown = Extents.ceilDiv(sliversA, blockRowSlivers);
  }

  private void packBlock(int block, int worker) {
    if (block < packBlocksOfA) {
      int from = block * 2 * SLIVERS_PACKED_PER_BLOCK * rows;
      int to = Math.min(panelRows, from + 2 * SLIVERS_PACKED_PER_BLOCK * rows);
      packA(aOff, panelRow + from, to - from, depthFrom, depth, packedA, from * depth);
    } else {
      int from = (block - packBlocksOfA) * SLIVERS_PACKED_PER_BLOCK * columns;
      int to = Math.min(panelColumns, from + SLIVERS_PACKED_PER_BLOCK * columns);
      packB(bOff, panelColumn + from, to - from, depthFrom, depth, packedB, from * depth);
    }
  }

  private void computeBlock(int block, int worker) {
    int row = block % blocksDown * blockRowSlivers * rows;
    int column = block / blocksDown * blockColumnSlivers * columns;
    macro(
        Math.min(panelRows, row + blockRowSlivers * rows) - row,
        Math.min(panelColumns, column + blockColumnSlivers * columns) - column,
        packedA,
        row * depth,
        packedB,
        column * depth,
        depthFrom,
        depth,
        cOff + (panelRow + row) * spec.ldc() + panelColumn + column,
        panelColumn + column,
        worker);
  }

  // ---------------------------------------------------------------- one product, one worker

  private void entry(int index, int worker) {
    int ao = aOff + (int) (index * spec.strideA());
    int bo = bOff + (int) (index * spec.strideB());
    int co = cOff + (int) (index * spec.strideC());
    int m = spec.m();
    int n = spec.n();
    int k = spec.k();
    int d0 = Math.min(blocking.kc(), k);
    float[] pa = ownA[worker].get(roundUp(Math.min(blocking.mc(), m), rows) * d0);
    float[] pb = ownB[worker].get(roundUp(Math.min(blocking.nc(), n), columns) * d0);
    for (int jc = 0; jc < n; jc += blocking.nc()) {
      int nb = Math.min(blocking.nc(), n - jc);
      for (int pc = 0; pc == 0 || pc < k; pc += blocking.kc()) {
        int d = Math.min(blocking.kc(), k - pc);
        packB(bo, jc, nb, pc, d, pb, 0);
        for (int ic = 0; ic < m; ic += blocking.mc()) {
          int mb = Math.min(blocking.mc(), m - ic);
          packA(ao, ic, mb, pc, d, pa, 0);
          macro(mb, nb, pa, 0, pb, 0, pc, d, co + ic * spec.ldc() + jc, jc, worker);
        }
      }
    }
  }

  // ---------------------------------------------------------------- parts of both

  private void packA(int off, int start, int count, int from, int d, float[] dst, int dstOff) {
    Packer packer = spec.transA() ? packATransposed : packA;
    for (int i = 0; i < count; i += rows) {
      int now = Math.min(rows, count - i);
      packer.pack(a, off, spec.lda(), start + i, now, from, d, dst, dstOff + i * d);
    }
  }

  private void packB(int off, int start, int count, int from, int d, float[] dst, int dstOff) {
    Packer packer = spec.transB() ? packBTransposed : packB;
    for (int j = 0; j < count; j += columns) {
      int now = Math.min(columns, count - j);
      packer.pack(b, off, spec.ldb(), start + j, now, from, d, dst, dstOff + j * d);
    }
  }

  /** Multiplies packed slivers into a block of C, and finishes its rows after the last of k. */
  private void macro(
      int mb,
      int nb,
      float[] pa,
      int paOff,
      float[] pb,
      int pbOff,
      int from,
      int d,
      int ci,
      int column,
      int worker) {
    int ldc = spec.ldc();
    float betaNow = from == 0 ? beta : 1;
    for (int j = 0; j < nb; j += columns) {
      for (int i = 0; i < mb; i += rows) {
        int at = ci + i * ldc + j;
        if (mb - i >= rows && nb - j >= columns) {
          kernel.tile(d, alpha, pa, paOff + i * d, pb, pbOff + j * d, betaNow, c, at, ldc);
        } else {
          float[] edge = edgeTiles[worker];
          kernel.tile(d, alpha, pa, paOff + i * d, pb, pbOff + j * d, 0, edge, 0, columns);
          addEdge(edge, Math.min(rows, mb - i), Math.min(columns, nb - j), betaNow, at);
        }
      }
    }
    if (from + d >= spec.k() && !epilogue.isNothing()) {
      for (int i = 0; i < mb; i++) {
        epilogue.perElement(nb, column, c, ci + i * ldc);
      }
    }
  }

  private void addEdge(float[] edge, int mb, int nb, float betaNow, int at) {
    for (int i = 0; i < mb; i++) {
      int e = i * columns;
      int ci = at + i * spec.ldc();
      if (betaNow == 0) {
        for (int j = 0; j < nb; j++) {
          c[ci + j] = edge[e + j];
        }
      } else {
        for (int j = 0; j < nb; j++) {
          c[ci + j] = edge[e + j] + betaNow * c[ci + j];
        }
      }
    }
  }

  private static int roundUp(int x, int to) {
    return Extents.ceilDiv(x, to) * to;
  }
}
