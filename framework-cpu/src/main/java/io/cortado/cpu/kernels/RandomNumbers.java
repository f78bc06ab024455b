package io.cortado.cpu.kernels;

import io.cortado.backend.RandomMath;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.RandomSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;

/** Random numbers of some distributions, by counters. */
public final class RandomNumbers {

  /** Elements whose random words are made at once; they stay in the first-level cache. */
  private static final int CHUNK = 1024;

  private final VectorOps ops;
  private final Workers workers;
  private final int[][] words;
  private final int[][] secondWords;

  /** Makes the kernels. */
  public RandomNumbers(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
    this.words = new int[workers.count()][CHUNK];
    this.secondWords = new int[workers.count()][CHUNK];
  }

  private void draw(RandomKey key, int[] step, int so, long first, int count, int[] into) {
    ops.philox(
        (int) key.seed(),
        (int) (key.seed() >>> 32),
        (int) (first / 4),
        key.ordinal(),
        step[so],
        key.stream() << 24 | step[so + 1] & 0xFFFFFF,
        Blocks.count(count, 4),
        into);
  }

  /** Writes numbers of a distribution. */
  public void numbers(RandomSpec s, RandomKey key, int[] step, int so, float[] y, int yo) {
    int n = (int) s.n();
    if (n <= Blocks.HEAVY) {
      numbers(s, key, step, so, 0, n, 0, y, yo);
      return;
    }
    workers.run(
        Blocks.count(n, Blocks.HEAVY),
        (block, worker) -> {
          int first = block * Blocks.HEAVY;
          int end = Blocks.end(first, Blocks.HEAVY, n);
          numbers(s, key, step, so, first, end, worker, y, yo);
        });
  }

  /** Writes those from {@code first}, a multiple of 4, to {@code end}. */
  void numbers(
      RandomSpec s,
      RandomKey key,
      int[] step,
      int so,
      int first,
      int end,
      int worker,
      float[] y,
      int yo) {
    int[] w = words[worker];
    int[] v = secondWords[worker];
    for (int i = first; i < end; i += CHUNK) {
      int count = Math.min(CHUNK, end - i);
      draw(key, step, so, i, count, w);
      if (s.kind() == RandomSpec.Kind.NORMAL) {
        draw(key, step, so, i + s.secondWord(), count, v);
      }
      chunk(s, count, w, v, y, yo + i);
    }
  }

  private static void chunk(RandomSpec s, int count, int[] w, int[] v, float[] y, int to) {
    float a = s.a();
    float b = s.b();
    switch (s.kind()) {
      case UNIFORM -> {
        for (int i = 0; i < count; i++) {
          y[to + i] = RandomMath.uniform(w[i], a, b);
        }
      }
      case NORMAL -> {
        for (int i = 0; i < count; i++) {
          y[to + i] = RandomMath.normal(w[i], v[i], a, b);
        }
      }
      case BERNOULLI -> {
        long threshold = (long) Math.floor(a * 0x1p32);
        for (int i = 0; i < count; i++) {
          y[to + i] = Integer.toUnsignedLong(w[i]) < threshold ? 1 : 0;
        }
      }
      case GUMBEL -> {
        for (int i = 0; i < count; i++) {
          y[to + i] = RandomMath.gumbel(w[i], a, b);
        }
      }
      case SORT_KEY -> {
        for (int i = 0; i < count; i++) {
          y[to + i] = RandomMath.sortKey(w[i]);
        }
      }
    }
  }

  /** Writes integers. */
  public void integers(
      RandomKey key, int[] step, int so, int low, int range, int n, int[] y, int yo) {
    if (n <= Blocks.HEAVY) {
      integers(key, step, so, low, range, 0, n, words[0], y, yo);
      return;
    }
    workers.run(
        Blocks.count(n, Blocks.HEAVY),
        (block, worker) -> {
          int first = block * Blocks.HEAVY;
          int end = Blocks.end(first, Blocks.HEAVY, n);
          integers(key, step, so, low, range, first, end, words[worker], y, yo);
        });
  }

  private void integers(
      RandomKey key,
      int[] step,
      int so,
      int low,
      int range,
      int first,
      int end,
      int[] w,
      int[] y,
      int yo) {
    long factor = Integer.toUnsignedLong(range);
    for (int i = first; i < end; i += CHUNK) {
      int count = Math.min(CHUNK, end - i);
      draw(key, step, so, i, count, w);
      for (int k = 0; k < count; k++) {
        int drawn = factor == 0 ? w[k] : (int) (Integer.toUnsignedLong(w[k]) * factor >>> 32);
        y[yo + i + k] = low + drawn;
      }
    }
  }
}
