package io.cortado.models;

import io.cortado.train.StopReason;
import io.cortado.train.TrainingResult;

/** Says of which epoch a training's weights are, also where none was finished. */
public record EpochWords(TrainingResult result) {

  /**
   * Returns the best epoch's number and why the training ended.
   *
   * @param by what chose the epoch
   */
  public String best(String by) {
    return result
        .best()
        .map(e -> "%d, by %s (%s)".formatted(e.epoch(), by, result.message()))
        .orElse("none: no epoch was finished (" + result.message() + ")");
  }

  /** Returns what a file of the best epoch's weights holds. */
  public String bestWeights() {
    return result
        .best()
        .map(e -> "the weights of epoch " + e.epoch())
        .orElse("the weights after the last step; no epoch was finished");
  }

  /** Returns what a file of the last weights holds. */
  public String lastWeights() {
    return result.stoppedBy() == StopReason.COMPLETED
        ? "the weights of the last epoch"
        : "the weights after the last step";
  }
}
