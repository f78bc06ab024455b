package io.cortado.cpu.kernels;

import io.cortado.backend.spec.RandomKey;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;

/** Dropout by counter-based random numbers: the mask is computed anew in the backward pass. */
public final class Dropout {

  /** Elements whose random words are made at once; they stay in the first-level cache. */
  private static final int CHUNK = 1024;

  private static final double WORDS = 0x1p32;

  private final VectorOps ops;
  private final Workers workers;
  private final int[][] words;

  /** Makes the kernels. */
  public Dropout(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
    this.words = new int[workers.count()][CHUNK];
  }

  /**
   * Computes {@code y = mask * x / (1 - p) + beta * y}.
   *
   * @param step the step's low and high word, from {@code step[so]} on
   */
  public void run(
      RandomKey key,
      int[] step,
      int so,
      float p,
      int n,
      float[] x,
      int xo,
      float beta,
      float[] y,
      int yo) {
    int low = step[so];
    int high = step[so + 1];
    if (n <= Blocks.HEAVY) {
      range(key, low, high, p, 0, n, words[0], x, xo, beta, y, yo);
      return;
    }
    workers.run(
        Blocks.count(n, Blocks.HEAVY),
        (block, worker) -> {
          int first = block * Blocks.HEAVY;
          int end = Blocks.end(first, Blocks.HEAVY, n);
          range(key, low, high, p, first, end, words[worker], x, xo, beta, y, yo);
        });
  }

  private void range(
      RandomKey key,
      int stepLow,
      int stepHigh,
      float p,
      int first,
      int end,
      int[] words,
      float[] x,
      int xo,
      float beta,
      float[] y,
      int yo) {
    // With p = 1 no word reaches the threshold, and the scale must not be infinite.
    long threshold = (long) Math.floor(p * WORDS);
    float scale = p < 1 ? (float) (1 / (1.0 - p)) : 0f;
    int streamAndStep = key.stream() << 24 | (stepHigh & 0xFFFFFF);
    for (int i = first; i < end; i += CHUNK) {
      int m = Math.min(CHUNK, end - i);
      ops.philox(
          (int) key.seed(),
          (int) (key.seed() >>> 32),
          i / 4,
          key.ordinal(),
          stepLow,
          streamAndStep,
          Blocks.count(m, 4),
          words);
      ops.keepFrom(threshold, m, words, scale, x, xo + i, beta, y, yo + i);
    }
  }
}
