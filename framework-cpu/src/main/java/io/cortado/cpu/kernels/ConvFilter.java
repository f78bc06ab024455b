package io.cortado.cpu.kernels;

import io.cortado.backend.spec.ConvSpec;
import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.GemmKernel;
import java.util.Arrays;

/**
 * Runs a {@link FilterPlan}: the gradient of a convolution's weights.
 *
 * <p>Blocking: a block of work is one group, up to eight slivers of columns and one chunk of the
 * sum. Unit by unit it stages x, then for every kc positions packs dy (transposed) for all rows and
 * x's windows for one sliver, and adds their product to the chunk's own matrix. Last, the chunks
 * are added in order. Bound by packing where there are few output channels, by the FMA units else.
 */
final class ConvFilter {

  private final GemmKernel kernel;
  private final Workers workers;
  private final int kc;
  private final int tileRows;
  private final int tileColumns;
  private final InterleavePacker packRows;
  private final FloatScratch partial = new FloatScratch();
  private final FloatScratch[] staged;
  private final FloatScratch[] packedRows;
  private final FloatScratch[] slivers;
  private final BlockTask computeTask = this::block;
  private final BlockTask addTask = this::addRow;

  // The call in progress: kept here so that no object is made for it.
  private FilterPlan plan;
  private ConvSpec spec;
  private float[] x = {};
  private float[] dy = {};
  private float[] dw = {};
  private float[] partials = {};
  private int xOff;
  private int dyOff;
  private int dwOff;
  private float beta;

  /** Makes the engine; the plan is any, to start with. */
  ConvFilter(GemmKernel kernel, Workers workers, FilterPlan any) {
    this.kernel = kernel;
    this.workers = workers;
    kc = Blocking.of(kernel).kc();
    tileRows = kernel.rows();
    tileColumns = kernel.columns();
    packRows = new InterleavePacker(tileRows);
    staged = FloatScratch.each(workers.count());
    packedRows = FloatScratch.each(workers.count());
    slivers = FloatScratch.each(workers.count());
    plan = any;
    spec = any.spec();
  }

  void run(
      FilterPlan plan,
      float[] x,
      int xOff,
      float[] dy,
      int dyOff,
      float beta,
      float[] dw,
      int dwOff) {
    this.plan = plan;
    spec = plan.spec();
    this.x = x;
    this.xOff = xOff;
    this.dy = dy;
    this.dyOff = dyOff;
    this.dw = dw;
    this.dwOff = dwOff;
    this.beta = beta;
    int blocks = spec.groups() * plan.columnBlocks() * plan.chunks();
    partials = partial.get(Extents.length("convBackwardFilter", (long) blocks * partialSize()));
    workers.run(blocks, computeTask);
    workers.run(spec.k(), addTask);
  }

  private int paddedRows() {
    return Extents.roundUp(plan.rows(), tileRows);
  }

  private int partialSize() {
    return paddedRows() * plan.columnBlock();
  }

  /** Sums one chunk for one block of columns of one group. */
  private void block(int block, int worker) {
    int chunk = block % plan.chunks();
    int columnBlock = block / plan.chunks() % plan.columnBlocks();
    int group = block / plan.chunks() / plan.columnBlocks();
    int from = (int) ((long) plan.units() * chunk / plan.chunks());
    int to = (int) ((long) plan.units() * (chunk + 1) / plan.chunks());
    int out = block * partialSize();
    if (from == to) {
      Arrays.fill(partials, out, out + partialSize(), 0);
    }
    for (int unit = from; unit < to; unit++) {
      unit(group, columnBlock, unit, unit == from, out, worker);
    }
  }

  private void unit(int group, int columnBlock, int unit, boolean first, int out, int worker) {
    int image = unit / plan.bands() * plan.unitImages();
    int images = Math.min(plan.unitImages(), spec.n() - image);
    int row = unit % plan.bands() * plan.bandRows();
    int rowCount = Math.min(plan.bandRows(), spec.outH() - row);
    float[] s = stage(group, columnBlock, image, images, row, worker);
    int positions = images * rowCount * spec.outW();
    for (int pc = 0; pc < positions; pc += kc) {
      int depth = Math.min(kc, positions - pc);
      float[] a = packRows(group, image, row, rowCount * spec.outW(), pc, depth, worker);
      multiply(columnBlock, s, a, pc, depth, first && pc == 0 ? 0 : 1, out, worker);
    }
  }

