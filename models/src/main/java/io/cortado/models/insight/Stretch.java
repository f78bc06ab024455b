package io.cortado.models.insight;

import io.cortado.train.TrainingContext;

/** Measures stretches of steps within an epoch: their mean loss, and how fast they went. */
public final class Stretch {

  private long begin;
  private long step;
  private int samples;
  private double lossSum;

  /**
   * What a stretch was like.
   *
   * @param loss the mean over its samples
   */
  public record Measured(long steps, double loss, double stepMillis, double samplesPerSecond) {}

  /** Begins one here; of a pause that lies before, nothing counts. */
  public void begin(TrainingContext training) {
    begin = System.nanoTime();
    step = training.totalSteps();
    samples = training.samplesDone();
    lossSum = sum(training);
  }

  /** Says whether there was no step yet. */
  public boolean isEmpty(TrainingContext training) {
    return training.totalSteps() == step || training.samplesDone() == samples;
  }

  /** Returns how long it has lasted. */
  public long nanos() {
    return System.nanoTime() - begin;
  }

  /** Ends one that is not empty, and begins the next; waits for the device. */
  public Measured end(TrainingContext training) {
    double seconds = nanos() * 1e-9;
    long steps = training.totalSteps() - step;
    int done = training.samplesDone() - samples;
    Measured measured =
        new Measured(
            steps, (sum(training) - lossSum) / done, 1000 * seconds / steps, done / seconds);
    begin(training);
    return measured;
  }

  private static double sum(TrainingContext training) {
    int done = training.samplesDone();
    return done == 0 ? 0 : training.loss() * done;
  }
}
