package io.cortado.train;

import io.cortado.backend.MemoryStats;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Trains for a few steps, tells what a whole training needs of memory and time, and ends it.
 *
 * <p>There are 3 steps at least. More follow where they are short, up to 100 in 5 seconds, since
 * the first ones of a JVM are slow; the time is that of the median of the last half. The model is
 * trained by them: begin anew afterwards.
 */
public final class DryRun implements Callback {

  private static final int FEWEST = 3;
  private static final int MOST = 100;
  private static final long NANOS = 5_000_000_000L;

  /**
   * What a training needs.
   *
   * @param parameters trained numbers
   * @param weightBytes of these, gaps between them included
   * @param gradientBytes of their gradients
   * @param optimizerBytes of the optimizer's state
   * @param activationBytes the peak of a step beside all that: activations, their gradients,
   *     batches
   * @param samples of an epoch
   * @param steps of an epoch
   * @param epochs all of them
   * @param stepSeconds one step's, its batch included
   */
  public record Needs(
      long parameters,
      long weightBytes,
      long gradientBytes,
      long optimizerBytes,
      long activationBytes,
      int samples,
      int steps,
      int epochs,
      double stepSeconds) {

    /** Returns the time of all steps, validation not included. */
    public double seconds() {
      return (double) steps * epochs * stepSeconds;
    }

    /** Returns a few lines. */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          """
          parameters  %,d
          memory      %s: weights %s, gradients %s, optimizer %s, activations at their peak %s
          data        %,d samples, %,d steps an epoch, %,d epochs
          time        %.1f ms a step, %s an epoch, %s in all, validation not included
          """,
          parameters,
          bytes(weightBytes + gradientBytes + optimizerBytes + activationBytes),
          bytes(weightBytes),
          bytes(gradientBytes),
          bytes(optimizerBytes),
          bytes(activationBytes),
          samples,
          steps,
          epochs,
          1e3 * stepSeconds,
          time(steps * stepSeconds),
          time(seconds()));
    }

    private static String bytes(long n) {
      return String.format(Locale.ROOT, "%,.1f MB", n / 1e6);
    }

    private static String time(double seconds) {
      return seconds < 100
          ? String.format(Locale.ROOT, "%.1f s", seconds)
          : seconds < 6000
              ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
              : String.format(Locale.ROOT, "%,.1f h", seconds / 3600);
    }
  }

  private final Consumer<Needs> then;
  private final long[] nanos = new long[MOST];
  private int done;
  private long begin;
  private long previous;
  private long before;

  /** Makes one that tells somebody what is needed. */
  public DryRun(Consumer<Needs> then) {
    this.then = then;
  }

  @Override
  public void onFitBegin(TrainingContext training) {
    done = 0;
    before = training.device().backend().memory().inUseBytes();
    begin = System.nanoTime();
    previous = begin;
  }

  @Override
  public void onEpochBegin(TrainingContext training) {
    previous = System.nanoTime();
  }

  @Override
  public void onStepEnd(TrainingContext training) {
    training.device().backend().synchronize();
    long now = System.nanoTime();
    nanos[done++] = now - previous;
    previous = now;
    boolean last = training.step() == training.steps() && training.epoch() == training.epochs();
    if (done >= FEWEST && now - begin >= NANOS || done == MOST || last) {
      then.accept(needs(training));
      training.stop("a dry run of " + done + " steps");
    }
  }

  private Needs needs(TrainingContext training) {
    long[] late = Arrays.copyOfRange(nanos, done / 2, done);
    Arrays.sort(late);
    MemoryStats memory = training.device().backend().memory();
    long state =
        training.optimizer().stateDict().values().stream()
            .mapToLong(t -> t.size() * Float.BYTES)
            .sum();
    long flat = training.model().store().size() * Float.BYTES;
    return new Needs(
        training.model().parameterCount(),
        flat,
        flat,
        state,
        Math.max(0, memory.peakBytes() - before),
        training.samples(),
        training.steps(),
        training.epochs(),
        late[late.length / 2] * 1e-9);
  }
}
