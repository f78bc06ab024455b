package io.cortado.train;

import java.util.List;

/**
 * What a resumed run goes on from: a checkpoint, and what its texts say beside the states of model,
 * optimizer and callbacks.
 *
 * @param checkpoint where it is stored
 * @param at how far the run had come
 * @param losses the sums of the epoch that was begun
 * @param history the epochs that were done
 */
record ResumePoint(
    StoredCheckpoint checkpoint, Position at, RunningLoss.State losses, List<EpochResult> history) {

  /**
   * Reads it.
   *
   * @throws io.cortado.io.FileException if something is missing, or cannot be
   */
  static ResumePoint of(StoredCheckpoint checkpoint) {
    StateTexts texts = checkpoint.texts();
    Position at = Position.of(texts);
    return new ResumePoint(checkpoint, at, RunningLoss.State.of(texts), EpochHistory.of(texts, at));
  }
}
