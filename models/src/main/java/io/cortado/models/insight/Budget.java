package io.cortado.models.insight;

/** Keeps what is done on the side, on the training's thread, to a share of its time. */
public final class Budget {

  private final long least;
  private final long times;
  private long next = System.nanoTime();
  private boolean warm;

  /**
   * Allows something from time to time.
   *
   * @param leastMillis the shortest time from one to the next
   * @param times so many times as long as it took is waited until the next
   */
  public Budget(long leastMillis, long times) {
    this.least = leastMillis * 1_000_000;
    this.times = times;
  }

  /** Says whether it may be done now. */
  public boolean isDue() {
    return System.nanoTime() - next >= 0;
  }

  /** Does it, and plans the next. */
  public void spend(Runnable work) {
    long begin = System.nanoTime();
    work.run();
    long end = System.nanoTime();
    // The first time takes as long as code takes that never ran before, which says nothing.
    next = end + (warm ? Math.max(least, times * (end - begin)) : least);
    warm = true;
  }
}
