package io.cortado.train;

import java.util.List;
import java.util.Optional;

/**
 * What came out of a training.
 *
 * @param history the epochs that were finished, in order
 * @param stoppedBy why it ended
 * @param message why it ended, in words
 * @param monitor by which number the best epoch is chosen
 */
public record TrainingResult(
    List<EpochResult> history, StopReason stoppedBy, String message, Monitor monitor) {

  /** Copies the history. */
  public TrainingResult {
    history = List.copyOf(history);
  }

  /** Returns the best epoch, the first of equals; empty if none was finished. */
  public Optional<EpochResult> best() {
    return best(monitor);
  }

  /** Returns the best epoch by some number, the first of equals; empty if none was finished. */
  public Optional<EpochResult> best(Monitor by) {
    EpochResult best = null;
    for (EpochResult e : history) {
      if (best == null || by.isBetter(e.value(by.name()), best.value(by.name()), 0)) {
        best = e;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Returns the number of the best epoch, from 1; 0 if none was finished. */
  public int bestEpoch() {
    return best().map(EpochResult::epoch).orElse(0);
  }
}
