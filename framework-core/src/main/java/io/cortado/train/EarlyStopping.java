package io.cortado.train;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ends a training that has not become better for some epochs. */
public final class EarlyStopping implements Resumable {

  private final int patience;
  private @Nullable Monitor chosen;
  private double minDelta;
  private double best = Double.NaN;
  private int bestEpoch;
  private boolean restored;

  /**
   * Makes a callback that watches what the trainer's {@link Trainer#monitor} names.
   *
   * @param patience after how many epochs without improvement it ends
   */
  public EarlyStopping(int patience) {
    if (patience < 1) {
      throw new IllegalArgumentException(
          "earlyStopping: the patience is " + patience + ", it has to be at least 1");
    }
    this.patience = patience;
  }

  /** Watches another number. */
  public EarlyStopping monitor(Monitor watched) {
    chosen = watched;
    return this;
  }

  /** Sets how much better an epoch has to be to count as better; at first 0. */
  public EarlyStopping minDelta(double difference) {
    if (!(difference >= 0)) {
      throw new IllegalArgumentException(
          "earlyStopping: minDelta is " + difference + ", it has to be 0 or more");
    }
    minDelta = difference;
    return this;
  }

  private Monitor watched(TrainingContext training) {
    return chosen == null ? training.monitor() : chosen;
  }

  @Override
  public void onFitBegin(TrainingContext training) {
    training.checked("earlyStopping", watched(training));
    if (!restored) {
      best = Double.NaN;
      bestEpoch = 0;
    } else if (!training.history().isEmpty()) { // it may have been over already
      check(training, training.history().getLast().epoch());
    }
    restored = false;
  }

  @Override
  public Map<String, String> state() {
    return Map.of("best", Double.toString(best), "best_epoch", Integer.toString(bestEpoch));
  }

  @Override
  public void restore(Map<String, String> state) {
    StateTexts texts = new StateTexts("the state of earlyStopping", state);
    best = texts.number("best");
    bestEpoch = texts.count("best_epoch");
    restored = true;
  }

  @Override
  public void onEpochEnd(TrainingContext training, EpochResult result) {
    Monitor watched = watched(training);
    double value = result.value(watched.name());
    if (bestEpoch == 0 || watched.isBetter(value, best, minDelta)) {
      best = value;
      bestEpoch = result.epoch();
    } else {
      check(training, result.epoch());
    }
  }

  private void check(TrainingContext training, int epoch) {
    if (bestEpoch > 0 && epoch - bestEpoch >= patience) {
      training.stop(
          watched(training).name()
              + " has not become better than "
              + best
              + " of epoch "
              + bestEpoch
              + " for "
              + patience
              + (patience == 1 ? " epoch" : " epochs"));
    }
  }
}
