package io.cortado.cuda.dnn;

/** How many blocks a kernel gets whose threads walk over its elements. */
final class Grid {

  /** Threads of a block. */
  static final int THREADS = 256;

  /** Enough to fill any device several times over; beyond it each thread does several elements. */
  private static final long MOST_BLOCKS = 1 << 14;

  private Grid() {}

  static long blocks(long count) {
    return Math.min(Math.ceilDiv(count, THREADS), MOST_BLOCKS);
  }
}
