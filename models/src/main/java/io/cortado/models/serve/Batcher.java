package io.cortado.models.serve;

import io.cortado.models.http.Refusal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gathers what many threads ask into batches for the one thread that owns the network.
 *
 * <p>A batch leaves when it is full, or when its oldest member has waited for {@link
 * Limits#maxWaitMillis}: what came while the network was busy leaves at once.
 *
 * @param <X> what is asked
 * @param <Y> what is answered
 */
final class Batcher<X, Y> implements AutoCloseable {

  /**
   * How much is gathered.
   *
   * @param maxBatch the most that are computed at once
   * @param maxWaitMillis how long the first of a batch waits for others
   * @param queue the most that wait
   */
  record Limits(int maxBatch, int maxWaitMillis, int queue) {}

  /** Computes a batch; the answers stand in the order of what was asked. */
  @FunctionalInterface
  interface Work<X, Y> {
    List<Y> of(List<X> batch);
  }

  private record Item<X, Y>(X asked, CompletableFuture<Y> answer, long arrived) {}

  private final Work<X, Y> work;
  private final Limits limits;
  private final Metrics metrics;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Item<X, Y>> queue = new ArrayDeque<>();
  private final Thread thread = new Thread(this::run, "network");
  private boolean closed;

  Batcher(Work<X, Y> work, Limits limits, Metrics metrics) {
    this.work = work;
    this.limits = limits;
    this.metrics = metrics;
    metrics.queueDepth(this::depth);
    thread.start();
  }

  /**
   * Queues what is asked, all or none.
   *
   * @throws Refusal if the queue has no room for all of it, or ends
   */
  List<CompletableFuture<Y>> submit(List<X> asked) {
    List<CompletableFuture<Y>> answers = new ArrayList<>();
    lock.lock();
    try {
      if (closed) {
        throw Refusal.stopping();
      }
      if (queue.size() + asked.size() > limits.queue) {
        throw Refusal.busy();
      }
      for (X x : asked) {
        Item<X, Y> item = new Item<>(x, new CompletableFuture<>(), System.nanoTime());
        queue.add(item);
        answers.add(item.answer);
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
    return answers;
  }

  /** Returns how many wait. */
  int depth() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  private void run() {
    for (List<Item<X, Y>> batch = next(); !batch.isEmpty(); batch = next()) {
      metrics.batch(batch.size());
      try {
        List<Y> answers = work.of(batch.stream().map(Item::asked).toList());
        for (int i = 0; i < batch.size(); i++) {
          batch.get(i).answer.complete(answers.get(i));
        }
      } catch (RuntimeException | Error e) {
        // The next batch may be sound; who asked for this one is told.
        batch.forEach(item -> item.answer.completeExceptionally(e));
      }
    }
  }

  /** Waits for a batch; empty when there is none any more. */
  private List<Item<X, Y>> next() {
    lock.lock();
    try {
      while (queue.isEmpty() && !closed) {
        changed.awaitUninterruptibly();
      }
      if (!queue.isEmpty()) {
        gather(queue.element().arrived + TimeUnit.MILLISECONDS.toNanos(limits.maxWaitMillis));
      }
      List<Item<X, Y>> batch = new ArrayList<>();
      while (batch.size() < limits.maxBatch && !queue.isEmpty()) {
        batch.add(queue.remove());
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private void gather(long until) {
    long left = until - System.nanoTime();
    while (queue.size() < limits.maxBatch && !closed && left > 0) {
      try {
        left = changed.awaitNanos(left);
      } catch (InterruptedException e) {
        return; // nobody interrupts this thread; it may as well go on
      }
    }
  }

  /** Takes nothing more, answers what is queued, and ends the thread. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
