package io.cortado.train;

/**
 * How far a run has come.
 *
 * @param run the run's name for itself, which all its checkpoints share
 * @param epochsBefore how many epochs were done when fit was called
 * @param epochsDone how many epochs are done
 * @param step how many steps of the next epoch are done
 * @param samples how many samples of the next epoch are done
 * @param totalSteps how many steps are done in all epochs
 * @param nanos how long the steps of the next epoch have taken
 * @param inferences how many inference steps the device has done
 * @param skippedBefore how many steps were skipped before the next epoch
 */
record Position(
    String run,
    int epochsBefore,
    int epochsDone,
    int step,
    int samples,
    long totalSteps,
    long nanos,
    long inferences,
    long skippedBefore) {

  /** Returns the name of the checkpoint that stands here. */
  CheckpointName name() {
    return new CheckpointName(totalSteps, step == 0 ? epochsDone : 0);
  }

  void capture(StateTexts texts) {
    texts.put(TrainingState.RUN, run);
    texts.put("epochs_before", epochsBefore);
    texts.put("epochs_done", epochsDone);
    texts.put("step", step);
    texts.put("samples", samples);
    texts.put("total_steps", totalSteps);
    texts.put("nanos", nanos);
    texts.put("random.inferences", inferences);
    texts.put("skipped_before", skippedBefore);
  }

  static Position of(StateTexts texts) {
    return new Position(
        texts.text(TrainingState.RUN),
        texts.count("epochs_before"),
        texts.count("epochs_done"),
        texts.count("step"),
        texts.count("samples"),
        texts.whole("total_steps"),
        texts.whole("nanos"),
        texts.whole("random.inferences"),
        texts.whole("skipped_before"));
  }
}
