package io.cortado.cpu.kernels;

import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.GemmKernel;

/**
 * Runs a {@link ConvPlan}: implicit matrix products over a staged source.
 *
 * <p>Rows of the product are target channels, columns are outputs (all of a block's images in one
 * row), and the sum runs over source channels and taps. Blocking: weights are packed once for a
 * call; each block of images or rows stages its source (see {@link Staging}), and then for every
 * few hundred taps and every sliver of columns packs the shifted source into the first-level cache,
 * or has the kernel read it where it lies, and multiplies it by all weights. Results go straight to
 * NCHW.
 *
 * <p>Bound by the FMA units where there are a dozen target channels or more; by packing or by
 * staging below.
 */
final class ConvEngine {

  private final GemmKernel kernel;
  private final Workers workers;
  private final int rows;
  private final int columns;
  private final Epilogue epilogue;
  private final FloatScratch packed = new FloatScratch();
  private final FloatScratch[] staged;
  private final FloatScratch[] slivers;
  private final float[][] tiles;
  private final ColumnRuns[] runs;
  private final BlockTask packTask = this::packWeights;
  private final BlockTask computeTask = this::block;

  // The call in progress: kept here so that no object is made for it.
  private ConvPlan plan;
  private float[] source = {};
  private float[] weights = {};
  private float[] packedWeights = {};
  private float[] target = {};
  private int sourceOff;
  private int weightsOff;
  private int targetOff;
  private float beta;
  private int packBlocksPerGroup;

  /** Makes the engine; the plan is any, to start with. */
  ConvEngine(GemmKernel kernel, Workers workers, RowActivation activation, ConvPlan any) {
    this.kernel = kernel;
    this.workers = workers;
    rows = kernel.rows();
    columns = kernel.columns();
    epilogue = new Epilogue(activation);
    staged = FloatScratch.each(workers.count());
    slivers = FloatScratch.each(workers.count());
    tiles = new float[workers.count()][rows * columns];
    runs = new ColumnRuns[workers.count()];
    for (int i = 0; i < runs.length; i++) {
      runs[i] = new ColumnRuns(columns);
    }
    plan = any;
  }

  /** Returns what is done to the target's rows when they are complete; set before each run. */
  Epilogue epilogue() {
    return epilogue;
  }

  void run(
      ConvPlan plan,
      float[] source,
      int sourceOff,
      float[] weights,
      int weightsOff,
      float beta,
      float[] target,
      int targetOff) {
    this.plan = plan;
    this.source = source;
    this.sourceOff = sourceOff;
    this.weights = weights;
    this.weightsOff = weightsOff;
    this.target = target;
    this.targetOff = targetOff;
    this.beta = beta;
    packedWeights = packed.get(Extents.length("conv", (long) plan.groups() * plan.packedGroup()));
    packBlocksPerGroup = plan.passes().size() * Extents.ceilDiv(plan.targetChannels(), rows);
    workers.run(plan.groups() * packBlocksPerGroup, packTask);
    workers.run(plan.blocks(), computeTask);
  }

  /** Packs the weights of one sliver of target channels for one pass. */
  private void packWeights(int block, int worker) {
    int group = block / packBlocksPerGroup;
    int rest = block % packBlocksPerGroup;
    ConvPass pass = plan.passes().get(rest % plan.passes().size());
    int channel = rest / plan.passes().size() * rows;
    int count = Math.min(rows, plan.targetChannels() - channel);
    int depth = pass.depth();
    int[] from = pass.weights();
    int w = weightsOff + group * plan.groupWeights() + channel * pass.weightStep();
    int d = group * plan.packedGroup() + pass.packedFrom() + channel * depth;
    for (int p = 0; p < depth; p++) {
      for (int i = 0; i < count; i++) {
        packedWeights[d + i] = weights[w + from[p] + i * pass.weightStep()];
      }
      for (int i = count; i < rows; i++) {
        packedWeights[d + i] = 0;
      }
      d += rows;
    }
  }

