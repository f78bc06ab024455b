package io.cortado;

import java.util.random.RandomGenerator;

/**
 * The counter-based random number generator Philox 4x32-10.
 *
 * <p>A block of four 32-bit words is a pure function of a 64-bit key and a 128-bit counter, so any
 * element of any stream can be computed anywhere: on a GPU thread, on another backend, after a
 * resume. Here the key is the seed, and the counter is {@code (block, ordinal, step's low word,
 * stream << 24 | step's next 24 bits)}.
 *
 * <p>An instance walks through one such run of blocks. It is not safe for use by several threads;
 * make one for each.
 *
 * <p>Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011).
 */
public final class Philox implements RandomGenerator {

  private static final long M0 = 0xD2511F53L;
  private static final long M1 = 0xCD9E8D57L;
  private static final int W0 = 0x9E3779B9;
  private static final int W1 = 0xBB67AE85;
  private static final int ROUNDS = 10;

  private long seed;
  private int ordinal;
  private int stepLow;
  private int stepHighAndStream;
  private final int[] words = new int[4];
  private int block;
  private int used;

  /**
   * Starts at the first element of a run.
   *
   * @param seed the key
   * @param stream the sub-stream
   * @param ordinal which run within the step
   * @param step which step; 56 bits count
   */
  public Philox(long seed, RandomStream stream, int ordinal, long step) {
    restart(seed, stream, ordinal, step);
  }

  /** Goes to the first element of another run, where a new instance of these arguments would be. */
  public void restart(long newSeed, RandomStream stream, int newOrdinal, long step) {
    seed = newSeed;
    ordinal = newOrdinal;
    stepLow = (int) step;
    stepHighAndStream = counterHigh(stream.id(), step);
    block = 0;
    used = words.length;
  }

  /** Returns the last word of the counter. */
  public static int counterHigh(int stream, long step) {
    return stream << 24 | (int) (step >>> 32) & 0xFFFFFF;
  }

  /**
   * Computes one block.
   *
   * @param key the key, its low word first
   * @param out receives four words
   */
  public static void block(long key, int c0, int c1, int c2, int c3, int[] out) {
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long p0 = M0 * (c0 & 0xFFFFFFFFL);
      long p1 = M1 * (c2 & 0xFFFFFFFFL);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c1 = (int) p1;
      c3 = (int) p0;
      k0 += W0;
      k1 += W1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
  }

  @Override
  public int nextInt() {
    if (used == 4) {
      block(seed, block++, ordinal, stepLow, stepHighAndStream, words);
      used = 0;
    }
    return words[used++];
  }

  @Override
  public long nextLong() {
    return (long) nextInt() << 32 | nextInt() & 0xFFFFFFFFL;
  }

  /** Returns a number of [0, 1) with 24 random bits. */
  @Override
  public float nextFloat() {
    return (nextInt() >>> 8) * 0x1p-24f;
  }

  /**
   * Returns a number of the standard normal distribution, by Box and Muller's method in double
   * precision.
   */
  @Override
  public double nextGaussian() {
    double u = ((nextInt() & 0xFFFFFFFFL) + 1) * 0x1p-32; // (0, 1], so that the logarithm is finite
    double v = (nextInt() & 0xFFFFFFFFL) * 0x1p-32;
    return StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * Math.PI * v);
  }

  /**
   * Fills an array with a random permutation of 0 to its length - 1, by Fisher and Yates's method.
   *
   * @param order receives the permutation
   */
  public void permutation(int[] order) {
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    for (int i = order.length - 1; i > 0; i--) {
      int j = nextInt(i + 1);
      int t = order[i];
      order[i] = order[j];
      order[j] = t;
    }
  }
}