  private float[] stage(int group, int columnBlock, int image, int images, int row, int worker) {
    Staging staging = plan.staging();
    int cg = spec.c() / spec.groups();
    int imageSize = plan.stagedChannels() * staging.channelSize();
    // Packing reads whole vectors: up to a tile's width beyond the last staged element.
    float[] s =
        staged[worker].get(
            Extents.length(
                "convBackwardFilter", (long) plan.unitImages() * imageSize + 2L * tileColumns));
    int channel = columnBlock * plan.columnBlock() / (spec.kernelH() * spec.kernelW());
    int channels = Math.min(plan.stagedChannels(), cg - channel);
    int rowCount = Math.min(plan.bandRows(), spec.outH() - row);
    int height = (rowCount - 1) * spec.strideH() + (spec.kernelH() - 1) * spec.dilationH() + 1;
    for (int n = 0; n < images; n++) {
      int at = ((image + n) * spec.c() + group * cg + channel) * spec.h() * spec.w();
      staging.stage(x, xOff + at, channels, row * spec.strideH(), height, s, n * imageSize);
    }
    return s;
  }

  /**
   * Packs dy at some positions of a unit, which may belong to several images, for all output
   * channels of a group.
   */
  private float[] packRows(
      int group, int image, int row, int perImage, int pc, int depth, int worker) {
    float[] a = packedRows[worker].get(paddedRows() * kc);
    int plane = spec.outH() * spec.outW();
    for (int done = 0; done < depth; ) {
      int n = (pc + done) / perImage;
      int at = (pc + done) % perImage;
      int now = Math.min(depth - done, perImage - at);
      int off =
          dyOff + ((image + n) * spec.k() + group * plan.rows()) * plane + row * spec.outW() + at;
      for (int m = 0; m < plan.rows(); m += tileRows) {
        int count = Math.min(tileRows, plan.rows() - m);
        packRows.pack(dy, off, plane, m, count, 0, now, a, m * depth + done * tileRows);
      }
      done += now;
    }
    return a;
  }

  private void multiply(
      int columnBlock,
      float[] s,
      float[] a,
      int pc,
      int depth,
      float tileBeta,
      int out,
      int worker) {
    float[] sliver = slivers[worker].get((kc + 2) * tileColumns);
    int end = Math.min(plan.columnBlock(), plan.columns() - columnBlock * plan.columnBlock());
    int ldc = plan.columnBlock();
    for (int j = 0; j < end; j += tileColumns) {
      ColumnRuns r = plan.slivers()[(columnBlock * ldc + j) / tileColumns];
      kernel.packRuns(depth, s, 0, plan.positions(), pc, r.count, r.from, r.col, r.len, sliver, 0);
      for (int m = 0; m < plan.rows(); m += tileRows) {
        kernel.tile(depth, 1, a, m * depth, sliver, 0, tileBeta, partials, out + m * ldc + j, ldc);
      }
    }
  }

  /** Adds the chunks' results for one output channel. */
  private void addRow(int k, int worker) {
    int group = k / plan.rows();
    int row = k % plan.rows() * plan.columnBlock();
    int to = dwOff + k * plan.columns();
    for (int j = 0; j < plan.columns(); j++) {
      dw[to + j] = beta == 0 ? 0 : beta * dw[to + j];
    }
    for (int block = 0; block < plan.columnBlocks(); block++) {
      int column = block * plan.columnBlock();
      int count = Math.min(plan.columnBlock(), plan.columns() - column);
      for (int chunk = 0; chunk < plan.chunks(); chunk++) {
        int index = (group * plan.columnBlocks() + block) * plan.chunks() + chunk;
        int from = index * partialSize() + row;
        for (int j = 0; j < count; j++) {
          dw[to + column + j] += partials[from + j];
        }
      }
    }
  }
}
