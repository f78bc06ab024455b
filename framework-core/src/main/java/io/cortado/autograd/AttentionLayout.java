package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.backend.spec.StridedSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that an attention's scores are cut into, where they lie, and the matrix products of
 * one.
 *
 * <p>A block has whole rows, so that its softmax needs no other block. Small problems are one
 * block; of larger ones a block is some samples, or some heads of a sample, or some rows of a head:
 * as few heads as there can be, because thin matrix products are slow.
 */
final class AttentionLayout {

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
  record Block(
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

  private final int groups;
  private final long largest;
  private final Shape scores;
  private final int samples;
  private final int heads; // of keys, for each sample
  private final int queries;
  private final int keys;

  /**
   * Makes a layout.
   *
   * @param query the shape of the queries, {@code [..., L, E]}
   * @param keys how many keys there are
   * @param groups how many heads of queries a head of keys serves
   * @param largest how many scores a block has at most, but for {@link #FEWEST_ROWS}
   */
  AttentionLayout(Shape query, int keys, int groups, long largest) {
    this.groups = groups;
    this.largest = largest;
    this.keys = keys;
    queries = query.dim(-2);
    int rank = Math.max(4, query.rank());
    int missing = rank - query.rank();
    int[] shape = new int[rank];
    Arrays.fill(shape, 0, missing, 1);
    System.arraycopy(query.toArray(), 0, shape, missing, rank - missing);
    shape[rank - 1] = keys;
    scores = Shape.of(shape);
    samples = Math.toIntExact(scores.product(0, rank - 3));
    heads = scores.dim(-3) / groups;
  }

  /**
   * Cuts the work into blocks, by the shapes alone.
   *
   * @param causal whether a row sees no later key
   * @param keyOfDropout names each block's random numbers; gives null for none
   */
  List<Block> cut(boolean causal, Supplier<@Nullable RandomKey> keyOfDropout) {
    long head = Math.max(1, (long) groups * queries * keys);
    long sample = Math.max(1, heads * head);
    // A mask's part for several samples is a regular one where their axis is a single one.
    int most = scores.rank() == 4 ? samples : sample * samples <= largest ? samples : 1;
    int together = (int) Math.clamp(largest / sample, 1, Math.max(1, most));
    int headsTogether = (int) Math.clamp(largest / head, 1, Math.max(1, heads));
    int rows = queries;
    if (head > largest) {
      rows = (int) Math.clamp(largest / groups / keys, Math.min(FEWEST_ROWS, queries), queries);
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
                  Math.min(rows, queries - r),
                  causal,
                  keyOfDropout.get()));
        }
      }
    }
    return List.copyOf(cut);
  }

  private Block block(
      int sample,
      int count,
      int head,
      int headCount,
      int row,
      int rows,
      boolean causal,
      @Nullable RandomKey drawn) {
    int seen = causal ? Math.min(keys, row + rows) : keys;
    return new Block(sample, count, head, headCount, row, rows, seen, drawn);
  }

  /** Returns how many heads of queries a head of keys serves. */
  int groups() {
    return groups;
  }

  /** Returns how many scores a block has. */
  long size(Block b) {
    return (long) b.matrices() * groups * b.rows() * b.keys();
  }

  SoftmaxSpec softmax(Block b) {
    long rows = (long) b.matrices() * groups * b.rows();
    return new SoftmaxSpec(new AxisSpec(rows, b.keys(), 1), false);
  }

  /** Returns the copy of a mask's part, repeated where it broadcasts, to a block's scores. */
  StridedSpec maskToBlock(Block b, Shape mask) {
    int rank = scores.rank();
    long[] own = Layouts.steps(mask);
    long[] from = new long[rank];
    for (int a = 1; a <= mask.rank(); a++) {
      from[rank - a] = mask.dim(-a) == 1 ? 0 : own[mask.rank() - a];
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
  void scores(Backend backend, Block b, Buffer rows, Buffer columns, int k, float alpha, Buffer c) {
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
  void ofQueries(
      Backend backend,
      Block b,
      int width,
      Buffer block,
      Buffer columns,
      float alpha,
      Buffer rows,
      float beta) {
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
  void ofKeys(
      Backend backend, Block b, int width, Buffer block, Buffer rows, float alpha, Buffer columns) {
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
