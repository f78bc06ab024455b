package io.cortado.cpu.kernels;

import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.LaneKernel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link LaneConvPlan}: direct convolution, a vector's lanes being images.
 *
 * <p>Blocking: a block is as many images as a vector has lanes, one group, and a band of rows. Its
 * source is brought into the lanes' layout once; then row by row, for four (or three) channels and
 * five columns at a time, all taps are summed in registers; bias and activation follow while the
 * band is in the second-level cache, and it is taken apart to NCHW.
 *
 * <p>There is no im2col and no packing of x, whose cost a matrix product wins back only over many
 * channels. Bound by the FMA units: of LeNet's second layer they take four fifths of the time, the
 * changes of layout the rest.
 */
final class LaneConv {

  private final LaneKernel kernel;
  private final Workers workers;
  private final RowActivation activation;
  private final FloatScratch packed = new FloatScratch();
  private final FloatScratch starts = new FloatScratch();
  private final FloatScratch[] sources;
  private final FloatScratch[] targets;
  private final BlockTask task = this::block;

  // The call in progress: kept here so that no object is made for it.
  private LaneConvPlan plan;
  private float[] source = {};
  private float[] target = {};
  private float[] weights = {};
  private float[] start = {};
  private int sourceOff;
  private int targetOff;
  private float beta;
  private UnaryOp op = UnaryOp.IDENTITY;

  /** Makes the engine; the plan is any, to start with. */
  LaneConv(LaneKernel kernel, Workers workers, RowActivation activation, LaneConvPlan any) {
    this.kernel = kernel;
    this.workers = workers;
    this.activation = activation;
    sources = FloatScratch.each(workers.count());
    targets = FloatScratch.each(workers.count());
    plan = any;
  }

  void run(
      LaneConvPlan plan,
      float[] source,
      int sourceOff,
      float[] w,
      int wOff,
      float @Nullable [] bias,
      int biasOff,
      UnaryOp op,
      float beta,
      float[] target,
      int targetOff) {
    this.plan = plan;
    this.source = source;
    this.sourceOff = sourceOff;
    this.target = target;
    this.targetOff = targetOff;
    this.op = op;
    this.beta = beta;
    pack(w, wOff, bias, biasOff);
    workers.run(plan.blocks(), task);
  }

  /** Packs weights and biases, tile by tile of channels, missing channels as zeros. */
  private void pack(float[] w, int wOff, float @Nullable [] bias, int biasOff) {
    int depth = plan.taps().length;
    int tile = plan.tileChannels();
    int padded = plan.tiles() * tile;
    int groupWeights = plan.targetChannels() * depth;
    weights = packed.get(Extents.length("conv", (long) plan.groups() * padded * depth));
    start = starts.get(plan.groups() * padded);
    Arrays.fill(weights, 0, plan.groups() * padded * depth, 0);
    Arrays.fill(start, 0, plan.groups() * padded, 0);
    int[] from = plan.weights();
    for (int k = 0; k < plan.groups() * plan.targetChannels(); k++) {
      int group = k / plan.targetChannels();
      int channel = k % plan.targetChannels();
      int src = wOff + group * groupWeights + channel * plan.weightStep();
      int dst = (group * padded + channel / tile * tile) * depth + channel % tile;
      for (int p = 0; p < depth; p++) {
        weights[dst + p * tile] = w[src + from[p]];
      }
      start[group * padded + channel] = bias == null ? 0 : bias[biasOff + k];
    }
  }

  private void block(int block, int worker) {
    int band = block % plan.bands();
    int group = block / plan.bands() % plan.groups();
    int image = block / plan.bands() / plan.groups() * kernel.lanes();
    int images = Math.min(kernel.lanes(), plan.images() - image);
    int firstRow = band * plan.bandRows();
    int rows = Math.min(plan.bandRows(), plan.targetH() - firstRow);
    int from = Math.max(0, firstRow * plan.strideH() - plan.padTop());
    float[] x = stage(group, image, images, firstRow, rows, from, worker);
    int plane = plan.bandRows() * plan.paddedW() * kernel.lanes();
    float[] y =
        targets[worker].get(
            Extents.length("conv", (long) plan.tiles() * plan.tileChannels() * plane));
    for (int i = 0; i < rows; i++) {
      row(group, firstRow + i, from, x, y, i * plan.paddedW() * kernel.lanes(), plane);
    }
    finish(group, image, images, firstRow, rows, y, plane);
  }

  private float[] stage(
      int group, int image, int images, int firstRow, int rows, int from, int worker) {
    LaneStaging staging = plan.staging();
    int channels = plan.sourceChannels();
    int channelStep = plan.stagedRows() * staging.rowSize();
    // The last tile of a row reads beyond its last element.
    int beyond = LaneKernel.COLUMNS * kernel.lanes();
    float[] x = sources[worker].get(Extents.length("conv", (long) channels * channelStep + beyond));
    int last = (firstRow + rows - 1) * plan.strideH() - plan.padTop();
    int to = last + (plan.kernelH() - 1) * plan.dilationH() + 1;
    int end = Math.max(from, Math.min(to, staging.sourceH()));
    int sourcePlane = staging.sourceH() * staging.sourceW();
    int imageStride = plan.groups() * channels * sourcePlane;
    int at = sourceOff + image * imageStride + group * channels * sourcePlane;
    staging.stage(
        kernel, images, channels, source, at, plan.sourceImages(), from, end, x, channelStep);
    return x;
  }

  /** Computes one row of all target channels of a group. */
  private void row(int group, int row, int from, float[] x, float[] y, int yOff, int plane) {
    int lanes = kernel.lanes();
    int tile = plan.tileChannels();
    int depth = plan.taps().length;
    int perKernelRow = depth / plan.kernelH();
    int tapFrom = plan.firstKernelRow(row) * perKernelRow;
    int tapTo = plan.endKernelRow(row) * perKernelRow;
    int xOff = (row * plan.strideH() - plan.padTop() - from) * plan.staging().rowSize();
    for (int t = 0; t < plan.tiles(); t++) {
      int channel = (group * plan.tiles() + t) * tile;
      for (int j = 0; j < plan.targetW(); j += LaneKernel.COLUMNS) {
        kernel.tile(
            tile,
            tapFrom,
            tapTo,
            plan.taps(),
            x,
            xOff + j * lanes,
            weights,
            channel * depth,
            start,
            channel,
            y,
            yOff + t * tile * plane + j * lanes,
            plane);
      }
    }
  }

  private void finish(
      int group, int image, int images, int firstRow, int rows, float[] y, int plane) {
    int targetPlane = plan.targetH() * plan.targetW();
    int imageStride = plan.groups() * plan.targetChannels() * targetPlane;
    int to = targetOff + image * imageStride + firstRow * plan.targetW();
    for (int k = 0; k < plan.targetChannels(); k++) {
      if (op.kind() != UnaryOp.Kind.IDENTITY) {
        int n = rows * plan.paddedW() * kernel.lanes();
        activation.apply(op, n, y, k * plane, y, k * plane);
      }
      int at = to + (group * plan.targetChannels() + k) * targetPlane;
      int count = rows * plan.targetW();
      kernel.fromLanes(
          images, count, y, k * plane, plan.place(), beta, target, at, plan.targetImages());
    }
  }
}
