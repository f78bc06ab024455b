package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.backend.spec.StridedSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attention, block by block of the rows of its scores.
 *
 * <p>A block has whole rows, so that its softmax needs no other block. Small problems are one
 * block; of larger ones a block is some samples, or some heads of a sample, or some rows of a head:
 * as few heads as there can be, because thin matrix products are slow.
 */
final class AttentionBlocks {

  /** How many scores a block has at most, but for {@link #FEWEST_ROWS}. */
  private static final long LARGEST = 1 << 20;

  /** Fewer rows than this would make thin matrix products. */
  private static final int FEWEST_ROWS = 32;

  /**
   * One block.
   *
   * @param sample the first sample, of all leading axes but the last taken as one
   * @param samples how many; where there are several, with all heads and rows
   * @param head the first head of keys
   * @param heads how many; where there are several, with all rows
   * @param row the first row
   * @param rows how many
   * @param keys how many keys the rows see
   * @param key names its dropout; null for none
   */
  private record Block(
      int sample,
      int samples,
      int head,
      int heads,
      int row,
      int rows,
      int keys,
      @Nullable RandomKey key) {

    /** Returns how many matrices of keys the block has. */
    int matrices() {
      return samples * heads;
    }
  }

  private final Step step;
  private final Backend backend;
  private final Tensor query;
  private final Tensor key;
  private final Tensor value;
  private final List<Tensor> masks;
  private final AttentionOptions options;
  private final int groups;
  private final Shape scores;
  private final int samples;
  private final int heads; // of keys, for each sample
  private final int queries;
  private final int keys;
  private final int features;
  private final int width;
  private final float scale;
  private final List<Block> blocks;

  private AttentionBlocks(
      Step step,
      Tensor query,
      Tensor key,
      Tensor value,
      List<Tensor> masks,
      AttentionOptions options,
      int groups) {
    this.step = step;
    this.backend = query.device().backend();
    this.query = query;
    this.key = key;
    this.value = value;
    this.masks = masks;
    this.options = options;
    this.groups = groups;
    queries = query.dim(-2);
    keys = key.dim(-2);
    features = query.dim(-1);
    width = value.dim(-1);
    int rank = Math.max(4, query.shape().rank());
    int missing = rank - query.shape().rank();
    int[] shape = new int[rank];
    Arrays.fill(shape, 0, missing, 1);
    System.arraycopy(query.shape().toArray(), 0, shape, missing, rank - missing);
    shape[rank - 1] = keys;
    scores = Shape.of(shape);
    samples = Math.toIntExact(scores.product(0, rank - 3));
    heads = scores.dim(-3) / groups;
    Double factor = options.scale();
    scale = (float) (factor == null ? 1 / Math.sqrt(features) : factor);
    blocks = cut();
  }

  static AttentionBlocks of(
      Step step,
      Tensor query,
      Tensor key,
      Tensor value,
      List<Tensor> masks,
      AttentionOptions options,
      int groups) {
    return new AttentionBlocks(step, query, key, value, masks, options, groups);
  }

  private List<Block> cut() {
    long head = Math.max(1, (long) groups * queries * keys);
    long sample = Math.max(1, heads * head);
    // A mask's part for several samples is a regular one where their axis is a single one.
    int most = scores.rank() == 4 ? samples : sample * samples <= LARGEST ? samples : 1;
    int together = (int) Math.clamp(LARGEST / sample, 1, Math.max(1, most));
    int headsTogether = (int) Math.clamp(LARGEST / head, 1, Math.max(1, heads));
    int rows = queries;
    if (head > LARGEST) {
      rows = (int) Math.clamp(LARGEST / groups / keys, Math.min(FEWEST_ROWS, queries), queries);
    }
    List<Block> cut = new ArrayList<>();
    for (int s = 0; s < samples; s += together) {
      for (int h = 0; h < heads; h += headsTogether) {
        for (int r = 0; r < queries; r += rows) {
          cut.add(
              block(
                  s,
                  Math.min(together, samples - s),
                  h,
                  Math.min(headsTogether, heads - h),
                  r,
                  Math.min(rows, queries - r)));
        }
      }
    }
    return List.copyOf(cut);
  }

  private Block block(int sample, int count, int head, int headCount, int row, int rows) {
    int seen = options.isCausal() ? Math.min(keys, row + rows) : keys;
    RandomKey drawn = options.dropoutP() > 0 ? step.device().random().next() : null;
    return new Block(sample, count, head, headCount, row, rows, seen, drawn);
  }

  private long largestBlock() {
    long largest = 1;
    for (Block b : blocks) {
      largest = Math.max(largest, size(b));
    }
    return largest;
  }

  private long size(Block b) {
    return (long) b.matrices() * groups * b.rows() * b.keys();
  }

