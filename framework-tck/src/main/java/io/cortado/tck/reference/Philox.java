package io.cortado.tck.reference;

import io.cortado.backend.spec.RandomKey;

/** Philox 4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011). */
public final class Philox {

  private Philox() {}

  /** Returns the block of four words at a counter of four words, under a key of two. */
  public static int[] block(int[] counter, int[] key) {
    int[] c = counter.clone();
    int k0 = key[0];
    int k1 = key[1];
    for (int round = 0; round < 10; round++) {
      long p0 = (c[0] & 0xFFFFFFFFL) * 0xD2511F53L;
      long p1 = (c[2] & 0xFFFFFFFFL) * 0xCD9E8D57L;
      c =
          new int[] {
            (int) (p1 >>> 32) ^ c[1] ^ k0, (int) p1, (int) (p0 >>> 32) ^ c[3] ^ k1, (int) p0
          };
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
    return c;
  }

  /** Returns word i of the run that the key names, at the step of the given low and high words. */
  public static int word(RandomKey key, int stepLow, int stepHigh, long i) {
    int[] counter = {
      (int) (i / 4), key.ordinal(), stepLow, key.stream() << 24 | stepHigh & 0xFFFFFF
    };
    return block(counter, new int[] {(int) key.seed(), (int) (key.seed() >>> 32)})[(int) (i % 4)];
  }

  /** Returns {@code mask * x / (1 - p)}. */
  public static double[] dropout(RandomKey key, int stepLow, int stepHigh, float p, double[] x) {
    long threshold = (long) Math.floor(p * 0x1p32);
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      boolean kept = Integer.toUnsignedLong(word(key, stepLow, stepHigh, i)) >= threshold;
      y[i] = kept ? x[i] / (1 - (double) p) : 0;
    }
    return y;
  }
}
