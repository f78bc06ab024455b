package io.cortado.cpu.kernels;

import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.WinogradKernel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link WinogradPlan}: a 3x3 convolution, or its gradient with respect to the data, as one
 * matrix product for each point of the transformed domain.
 *
 * <p>Blocking: weights are transformed and packed once for a call, in slivers of two cells of
 * target channels. A block is some strips of tiles, with all channels: its source is transformed,
 * one row of source channels for each tile; then for each point, each few hundred source channels
 * and each sliver, which stays in the first-level cache, the block's tiles are multiplied; then the
 * products are transformed back, finished by bias and activation, and written to NCHW. What a block
 * holds between the three is a few megabytes and streams from the cache that has room for it.
 *
 * <p>Bound by the FMA units, with 36/16 multiplications for an output where a direct sum has 9, if
 * there are many channels; by the transforms where there are few.
 */
final class WinogradEngine {

  /**
   * Source channels summed at a time: a sliver of them is half of a first-level cache, and the
   * error of F(4x4) grows with the root of the sum's length.
   */
  private static final int DEPTH = 128;

  /** Source channels whose weights are transformed together. */
  private static final int FILTER_CHANNELS = 32;

  /** Products that stay in a second-level cache until they are transformed back. */
  private static final int PRODUCTS = 128 << 10;

  private static final int TAPS = 9;

  private final WinogradKernel kernel;
  private final Workers workers;
  private final int lanes;
  private final int columns;
  private final Epilogue epilogue;
  private final AlignedScratch packed = new AlignedScratch();
  private final FloatScratch biases = new FloatScratch();
  private final WinogradSource[] sources;
  private final FloatScratch[] transformed;
  private final FloatScratch[] products;
  private final FloatScratch[] cells;
  private final BlockTask filterTask = this::filter;
  private final BlockTask computeTask = this::block;

  // The call in progress: kept here so that no object is made for it.
  private @Nullable WinogradPlan current;
  private float[] source = {};
  private float[] weights = {};
  private float[] filters = {};
  private float[] target = {};
  private float[] bias = {};
  private boolean biased;
  private int sourceOff;
  private int weightsOff;
  private int targetOff;
  private float beta;

  WinogradEngine(WinogradKernel kernel, Workers workers, RowActivation activation) {
    this.kernel = kernel;
    this.workers = workers;
    lanes = kernel.lanes();
    columns = kernel.columns();
    epilogue = new Epilogue(activation);
    sources = new WinogradSource[workers.count()];
    Arrays.setAll(sources, _ -> new WinogradSource(kernel));
    transformed = FloatScratch.each(workers.count());
    products = FloatScratch.each(workers.count());
    cells = FloatScratch.each(workers.count());
  }

  void run(
      WinogradPlan plan,
      float[] source,
      int sourceOff,
      float[] weights,
      int weightsOff,
      float @Nullable [] bias,
      int biasOff,
      UnaryOp activation,
      float beta,
      float[] target,
      int targetOff) {
    current = plan;
    this.source = source;
    this.sourceOff = sourceOff;
    this.weights = weights;
    this.weightsOff = weightsOff;
    this.beta = beta;
    this.target = target;
    this.targetOff = targetOff;
    biased = bias != null;
    if (bias != null) {
      this.bias = biases.get(targetWidth(plan));
      System.arraycopy(bias, biasOff, this.bias, 0, plan.targetChannels());
      Arrays.fill(this.bias, plan.targetChannels(), targetWidth(plan), 0);
    }
    epilogue.set(null, 0, activation);
    filters = packed.get(Extents.length("conv", (long) plan.points() * filterStride(plan)));
    int chunks = Extents.ceilDiv(plan.sourceChannels(), FILTER_CHANNELS);
    workers.run(targetWidth(plan) / columns * chunks, filterTask);
    workers.run(plan.blocks(), computeTask);
  }

  private WinogradPlan plan() {
    WinogradPlan p = current;
    if (p == null) {
      throw new IllegalStateException("no call is in progress");
    }
    return p;
  }

