package io.cortado.train;

import io.cortado.internal.Logs;
import io.cortado.io.FileException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Decides when checkpoints are made, and writes them beside the training.
 *
 * <p>The training's thread only copies; one thread of its own writes. While that writes, no other
 * copy is made: what becomes due by time is made when the disk has caught up, what becomes due by
 * steps is waited for.
 */
final class CheckpointSaver implements AutoCloseable {

  private static final Logger LOG = Logs.of(CheckpointSaver.class);

  private final Checkpoints settings;
  private final CheckpointFolder folder;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("cortado-checkpoints").factory());
  private final Snapshot snapshot = new Snapshot();
  private @Nullable Future<@Nullable RuntimeException> writing;
  private @Nullable CheckpointName written;
  private @Nullable CheckpointName best; // changed by the writer while it writes
  private long dueStep;
  private long dueNanos;

  CheckpointSaver(Checkpoints settings, CheckpointFolder folder, long totalSteps) {
    this.settings = settings;
    this.folder = folder;
    planNext(totalSteps);
  }

  private void planNext(long totalSteps) {
    long every = settings.stepsBetween();
    dueStep = every == 0 ? Long.MAX_VALUE : (totalSteps / every + 1) * every;
    dueNanos = System.nanoTime() + settings.nanosBetween();
  }

  /** Takes over which checkpoint is the best of the run before. */
  void best(CheckpointName name) {
    best = name;
  }

  /** Returns the best checkpoint that has been written, null for none; not while one is written. */
  @Nullable CheckpointName best() {
    return best;
  }

  /** Says whether it is time for a checkpoint. */
  boolean isDue(long totalSteps) {
    return totalSteps >= dueStep
        || settings.nanosBetween() > 0 && System.nanoTime() - dueNanos >= 0 && isReady();
  }

  /** Says whether the disk has caught up. */
  boolean isReady() {
    Future<?> w = writing;
    return w == null || w.isDone();
  }

  /**
   * Copies a state, and begins to write it; waits for the one before.
   *
   * @param capture copies; says whether there is a state to go on from
   * @param isBest whether it is the best so far
   */
  void save(Position at, boolean isBest, Predicate<Snapshot> capture) {
    await();
    planNext(at.totalSteps());
    if (capture.test(snapshot)) {
      writing = writer.submit(() -> write(isBest));
      if (settings.waitsForDisk()) {
        RuntimeException unused = await(); // has been told of
      }
    }
  }

  private @Nullable RuntimeException write(boolean isBest) {
    try {
      folder.write(snapshot);
    } catch (RuntimeException e) {
      LOG.warn("no checkpoint {}, the ones before stay: {}", snapshot.name(), e.getMessage());
      return e;
    } finally {
      snapshot.dropTexts();
    }
    if (isBest) {
      best = snapshot.name();
    }
    folder.prune(settings.kept(), best);
    return null;
  }

  /**
   * Saves where the run ends, unless that is done, and waits for it.
   *
   * @throws FileException if it could not be written
   */
  void last(Position at, Predicate<Snapshot> capture) {
    await();
    if (!at.name().equals(written)) {
      save(at, false, capture);
      RuntimeException failure = await();
      if (failure != null) {
        throw failure;
      }
    }
  }

  /** Waits until nothing is written; an interrupt has to wait too. */
  private @Nullable RuntimeException await() {
    Future<@Nullable RuntimeException> w = writing;
    if (w == null) {
      return null;
    }
    writing = null;
    boolean interrupted = false;
    try {
      while (true) {
        try {
          RuntimeException failure = w.get();
          if (failure == null) {
            written = snapshot.name();
          }
          return failure;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new IllegalStateException("a checkpoint could not be written", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Ends the thread when it has written what it writes, and lets go of the folder. */
  @Override
  public void close() {
    try {
      RuntimeException unused = await(); // has been told of
    } finally {
      writer.shutdown();
      folder.close();
    }
  }
}
