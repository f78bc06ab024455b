package io.cortado.cpu.kernels;

import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.WinogradKernel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of a 3x3 convolution's weights by Winograd: {@code dw = G' (sum over tiles of (A dy
 * A') * (B' x B)) G}.
 *
 * <p>Blocking: chunks of about a hundred tiles, one after the other. Of each, x and dy are
 * transformed, one sliver of channels of either at a time; then for each point of the transformed
 * domain and each sliver of x's channels, which stays in the first-level cache, all output channels
 * are multiplied and added to that point's matrix. Last, each output channel's sums are transformed
 * back. Chunks depend on the extents alone and are summed in order, so any number of workers gives
 * the same bits.
 *
 * <p>Bound by the FMA units where channels are many; the sums of all points, read and written for
 * each chunk, come from the third-level cache.
 */
final class WinogradFilter {

  private static final int TAPS = 9;

  private final WinogradKernel kernel;
  private final Workers workers;
  private final int lanes;
  private final int columns;
  private final WinogradSource[] sources;
  private final AlignedScratch xScratch = new AlignedScratch();
  private final AlignedScratch dyScratch = new AlignedScratch();
  private final AlignedScratch sumScratch = new AlignedScratch();
  private final FloatScratch[] cells;
  private final BlockTask transformTask = this::transform;
  private final BlockTask multiplyTask = this::multiply;
  private final BlockTask finishTask = this::finish;

  // The call in progress: kept here so that no object is made for it.
  private @Nullable WinogradPlan current;
  private float[] x = {};
  private float[] dy = {};
  private float[] dw = {};
  private float[] xPoints = {};
  private float[] dyPoints = {};
  private float[] sums = {};
  private int xOff;
  private int dyOff;
  private int dwOff;
  private float beta;
  private int chunk;

  WinogradFilter(WinogradKernel kernel, Workers workers) {
    this.kernel = kernel;
    this.workers = workers;
    lanes = kernel.lanes();
    columns = kernel.columns();
    sources = new WinogradSource[workers.count()];
    Arrays.setAll(sources, _ -> new WinogradSource(kernel));
    cells = FloatScratch.each(workers.count());
  }

  void run(
      WinogradPlan plan,
      float[] x,
      int xOff,
      float[] dy,
      int dyOff,
      float beta,
      float[] dw,
      int dwOff) {
    current = plan;
    this.x = x;
    this.xOff = xOff;
    this.dy = dy;
    this.dyOff = dyOff;
    this.beta = beta;
    this.dw = dw;
    this.dwOff = dwOff;
    int slivers = slivers(plan.sourceChannels());
    int dySlivers = slivers(plan.targetChannels());
    xPoints = scratch(xScratch, (long) plan.points() * stride(plan, slivers));
    dyPoints = scratch(dyScratch, (long) plan.points() * stride(plan, dySlivers));
    sums = scratch(sumScratch, (long) plan.points() * sumStride(plan));
    for (chunk = 0; chunk < plan.blocks(); chunk++) {
      workers.run(slivers + dySlivers, transformTask);
      workers.run(plan.points() * slivers, multiplyTask);
    }
    workers.run(plan.targetChannels(), finishTask);
  }

  private static float[] scratch(AlignedScratch scratch, long length) {
    return scratch.get(Extents.length("convBackwardFilter", length));
  }

  private WinogradPlan plan() {
    WinogradPlan p = current;
    if (p == null) {
      throw new IllegalStateException("no call is in progress");
    }
    return p;
  }

  private int slivers(int channels) {
    return Extents.ceilDiv(channels, columns);
  }

  /** Returns the distance between points of transformed data: slivers of one row for each tile. */
  private int stride(WinogradPlan p, int slivers) {
    return slivers * p.blockTiles() * columns + lanes;
  }

  /** Returns where a point of a sliver of transformed data begins. */
  private int pointsAt(WinogradPlan p, int stride, int point, int sliver) {
    return AlignedScratch.FIRST + point * stride + sliver * p.blockTiles() * columns;
  }

  private int sumStride(WinogradPlan p) {
    return slivers(p.targetChannels()) * columns * slivers(p.sourceChannels()) * columns + lanes;
  }

  /** Transforms one sliver of channels of x or, after those, of dy. */
  private void transform(int block, int worker) {
    WinogradPlan p = plan();
    int xSlivers = slivers(p.sourceChannels());
    if (block < xSlivers) {
      int plane = p.source().plane();
      transform(p, p.source(), x, xOff, p.sourceChannels(), plane, block, xPoints, worker);
    } else {
      int plane = p.target().plane();
      int sliver = block - xSlivers;
      transform(p, p.target(), dy, dyOff, p.targetChannels(), plane, sliver, dyPoints, worker);
    }
  }

  private void transform(
      WinogradPlan p,
      WinogradStrip strip,
      float[] src,
      int srcOff,
      int channels,
      int plane,
      int sliver,
      float[] dst,
      int worker) {
    WinogradSource from = sources[worker];
    from.prepare(strip);
    int stride = stride(p, slivers(channels));
    int out = pointsAt(p, stride, 0, sliver);
    int first = chunk * p.blockStrips();
    for (int s = 0; s < p.stripsOf(chunk); s++) {
      int image = (first + s) / p.tilesH();
      int index = (first + s) % p.tilesH();
      int to = out + s * p.tilesW() * columns;
      for (int i = 0; i < columns; i += lanes) {
        int c = sliver * columns + i;
        int count = Math.clamp(channels - c, 0, lanes);
        int at = count == 0 ? srcOff : srcOff + (image * channels + c) * plane;
        from.strip(strip, src, at, count, index, dst, to + i, columns, stride);
      }
    }
  }

  /** Adds a chunk's products at one point for one sliver of x's channels. */
  private void multiply(int block, int worker) {
    WinogradPlan p = plan();
    int slivers = slivers(p.sourceChannels());
    int point = block / slivers;
    int sliver = block % slivers;
    int tiles = p.stripsOf(chunk) * p.tilesW();
    int b = pointsAt(p, stride(p, slivers), point, sliver);
    int stride = stride(p, slivers(p.targetChannels()));
    int ldc = slivers * columns;
    int c = AlignedScratch.FIRST + point * sumStride(p) + sliver * columns;
    boolean add = chunk > 0;
    for (int i = 0; i < p.targetChannels(); i += kernel.rows()) {
      int at = pointsAt(p, stride, point, i / columns) + i % columns;
      kernel.multiplyColumns(tiles, dyPoints, at, xPoints, b, add, sums, c + i * ldc, ldc);
    }
  }

  /** Transforms back the sums of one output channel. */
  private void finish(int k, int worker) {
    WinogradPlan p = plan();
    int side = p.side();
    int stride = sumStride(p);
    float[] w = cells[worker].get((TAPS + 3 * side) * lanes);
    int tmp = TAPS * lanes;
    for (int c = 0; c < p.sourceChannels(); c += lanes) {
      int from = AlignedScratch.FIRST + k * slivers(p.sourceChannels()) * columns + c;
      kernel.transform(
          p.filterGradientTransform(),
          side,
          sums,
          from,
          side * stride,
          stride,
          w,
          tmp,
          side * lanes,
          lanes);
      kernel.transform(
          p.filterGradientTransform(), 3, w, tmp, lanes, side * lanes, w, 0, lanes, 3 * lanes);
      int to = dwOff + (k * p.sourceChannels() + c) * TAPS;
      int channels = Math.min(lanes, p.sourceChannels() - c);
      kernel.deinterleave(TAPS, channels, w, 0, beta, dw, to, TAPS);
    }
  }
}