  /** Returns the target's channels, rounded up to whole slivers. */
  private int targetWidth(WinogradPlan plan) {
    return Extents.roundUp(plan.targetChannels(), columns);
  }

  /** Returns the source's channels, rounded up, and a cell to spread rows over the cache's sets. */
  private int sourceWidth(WinogradPlan plan) {
    return (Extents.ceilDiv(plan.sourceChannels(), lanes) + 1) * lanes;
  }

  private int tileRows(WinogradPlan plan) {
    return Extents.roundUp(plan.blockTiles(), kernel.rows());
  }

  private int filterStride(WinogradPlan plan) {
    return targetWidth(plan) * plan.sourceChannels() + lanes;
  }

  private int transformedStride(WinogradPlan plan) {
    return tileRows(plan) * sourceWidth(plan) + lanes;
  }

  private int productStride(WinogradPlan plan) {
    return tileRows(plan) * productWidth(plan) + lanes;
  }

  /** Returns the target channels whose products are in the second-level cache at once. */
  private int productWidth(WinogradPlan plan) {
    int fitting = PRODUCTS / (plan.points() * tileRows(plan)) / columns * columns;
    return Math.clamp(fitting, columns, targetWidth(plan));
  }

  /** Transforms the weights from some source channels to one sliver of target channels. */
  private void filter(int block, int worker) {
    WinogradPlan p = plan();
    int chunks = Extents.ceilDiv(p.sourceChannels(), FILTER_CHANNELS);
    int to = block / chunks * columns;
    int from = block % chunks * FILTER_CHANNELS;
    int count = Math.min(FILTER_CHANNELS, p.sourceChannels() - from);
    int half = FILTER_CHANNELS * TAPS * lanes;
    float[] w = cells[worker].get(2 * half + 3 * p.side() * lanes);
    stageFilters(p, to, from, count, w, 0);
    stageFilters(p, to + lanes, from, count, w, half);
    int out = AlignedScratch.FIRST + to * p.sourceChannels() + from * columns;
    for (int c = 0; c < count; c++) {
      transformFilter(p, w, c * TAPS * lanes, 2 * half, out + c * columns);
      transformFilter(p, w, half + c * TAPS * lanes, 2 * half, out + c * columns + lanes);
    }
  }

  /** Transforms 3 x 3 cells of weights, which may be turned by half a turn, to their points. */
  private void transformFilter(WinogradPlan p, float[] w, int at, int tmp, int out) {
    int first = p.rotated() ? at + (TAPS - 1) * lanes : at;
    int next = p.rotated() ? -lanes : lanes;
    int stride = filterStride(p);
    kernel.transform(p.filterTransform(), 3, w, first, 3 * next, next, w, tmp, 3 * lanes, lanes);
    kernel.transform(
        p.filterTransform(),
        p.side(),
        w,
        tmp,
        lanes,
        3 * lanes,
        filters,
        out,
        stride,
        p.side() * stride);
  }

  /** Makes cells of the weights from some source channels to one cell of target channels. */
  private void stageFilters(WinogradPlan p, int to, int from, int count, float[] w, int wOff) {
    int channels = Math.clamp(p.targetChannels() - to, 0, lanes);
    if (p.rotated()) {
      for (int c = 0; c < count; c++) {
        int at = weightsOff + ((from + c) * p.targetChannels() + to) * TAPS;
        kernel.interleave(TAPS, channels, weights, at, TAPS, w, wOff + c * TAPS * lanes);
      }
    } else {
      int at = weightsOff + (to * p.sourceChannels() + from) * TAPS;
      int plane = p.sourceChannels() * TAPS;
      kernel.interleave(count * TAPS, channels, weights, at, plane, w, wOff);
    }
  }

