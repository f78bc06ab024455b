package io.cortado.models.progress;

import io.cortado.train.Callback;
import io.cortado.train.StopReason;
import io.cortado.train.TrainingContext;
import java.util.function.DoubleConsumer;

/**
 * Tells at a training's end which part of the steps' time went by waiting for batches.
 *
 * <p>It is near 0 where data are read, changed and stacked at least as fast as the network takes
 * them. Time for validation counts for neither.
 */
public final class WaitingReport implements Callback {

  private final DoubleConsumer told;
  private long last;
  private long nanos;

  /** Makes one that gives the share, from 0 to 1, to somebody, unless there was no step. */
  public WaitingReport(DoubleConsumer told) {
    this.told = told;
  }

  @Override
  public void onEpochBegin(TrainingContext training) {
    last = System.nanoTime();
  }

  @Override
  public void onStepEnd(TrainingContext training) {
    long now = System.nanoTime();
    nanos += now - last;
    last = now;
  }

  @Override
  public void onFitEnd(TrainingContext training, StopReason why) {
    if (nanos > 0) {
      told.accept(Math.min(1, training.batchNanos() / (double) nanos));
    }
  }
}