  private SoftmaxSpec softmax(Block b) {
    long rows = (long) b.matrices() * groups * b.rows();
    return new SoftmaxSpec(new AxisSpec(rows, b.keys(), 1), false);
  }

  // ---------------------------------------------------------------- forward

  Tensor forward() {
    Tensor y = step.empty(query.shape().with(-1, width));
    long macs = 0;
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer[] work = {temporaries.floats(largestBlock()), temporaries.floats(largestBlock())};
      @Nullable Buffer later = later(temporaries);
      for (Block b : blocks) {
        weights(b, later, work[0], work[1]);
        Buffer weights = work[1];
        if (b.key() != null) {
          dropout(b, work[1], work[0]);
          weights = work[0];
        }
        ofQueries(b, width, weights, value.buffer(), 1, y.buffer(), 0);
        macs += size(b) * (features + width);
      }
    }
    step.countMultiplyAdds(macs);
    return y;
  }

  /** Computes a block's scores, and their softmax beside them. */
  private void weights(Block b, @Nullable Buffer later, Buffer scoresOfBlock, Buffer y) {
    scores(b, query.buffer(), key.buffer(), features, scale, scoresOfBlock);
    for (Tensor mask : masks) {
      backend.stridedCopy(maskToBlock(b, mask), mask.buffer(), 1, scoresOfBlock);
    }
    int masked = b.keys() - b.row(); // keys that some row of the block does not see
    if (later != null && masked > 0) {
      Shape extents = Shape.of(b.matrices() * groups, b.rows(), masked);
      List<Long> from = List.of(0L, (long) diagonalWidth(), 1L);
      List<Long> to = List.of((long) b.rows() * b.keys(), (long) b.keys(), 1L);
      backend.stridedCopy(new StridedSpec(extents, 0, from, b.row(), to), later, 1, scoresOfBlock);
    }
    backend.softmax(softmax(b), scoresOfBlock, y);
  }

  private int diagonalWidth() {
    return blocks.isEmpty() ? 1 : blocks.getFirst().rows();
  }

  /** Makes the square that hides later keys from a block's rows: minus infinity right of 0. */
  private @Nullable Buffer later(Temporaries temporaries) {
    if (!options.isCausal()) {
      return null;
    }
    int n = diagonalWidth();
    Buffer square = temporaries.floats((long) n * n);
    Attention.hideLater(step, n, n, square);
    return square;
  }

  private void dropout(Block b, Buffer x, Buffer y) {
    RandomKey drawn = b.key();
    if (drawn == null) {
      throw new IllegalStateException("a block without dropout");
    }
    backend.dropout(
        drawn, step.device().random().step(), (float) options.dropoutP(), size(b), x, 0, y);
  }

  // ---------------------------------------------------------------- backward

  void backward(Gradients g) {
    Buffer dy = g.upstream();
    @Nullable Buffer dq = gradient(query, g);
    @Nullable Buffer dk = gradient(key, g);
    @Nullable Buffer dv = gradient(value, g);
    List<@Nullable Buffer> dm = new ArrayList<>();
    boolean masked = false;
    for (Tensor mask : masks) {
      dm.add(gradient(mask, g));
      masked |= g.needs(mask);
    }
    try (Temporaries temporaries = new Temporaries(step)) {
      long n = largestBlock();
      Buffer a = temporaries.floats(n);
      Buffer weights = temporaries.floats(n);
      Buffer c = temporaries.floats(n);
      @Nullable Buffer later = later(temporaries);
      for (Block b : blocks) {
        weights(b, later, a, weights);
        if (dv != null) {
          Buffer kept = weights;
          if (b.key() != null) {
            dropout(b, weights, a);
            kept = a;
          }
          ofKeys(b, width, kept, dy, 1, dv);
        }
        if (dq == null && dk == null && !masked) {
          continue;
        }
        Buffer of = b.key() == null ? a : c; // the gradient of the weights that were used
        Buffer into = b.key() == null ? c : a;
        scores(b, dy, value.buffer(), width, 1, of);
        if (b.key() != null) {
          dropout(b, c, a);
          of = a;
          into = c;
        }
        backend.softmaxBackward(softmax(b), weights, of, 0, into);
        if (dq != null) {
          ofQueries(b, features, into, key.buffer(), scale, dq, 1);
        }
        if (dk != null) {
          ofKeys(b, features, into, query.buffer(), scale, dk);
        }
        for (int i = 0; i < masks.size(); i++) {
          @Nullable Buffer one = dm.get(i);
          if (one != null) {
            addToMask(b, masks.get(i), into, one);
          }
        }
      }
    }
  }

  /** Returns where to add an input's gradient, 0 at first; null where it is not wanted. */
  private @Nullable Buffer gradient(Tensor x, Gradients g) {
    if (!g.needs(x)) {
      return null;
    }
    boolean fresh = g.beta(x) == 0;
    Buffer dx = g.of(x);
    if (fresh) {
      backend.fill(dx, x.size(), 0);
    }
    return dx;
  }

  private void addToMask(Block b, Tensor mask, Buffer dScores, Buffer dMask) {
    StridedSpec spec = maskToBlock(b, mask);
    Shape kept = spec.extents();
    for (int a = 0; a < kept.rank(); a++) {
      kept = spec.srcSteps().get(a) == 0 ? kept.with(a, 1) : kept;
    }
    try (Temporaries temporaries = new Temporaries(step)) {
      Buffer sum = temporaries.floats(kept.size());
      backend.reduce(new ReduceSpec(ReduceOp.SUM, spec.extents(), kept), dScores, 0, sum);
      List<Long> own = Layouts.list(Layouts.steps(kept));
      backend.stridedCopy(
          new StridedSpec(kept, 0, own, spec.srcOffset(), spec.srcSteps()), sum, 1, dMask);
    }
  }

  // ---------------------------------------------------------------- places

  /** Returns the copy of a mask's part, repeated where it broadcasts, to a block's scores. */
  private StridedSpec maskToBlock(Block b, Tensor mask) {
    int rank = scores.rank();
    Shape m = mask.shape();
    long[] own = Layouts.steps(m);
    long[] from = new long[rank];
    for (int a = 1; a <= m.rank(); a++) {
      from[rank - a] = m.dim(-a) == 1 ? 0 : own[m.rank() - a];
    }
    int[] extents = scores.toArray();
    extents[rank - 3] = b.heads() * groups;
    extents[rank - 2] = b.rows();
    extents[rank - 1] = b.keys();
    long offset = (long) b.head() * groups * from[rank - 3] + b.row() * from[rank - 2];
    int sample = b.sample();
    for (int a = rank - 4; a >= 0 && b.samples() < samples; a--) {
      offset += sample % extents[a] * from[a];
      sample /= extents[a];
      extents[a] = a == rank - 4 ? b.samples() : 1;
    }
    Shape block = Shape.of(extents);
    return new StridedSpec(
        block, offset, Layouts.list(from), 0, Layouts.list(Layouts.steps(block)));
  }

  private long keyMatrix(Block b) {
    return (long) b.sample() * heads + b.head();
  }

  private long firstKey(Block b) {
    return keyMatrix(b) * keys;
  }

  private long queryRow(Block b, int group) {
    return (keyMatrix(b) * groups + group) * queries + b.row();
  }

  /** Computes {@code c = alpha rows keys'}: a block of what is [queries, keys]. */
  private void scores(Block b, Buffer rows, Buffer columns, int k, float alpha, Buffer c) {
    int n = b.matrices();
    long block = (long) b.rows() * b.keys();
    for (int g = 0; g < groups; g++) {
      GemmSpec spec =
          new GemmSpec(
              b.rows(),
              b.keys(),
              k,
              false,
              true,
              k,
              k,
              b.keys(),
              n,
              (long) groups * queries * k,
              (long) keys * k,
              groups * block);
      backend.gemm(
          spec, alpha, rows, queryRow(b, g) * k, columns, firstKey(b) * k, 0, c, g * block);
    }
  }

  /** Computes {@code rows = alpha block columns + beta rows}, one row for each query. */
  private void ofQueries(
      Block b, int width, Buffer block, Buffer columns, float alpha, Buffer rows, float beta) {
    int n = b.matrices();
    long size = (long) b.rows() * b.keys();
    for (int g = 0; g < groups; g++) {
      GemmSpec spec =
          new GemmSpec(
              b.rows(),
              width,
              b.keys(),
              false,
              false,
              b.keys(),
              width,
              width,
              n,
              groups * size,
              (long) keys * width,
              (long) groups * queries * width);
      backend.gemm(
          spec,
          alpha,
          block,
          g * size,
          columns,
          firstKey(b) * width,
          beta,
          rows,
          queryRow(b, g) * width);
    }
  }

  /** Computes {@code columns += alpha block' rows}, one row for each key. */
  private void ofKeys(Block b, int width, Buffer block, Buffer rows, float alpha, Buffer columns) {
    int n = b.matrices();
    long size = (long) b.rows() * b.keys();
    for (int g = 0; g < groups; g++) {
      GemmSpec spec =
          new GemmSpec(
              b.keys(),
              width,
              b.rows(),
              true,
              false,
              b.keys(),
              width,
              width,
              n,
              groups * size,
              (long) groups * queries * width,
              (long) keys * width);
      backend.gemm(
          spec,
          alpha,
          block,
          g * size,
          rows,
          queryRow(b, g) * width,
          1,
          columns,
          firstKey(b) * width);
    }
  }
}