  /** Computes the outputs of one block of strips. */
  private void block(int block, int worker) {
    WinogradPlan p = plan();
    int first = block * p.blockStrips();
    int strips = p.stripsOf(block);
    float[] v =
        transformed[worker].get(Extents.length("conv", (long) p.points() * transformedStride(p)));
    float[] m = products[worker].get(Extents.length("conv", (long) p.points() * productStride(p)));
    transformSource(p, first, strips, v, worker);
    int width = productWidth(p);
    for (int from = 0; from < p.targetChannels(); from += width) {
      int to = Math.min(targetWidth(p), from + width);
      for (int point = 0; point < p.points(); point++) {
        multiply(p, point, strips * p.tilesW(), from, to, v, m);
      }
      for (int k = from; k < Math.min(to, p.targetChannels()); k += lanes) {
        for (int s = 0; s < strips; s++) {
          output(p, first + s, s * p.tilesW(), k, k - from, m, worker);
        }
      }
    }
  }

  private void transformSource(WinogradPlan p, int first, int strips, float[] v, int worker) {
    WinogradSource from = sources[worker];
    WinogradStrip strip = p.source();
    from.prepare(strip);
    int plane = p.source().plane();
    int width = sourceWidth(p);
    for (int s = 0; s < strips; s++) {
      int image = (first + s) / p.tilesH();
      int index = (first + s) % p.tilesH();
      int to = s * p.tilesW() * width;
      for (int c = 0; c < p.sourceChannels(); c += lanes) {
        int channels = Math.min(lanes, p.sourceChannels() - c);
        int at = sourceOff + (image * p.sourceChannels() + c) * plane;
        from.strip(strip, source, at, channels, index, v, to + c, width, transformedStride(p));
      }
    }
  }

  /** Multiplies all tiles of a block at one point. */
  private void multiply(
      WinogradPlan p, int point, int tiles, int from, int to, float[] v, float[] m) {
    int depth = p.sourceChannels();
    int step = Extents.ceilDiv(depth, Extents.ceilDiv(depth, DEPTH));
    int width = sourceWidth(p);
    int ldc = productWidth(p);
    int rows = kernel.rows();
    for (int pc = 0; pc < depth; pc += step) {
      int k = Math.min(step, depth - pc);
      int a = point * transformedStride(p) + pc;
      int b = AlignedScratch.FIRST + point * filterStride(p) + pc * columns;
      int c = point * productStride(p);
      for (int j = from; j < to; j += columns) {
        for (int i = 0; i < tiles; i += rows) {
          kernel.multiplyRows(
              k,
              v,
              a + i * width,
              width,
              filters,
              b + j * depth,
              pc > 0,
              m,
              c + i * ldc + j - from,
              ldc);
        }
      }
    }
  }

  /**
   * Transforms back one strip of one cell of channels, and finishes it.
   *
   * <p>The strip's rows are as long as the target's: what a last, partial tile has too much is
   * written over by the tiles to the left, which come after it, one row further down.
   */
  private void output(
      WinogradPlan p, int strip, int tile, int k, int column, float[] m, int worker) {
    int side = p.side();
    int w = p.target().w();
    int tmp = (p.m() * w + p.m()) * lanes;
    float[] y = cells[worker].get(tmp + p.m() * side * lanes);
    int stride = productStride(p);
    for (int t = p.tilesW() - 1; t >= 0; t--) {
      int from = (tile + t) * productWidth(p) + column;
      kernel.transform(
          p.outputTransform(), side, m, from, side * stride, stride, y, tmp, side * lanes, lanes);
      int at = t * p.m() * lanes;
      kernel.transform(
          p.outputTransform(), p.m(), y, tmp, lanes, side * lanes, y, at, lanes, w * lanes);
    }
    int row = strip % p.tilesH() * p.m();
    int pixels = Math.min(p.m(), p.target().h() - row) * w;
    if (biased) {
      kernel.add(pixels, bias, k, y, 0);
    }
    epilogue.activate(pixels * lanes, y, 0);
    int plane = p.target().plane();
    int to = targetOff + (strip / p.tilesH() * p.targetChannels() + k) * plane + row * w;
    int channels = Math.min(lanes, p.targetChannels() - k);
    kernel.deinterleave(pixels, channels, y, 0, beta, target, to, plane);
  }
}
