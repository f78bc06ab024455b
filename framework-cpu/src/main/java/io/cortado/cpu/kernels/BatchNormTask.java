package io.cortado.cpu.kernels;

import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.NormKernel;
import java.util.Arrays;

/**
 * A call of a batch norm: sums of channels, what is found from them, and a pass over all elements.
 *
 * <p>Blocks are parts of the batch, by groups of channels. Parts let each pass read memory in
 * order, but their sums go from core to core. Where channels have few elements that costs more than
 * the sums themselves, so the batch is one part, and a group's block has nothing to wait for.
 * Groups are made besides where there are few images. The spec alone decides, so that sums are the
 * same for any number of threads.
 *
 * <p>One object for all calls, filled anew by each, so that a call makes no garbage.
 */
abstract class BatchNormTask implements BlockTask {

  /** What a block does. */
  private enum Stage {
    SUM,
    PASS,
    BOTH
  }

  private static final int MAX_BLOCKS = 32;

  /** The most sums in all parts: 8 MiB of them. More channels have fewer parts. */
  private static final int MAX_SUMS = 1 << 20;

  /** The most elements of a channel that are one part. */
  private static final int FEW = 1024;

  /** Columns of a group: whole vectors of any width, and a loop of some length. */
  private static final int COLUMNS = 256;

  static final float[] NONE = {};

  final NormKernel kernel;
  final FloatScratch scales = new FloatScratch();
  final FloatScratch slopes = new FloatScratch();
  final FloatScratch offsets = new FloatScratch();

  private final Workers workers;
  private final DoubleScratch sums = new DoubleScratch();

  BatchNormSpec spec = new BatchNormSpec(0, 0, 0, 0);

  private int partCount;
  private int perPart;
  private int groups;
  private int perGroup;

  /** Of each part the channels' sums, then their other sums. */
  double[] parts = sums.get(0);

  private Stage stage = Stage.PASS;

  BatchNormTask(NormKernel kernel, Workers workers) {
    this.kernel = kernel;
    this.workers = workers;
  }

  /** Does what comes before some channels' sums, whose places are free until then. */
  void prepare(int first, int channels, int to) {}

  /** Adds to the sums a block of images and channels, {@code at} being where it begins. */
  void sum(int images, int at, int first, int channels, int to) {}

  /** Finds from a channel's sums what the pass needs. */
  void find(int channel) {}

  /** Does the pass over a block. */
  abstract void pass(int images, int at, int first, int channels);

  final int stride() {
    return spec.channels() * spec.inner();
  }

  final void begin(BatchNormSpec spec) {
    this.spec = spec;
    int channels = Math.max(1, spec.channels());
    int images = Math.max(1, spec.outer());
    int wanted = (int) Math.clamp(spec.count() * channels / Blocks.LIGHT, 1L, MAX_BLOCKS);
    int most = spec.count() <= FEW ? 1 : Math.clamp(MAX_SUMS / (2L * channels), 1, MAX_BLOCKS);
    perPart = Math.ceilDiv(images, Math.min(wanted, most));
    partCount = Math.ceilDiv(images, perPart);
    perGroup = Math.ceilDiv(channels, Math.ceilDiv(wanted, partCount));
    if (spec.inner() == 1) {
      perGroup = Math.ceilDiv(perGroup, COLUMNS) * COLUMNS;
    }
    groups = Math.ceilDiv(channels, perGroup);
  }

  /** Lets go of the call's arrays. */
  abstract void end();

  /** Does the pass alone. */
  final void passOnly() {
    try {
      blocks(Stage.PASS);
    } finally {
      end();
    }
  }

  /** Sums, finds and does the pass. */
  final void sumAndPass() {
    try {
      allStages();
    } finally {
      end();
    }
  }

  private void allStages() {
    int n = 2 * spec.channels();
    parts = sums.get(partCount * n);
    if (partCount == 1) {
      blocks(Stage.BOTH);
      return;
    }
    prepare(0, spec.channels(), 0);
    blocks(Stage.SUM);
    for (int part = 1; part < partCount; part++) {
      for (int i = 0, from = part * n; i < n; i++) {
        parts[i] += parts[from + i];
      }
    }
    find(0, spec.channels());
    blocks(Stage.PASS);
  }

  /** Makes some channels' sums 0. */
  final void clear(int to, int channels) {
    int others = to + spec.channels();
    Arrays.fill(parts, to, to + channels, 0);
    Arrays.fill(parts, others, others + channels, 0);
  }

  private void blocks(Stage stage) {
    this.stage = stage;
    if (partCount * groups == 1) {
      run(0, 0);
    } else {
      workers.run(partCount * groups, this);
    }
  }

  private void find(int first, int end) {
    for (int c = first; c < end; c++) {
      find(c);
    }
  }

  @Override
  public final void run(int block, int worker) {
    int part = block / groups;
    int image = part * perPart;
    int images = Math.min(perPart, spec.outer() - image);
    int first = block % groups * perGroup;
    int channels = Math.min(perGroup, spec.channels() - first);
    int at = image * stride() + first * spec.inner();
    if (stage != Stage.PASS) {
      int to = part * 2 * spec.channels() + first;
      if (stage == Stage.BOTH) {
        prepare(first, channels, to);
      }
      clear(to, channels);
      sum(images, at, first, channels, to);
    }
    if (stage == Stage.BOTH) {
      find(first, first + channels);
    }
    if (stage != Stage.SUM) {
      pass(images, at, first, channels);
    }
  }
}