  /** Computes the outputs of a few images, or of a band of rows of one, for one group. */
  private void block(int block, int worker) {
    int bands = plan.bands();
    int group = block % plan.groups();
    int band = block / plan.groups() % bands;
    int image = block / plan.groups() / bands * plan.blockImages();
    int imageCount = Math.min(plan.blockImages(), plan.images() - image);
    int firstRow = band * plan.bandRows();
    float[] source = stage(group, image, imageCount, firstRow, worker);
    for (int i = 0; i < plan.passes().size(); i++) {
      ConvPass pass = plan.passes().get(i);
      int rowCount = Math.min(plan.bandRows(), pass.gridH() - firstRow);
      if (rowCount > 0) {
        pass(pass, group, image, imageCount, firstRow, rowCount, source, worker);
      }
    }
  }

  private float[] stage(int group, int image, int imageCount, int firstRow, int worker) {
    Staging staging = plan.staging();
    int imageSize = plan.sourceChannels() * staging.channelSize();
    // Tiles read whole vectors: up to a tile's width beyond the last staged element.
    long beyond = staging.shared() + 2L * columns;
    float[] s =
        staged[worker].get(Extents.length("conv", (long) plan.blockImages() * imageSize + beyond));
    int sourcePlane = staging.sourceH() * staging.sourceW();
    int height = Math.min(plan.bandRows(), plan.gridRows() - firstRow) + plan.haloRows();
    for (int n = 0; n < imageCount; n++) {
      int channel = ((image + n) * plan.groups() + group) * plan.sourceChannels();
      staging.stage(
          source,
          sourceOff + channel * sourcePlane,
          plan.sourceChannels(),
          firstRow,
          height,
          s,
          n * imageSize);
    }
    return s;
  }

  private void pass(
      ConvPass pass,
      int group,
      int image,
      int imageCount,
      int firstRow,
      int rowCount,
      float[] source,
      int worker) {
    for (int pc = 0; pc == 0 || pc < pass.depth(); pc += pass.step()) {
      if (pass.direct()) {
        for (int n = 0; n < imageCount; n++) {
          directTiles(pass, group, image + n, n, firstRow, rowCount, pc, source, worker);
        }
      } else {
        packedTiles(pass, group, image, imageCount, firstRow, rowCount, pc, source, worker);
      }
    }
    if (!epilogue.isNothing()) {
      finish(group, image, imageCount, firstRow * pass.gridW(), rowCount * pass.gridW());
    }
  }

  /**
   * Lets the kernel read the staged source: columns run on through the padding, and what falls
   * there is dropped.
   */
  private void directTiles(
      ConvPass pass,
      int group,
      int image,
      int slot,
      int firstRow,
      int rowCount,
      int pc,
      float[] source,
      int worker) {
    int width = plan.staging().width();
    int stagedImage = slot * plan.sourceChannels() * plan.staging().channelSize();
    int end = (rowCount - 1) * width + pass.gridW();
    ColumnRuns r = runs[worker];
    int to = imageTarget(group, image) + pass.targetFrom() + firstRow * pass.targetStepH();
    for (int f = 0; f < end; f += columns) {
      r.clear();
      int i = f / width;
      for (int line = i * width; line < Math.min(end, f + columns); line += width, i++) {
        int a = Math.max(line, f);
        int b = Math.min(line + pass.gridW(), f + columns);
        if (a < b) {
          int j = a - line;
          r.add(0, to + i * pass.targetStepH() + j * pass.targetStepW(), a - f, b - a);
        }
      }
      if (r.count > 0) {
        multiply(pass, group, pc, source, stagedImage + f, r, worker);
      }
    }
  }

