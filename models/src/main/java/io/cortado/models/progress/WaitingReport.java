package io.cortado.models.progress;

import io.cortado.train.Callback;
import io.cortado.train.EpochResult;
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
  private long begin;
  private long last;
  private long nanos;
  private boolean inEpoch;

  /** Makes one that gives the share, from 0 to 1, to somebody, unless there was no step. */
  public WaitingReport(DoubleConsumer told) {
    this.told = told;
  }

  @Override
  public void onEpochBegin(TrainingContext training) {
    begin = System.nanoTime();
    last = begin;
    inEpoch = true;
  }

  @Override
  public void onStepEnd(TrainingContext training) {
    last = System.nanoTime();
  }

  @Override
  public void onEpochEnd(TrainingContext training, EpochResult result) {
    add();
  }

  @Override
  public void onFitEnd(TrainingContext training, StopReason why) {
    add();
    if (nanos > 0) {
      told.accept(Math.min(1, training.batchNanos() / (double) nanos));
    }
  }

  private void add() {
    if (inEpoch) {
      nanos += last - begin;
      inEpoch = false;
    }
  }
}
