package io.cortado.cpu.parallel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed set of threads that do the blocks of one task at a time.
 *
 * <p>The calling thread is one of the workers. Each begins with a share of its own, blocks that
 * follow each other, and then helps others with theirs. So the same block of the same task falls to
 * the same worker nearly always, and finds its data in that core's caches: where two cores share no
 * cache, lines that another core wrote last cost more than the work on them.
 *
 * <p>A helper thread that has nothing to do spins for some microseconds, because the next operation
 * of a network usually follows at once, and then parks. A call allocates nothing.
 *
 * <p>One thread at a time may call {@link #run}, and a task may not call it again.
 */
public final class Workers implements AutoCloseable {

  private static final long SPIN_NANOS = 30_000;
  private static final int SPINS_PER_CLOCK_READ = 32;

  private final Helper[] helpers;

  /** Longs from one ticket to the next: two cache lines, because processors fetch pairs. */
  private static final int APART = 16;

  /**
   * A ticket for each worker's share: the round's number in the high half, blocks not yet claimed
   * in the low half.
   *
   * <p>A worker reads a ticket, then task and blocks, then claims by compare-and-set. Task and
   * blocks change only after every block of the round is done, so a claim that succeeds has read
   * those of its own round.
   */
  private final AtomicLongArray tickets;

  private long round;
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private @Nullable BlockTask task;
  private int blocks;
  private boolean running;
  private volatile @Nullable Thread waiter;
  private volatile boolean closed;

  /**
   * Starts the threads.
   *
   * @param threads how many workers, the calling thread among them; 0 for one per available
   *     processor
   */
  public Workers(int threads) {
    if (threads < 0) {
      throw new IllegalArgumentException(
          "threads is " + threads + ": give 0 (one per available processor) or more");
    }
    int count = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    tickets = new AtomicLongArray((count + 1) * APART);
    helpers = new Helper[count - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Helper(i + 1);
    }
    for (Helper helper : helpers) {
      helper.thread.start();
    }
  }

  /** Returns the number of workers, the calling thread among them. */
  public int count() {
    return helpers.length + 1;
  }

  /**
   * Runs a task for every block in {@code [0, blocks)} and returns when all are done.
   *
   * <p>If a block throws, blocks not yet begun are left out and the first exception is thrown here.
   */
  public void run(int blocks, BlockTask task) {
    if (closed) {
      throw new IllegalStateException("the workers are closed");
    }
    if (running) {
      throw new IllegalStateException("a task may not start another: the workers are busy");
    }
    running = true;
    try {
      if (blocks <= 1 || helpers.length == 0) {
        for (int b = 0; b < blocks; b++) {
          task.run(b, 0);
        }
      } else {
        share(blocks, task);
      }
    } finally {
      running = false;
    }
  }

  private void share(int blocks, BlockTask task) {
    this.task = task;
    this.blocks = blocks;
    unfinished.set(blocks);
    round++;
    int shares = shares(blocks);
    for (int w = shares - 1; w >= 0; w--) {
      tickets.set(at(w), round << 32 | end(w, blocks) - end(w - 1, blocks));
    }
    for (int w = 1; w < shares; w++) {
      helpers[w - 1].wake();
    }
    work(0);
    await();
    this.task = null;
    Throwable thrown = failure.getAndSet(null);
    if (thrown != null) {
      throw unchecked(thrown);
    }
  }

  /** Returns how many workers have a share of so many blocks. */
  private int shares(int blocks) {
    return Math.min(count(), blocks);
  }

  /** Returns where the share of a worker ends. */
  private int end(int worker, int blocks) {
    return (int) ((worker + 1L) * blocks / shares(blocks));
  }

  /** Returns where a worker's ticket is. */
  private static int at(int worker) {
    return (worker + 1) * APART;
  }

  /** Claims and does blocks until none is left, a worker's own first. */
  private void work(int worker) {
    int done = 0;
    for (int i = 0; i < count(); i++) {
      done += workOn((worker + i) % count(), worker);
    }
    if (done > 0 && unfinished.addAndGet(-done) == 0) {
      Thread w = waiter;
      if (w != null) {
        LockSupport.unpark(w);
      }
    }
  }

  /** Claims and does blocks of a share until none is left; returns how many. */
  private int workOn(int share, int worker) {
    int done = 0;
    while (true) {
      long t = tickets.get(at(share));
      int left = (int) t;
      if (left == 0) {
        return done;
      }
      BlockTask current = task;
      int all = blocks;
      if (current == null || all == 0 || !tickets.compareAndSet(at(share), t, t - 1)) {
        continue;
      }
      if (failure.get() == null) {
        try {
          current.run(end(share, all) - left, worker);
        } catch (Throwable e) {
          failure.compareAndSet(null, e);
        }
      }
      done++;
    }
  }

  private void await() {
    if (spinUntilFinished()) {
      return;
    }
    boolean interrupted = false;
    waiter = Thread.currentThread();
    while (unfinished.get() != 0) {
      LockSupport.park(this);
      // park returns at once while the interrupt flag is set: clear it here, set it again below.
      interrupted |= Thread.interrupted();
    }
    waiter = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean spinUntilFinished() {
    if (unfinished.get() == 0) {
      return true;
    }
    long end = System.nanoTime() + SPIN_NANOS;
    do {
      for (int i = 0; i < SPINS_PER_CLOCK_READ; i++) {
        if (unfinished.get() == 0) {
          return true;
        }
        Thread.onSpinWait();
      }
    } while (System.nanoTime() < end);
    return false;
  }

  private static RuntimeException unchecked(Throwable thrown) {
    return switch (thrown) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException("a block failed", thrown);
    };
  }

  /** Ends the threads; a second call does nothing. */
  @Override
  public void close() {
    closed = true;
    for (Helper helper : helpers) {
      LockSupport.unpark(helper.thread);
    }
  }

  /** One thread beside the caller's. */
  private final class Helper implements Runnable {

    private final int worker;
    private final Thread thread;
    private volatile boolean parked;

    Helper(int worker) {
      this.worker = worker;
      this.thread = Thread.ofPlatform().daemon().name("cortado-cpu-" + worker).unstarted(this);
    }

    void wake() {
      if (parked) {
        LockSupport.unpark(thread);
      }
    }

    @Override
    public void run() {
      while (!closed) {
        if (spinUntilWork()) {
          work(worker);
        } else {
          // The flag is set before the last look at the ticket, and a round reads the flag after
          // it has set the ticket: one of the two sees the other.
          parked = true;
          if (isIdle() && !closed) {
            LockSupport.park(Workers.this);
          }
          parked = false;
        }
      }
    }

    private boolean isIdle() {
      return (int) tickets.get(at(worker)) == 0;
    }

    private boolean spinUntilWork() {
      long end = System.nanoTime() + SPIN_NANOS;
      do {
        for (int i = 0; i < SPINS_PER_CLOCK_READ; i++) {
          if (!isIdle()) {
            return true;
          }
          Thread.onSpinWait();
        }
      } while (System.nanoTime() < end);
      return false;
    }
  }
}
