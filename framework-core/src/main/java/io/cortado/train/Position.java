package io.cortado.train;

import io.cortado.io.FileException;

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

  /** What the names of checkpoints have room for. */
  private static final int MOST_EPOCHS = 999_999_999;

  private static final long MOST_STEPS = 999_999_999_999_999_999L;

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

  /**
   * Reads what {@link #capture} kept.
   *
   * @throws FileException if a number is missing, or they cannot be those of one place
   */
  static Position of(StateTexts texts) {
    Position p = read(texts);
    if (p.epochsDone > MOST_EPOCHS || p.totalSteps > MOST_STEPS) {
      throw impossible(
          texts, p.epochsDone + " epochs and " + p.totalSteps + " steps, too many for its name");
    }
    if (p.epochsBefore > p.epochsDone || p.step > p.totalSteps || p.step > p.samples) {
      throw impossible(
          texts,
          "%d of %d epochs done before, %d of %d steps and %d samples in this one"
              .formatted(p.epochsBefore, p.epochsDone, p.step, p.totalSteps, p.samples));
    }
    return p;
  }

  private static FileException impossible(StateTexts texts, String what) {
    return FileException.of(texts.source(), "says " + what, "use another checkpoint");
  }

  /**
   * Complains about a place that an epoch of so many steps and samples does not have.
   *
   * @param source what this was read from
   */
  void checkWithin(String source, int steps, int samplesOfEpoch) {
    if (step > steps || samples > samplesOfEpoch) {
      throw FileException.of(
          source,
          "stands after step %d and %d samples of an epoch, which has %d steps and %d samples"
              .formatted(step, samples, steps, samplesOfEpoch),
          "resume with the data and the batch size that the run had");
    }
  }

  private static Position read(StateTexts texts) {
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