  /** Packs the columns of all images, none in vain, and multiplies them. */
  private void packedTiles(
      ConvPass pass,
      int group,
      int image,
      int imageCount,
      int firstRow,
      int rowCount,
      int pc,
      float[] source,
      int worker) {
    int gridW = pass.gridW();
    int depth = Math.min(pass.step(), pass.depth() - pc);
    int width = plan.staging().width();
    int stagedImage = plan.sourceChannels() * plan.staging().channelSize();
    float[] sliver = slivers[worker].get((pass.step() + 2) * columns);
    ColumnRuns r = runs[worker];
    int lines = imageCount * rowCount;
    int line = 0;
    int j = 0;
    while (line < lines) {
      r.clear();
      while (r.columns < columns && line < lines) {
        int slot = line / rowCount;
        int i = line % rowCount;
        int len = Math.min(gridW - j, columns - r.columns);
        int to =
            imageTarget(group, image + slot)
                + pass.targetFrom()
                + (firstRow + i) * pass.targetStepH()
                + j * pass.targetStepW();
        r.add(slot * stagedImage + i * width + j, to, r.columns, len);
        j += len;
        if (j == gridW) {
          j = 0;
          line++;
        }
      }
      kernel.packRuns(depth, source, 0, pass.taps(), pc, r.count, r.from, r.col, r.len, sliver, 0);
      multiply(pass, group, pc, sliver, -1, r, worker);
    }
  }

  /**
   * Multiplies one sliver of columns by all weights of some taps.
   *
   * @param sliver the packed columns, or the staged source
   * @param base where the columns start in the staged source; negative for packed columns
   */
  private void multiply(
      ConvPass pass, int group, int pc, float[] sliver, int base, ColumnRuns r, int worker) {
    int depth = Math.min(pass.step(), pass.depth() - pc);
    int plane = plan.targetPlane();
    int channels = plan.targetChannels();
    int w = group * plan.packedGroup() + pass.packedFrom() + pc * rows;
    float betaNow = pc == 0 ? beta : 1;
    boolean straight = pass.targetStepW() == 1 && r.isOneStretch(columns);
    for (int m = 0; m < channels; m += rows) {
      boolean whole = straight && channels - m >= rows;
      float[] c = whole ? target : tiles[worker];
      int at = whole ? r.to[0] + m * plane : 0;
      int ldc = whole ? plane : columns;
      float tileBeta = whole ? betaNow : 0;
      int wm = w + m * pass.depth();
      if (base < 0) {
        kernel.tile(depth, 1, packedWeights, wm, sliver, 0, tileBeta, c, at, ldc);
      } else {
        kernel.tileAt(
            depth, packedWeights, wm, sliver, base, pass.taps(), pc, tileBeta, c, at, ldc);
      }
      if (!whole) {
        scatter(c, Math.min(rows, channels - m), r, m * plane, pass.targetStepW(), betaNow);
      }
    }
  }

  private void scatter(
      float[] tile, int count, ColumnRuns r, int channelOff, int step, float betaNow) {
    for (int i = 0; i < count; i++) {
      int line = channelOff + i * plan.targetPlane();
      for (int q = 0; q < r.count; q++) {
        int e = i * columns + r.col[q];
        int to = line + r.to[q];
        if (step != 1) {
          scatterApart(tile, e, r.len[q], to, step, betaNow);
        } else if (betaNow == 0) {
          System.arraycopy(tile, e, target, to, r.len[q]);
        } else {
          addRun(tile, e, r.len[q], betaNow, to);
        }
      }
    }
  }

  private void addRun(float[] tile, int e, int len, float betaNow, int to) {
    for (int x = 0; x < len; x++) {
      target[to + x] = tile[e + x] + betaNow * target[to + x];
    }
  }

  private void scatterApart(float[] tile, int e, int len, int to, int step, float betaNow) {
    for (int x = 0; x < len; x++) {
      int at = to + x * step;
      target[at] = betaNow == 0 ? tile[e + x] : tile[e + x] + betaNow * target[at];
    }
  }

  private void finish(int group, int image, int imageCount, int from, int count) {
    for (int n = 0; n < imageCount; n++) {
      for (int m = 0; m < plan.targetChannels(); m++) {
        int at = imageTarget(group, image + n) + m * plan.targetPlane() + from;
        epilogue.shared(count, group * plan.targetChannels() + m, target, at);
      }
    }
  }

  /** Returns where an image's first channel of a group lies in the target. */
  private int imageTarget(int group, int image) {
    return targetOff + (image * plan.groups() + group) * plan.targetChannels() * plan.targetPlane();
  }
}
