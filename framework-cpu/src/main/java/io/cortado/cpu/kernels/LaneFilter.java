package io.cortado.cpu.kernels;

import io.cortado.backend.spec.ConvSpec;
import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.LaneKernel;
import java.util.Arrays;

/**
 * Runs a {@link LaneFilterPlan}: the gradient of a convolution's weights, a vector's lanes being
 * images.
 *
 * <p>Blocking: a block is one group and one chunk of the sum. Unit by unit, x and dy are brought
 * into the lanes' layout; then for a few rows at a time, five weights of four (or three) output
 * channels are summed in registers over all positions, each lane for itself. Last, lanes and chunks
 * are added in a fixed order. Bound by the FMA units; the sum has no im2col and packs nothing.
 */
final class LaneFilter {

  private static final int COLUMNS = LaneKernel.COLUMNS;

  private final LaneKernel kernel;
  private final Workers workers;
  private final FloatScratch partial = new FloatScratch();
  private final FloatScratch[] stagedX;
  private final FloatScratch[] stagedDy;
  private final BlockTask computeTask = this::block;
  private final BlockTask addTask = this::add;

  // The call in progress: kept here so that no object is made for it.
  private LaneFilterPlan plan;
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
  LaneFilter(LaneKernel kernel, Workers workers, LaneFilterPlan any) {
    this.kernel = kernel;
    this.workers = workers;
    stagedX = FloatScratch.each(workers.count());
    stagedDy = FloatScratch.each(workers.count());
    plan = any;
    spec = any.spec();
  }

  void run(
      LaneFilterPlan plan,
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
    int blocks = spec.groups() * plan.chunks();
    partials =
        partial.get(
            Extents.length("convBackwardFilter", (long) blocks * plan.sums() * kernel.lanes()));
    workers.run(blocks, computeTask);
    workers.run(spec.groups(), addTask);
  }

  /** Sums one chunk for one group. */
  private void block(int block, int worker) {
    int group = block / plan.chunks();
    int chunk = block % plan.chunks();
    int size = plan.sums() * kernel.lanes();
    Arrays.fill(partials, block * size, (block + 1) * size, 0);
    int from = (int) ((long) plan.units() * chunk / plan.chunks());
    int to = (int) ((long) plan.units() * (chunk + 1) / plan.chunks());
    for (int unit = from; unit < to; unit++) {
      unit(group, unit, block * size, worker);
    }
  }

  private void unit(int group, int unit, int out, int worker) {
    int image = unit / plan.bands() * kernel.lanes();
    int images = Math.min(kernel.lanes(), spec.n() - image);
    int row = unit % plan.bands() * plan.bandRows();
    int rows = Math.min(plan.bandRows(), spec.outH() - row);
    int xStep = plan.stagedRows() * plan.x().rowSize();
    float[] sx = stageX(group, image, images, row, rows, xStep, worker);
    float[] sdy = stageDy(group, image, images, row, rows, worker);
    for (int i = 0; i < rows; i += plan.tileRows()) {
      int count = Math.min(plan.tileRows(), rows - i);
      tiles(
          count,
          sx,
          i * spec.strideH() * plan.x().rowSize(),
          sdy,
          i * spec.outW() * plan.dyStep(),
          out);
    }
  }

  private float[] stageX(
      int group, int image, int images, int row, int rows, int channelStep, int worker) {
    int cg = spec.c() / spec.groups();
    int plane = spec.h() * spec.w();
    float[] s = stagedX[worker].get(Extents.length("convBackwardFilter", (long) cg * channelStep));
    int from = row * spec.strideH() - spec.padH();
    int to = from + (rows - 1) * spec.strideH() + (spec.kernelH() - 1) * spec.dilationH() + 1;
    int at = xOff + (image * spec.c() + group * cg) * plane;
    plan.x().stage(kernel, images, cg, x, at, plan.xImages(), from, to, s, channelStep);
    return s;
  }

  private float[] stageDy(int group, int image, int images, int row, int rows, int worker) {
    int kg = spec.k() / spec.groups();
    int plane = spec.outH() * spec.outW();
    int count = plan.bandRows() * spec.outW();
    float[] s =
        stagedDy[worker].get(Extents.length("convBackwardFilter", (long) count * plan.dyStep()));
    int at = dyOff + (image * spec.k() + group * kg) * plane + row * spec.outW();
    for (int k = 0; k < kg; k++) {
      kernel.toLanes(
          images,
          rows * spec.outW(),
          dy,
          at + k * plane,
          plan.dyImages(),
          s,
          k * kernel.lanes(),
          plan.place(),
          0);
    }
    return s;
  }

  /** Adds a few rows to all sums of a group. */
  private void tiles(int rows, float[] sx, int sxOff, float[] sdy, int sdyOff, int out) {
    int tile = plan.tileChannels();
    int tileSize = tile * COLUMNS * kernel.lanes();
    int at = out;
    for (int t = 0; t < plan.taps().length; t += COLUMNS) {
      for (int k = 0; k < plan.tiles(); k++) {
        kernel.filterTile(
            tile,
            rows,
            spec.outW(),
            plan.taps(),
            t,
            sx,
            sxOff,
            spec.strideH() * plan.x().rowSize(),
            sdy,
            sdyOff + k * tile * kernel.lanes(),
            spec.outW() * plan.dyStep(),
            plan.dyStep(),
            partials,
            at);
        at += tileSize;
      }
    }
  }

  /** Adds the lanes and the chunks of one group's sums. */
  private void add(int group, int worker) {
    int kg = spec.k() / spec.groups();
    int weights = spec.c() / spec.groups() * spec.kernelH() * spec.kernelW();
    int tile = plan.tileChannels();
    int stride = plan.sums() * kernel.lanes();
    for (int k = 0; k < kg; k++) {
      for (int t = 0; t < weights; t++) {
        int square = t / COLUMNS * plan.tiles() + k / tile;
        int cell = (square * tile + k % tile) * COLUMNS + t % COLUMNS;
        int from = group * plan.chunks() * stride + cell * kernel.lanes();
        float sum = kernel.sum(plan.chunks(), partials, from, stride);
        int to = dwOff + (group * kg + k) * weights + t;
        dw[to] = beta == 0 ? sum : sum + beta * dw[to];
      }
    }
  }
}
