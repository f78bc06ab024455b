package io.cortado.train;

/**
 * Something that is told how a training goes, and may end it.
 *
 * <p>Callbacks run on the training's thread, in the order they were given, outside of any step.
 * What is called after every step has to be quick, and to allocate nothing if the training is to.
 */
public interface Callback {

  /** Is called before the first epoch; a wrong setting had best be complained about here. */
  default void onFitBegin(TrainingContext training) {}

  /** Is called before each epoch. */
  default void onEpochBegin(TrainingContext training) {}

  /** Is called after each step. */
  default void onStepEnd(TrainingContext training) {}

  /** Is called after each epoch that was finished, validation included. */
  default void onEpochEnd(TrainingContext training, EpochResult result) {}

  /** Is called once at the end, on every path, a failure included. */
  default void onFitEnd(TrainingContext training, StopReason why) {}
}
