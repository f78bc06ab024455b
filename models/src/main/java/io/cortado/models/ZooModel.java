package io.cortado.models;

import java.io.IOException;
import java.util.List;

/**
 * A model of the zoo: its options, and a training from the data to the last picture.
 *
 * <p>{@code cortado train NAME} makes one, sets the fields that bear picocli's {@code @Option}, and
 * calls {@link #train}. One instance serves one training.
 */
public interface ZooModel {

  /** Returns what users call it. */
  String name();

  /** Returns what it is, on one line. */
  String description();

  /**
   * Trains, measures on the test data, and leaves weights and pictures in the run's folder.
   *
   * <p>Checks its options and reads its data before anything is written. Test data choose nothing:
   * what has to be chosen, a best epoch for example, is chosen by validation data.
   *
   * @return what the test data say, and what was measured beside it; empty if the run was stopped
   *     before its end
   * @throws InputException if an option or the data cannot be used
   */
  Figures train(Run run) throws IOException;

  /**
   * Says whether a training goes on from its checkpoints: each of its trainers is given to {@link
   * Run#watch}.
   */
  default boolean resumes() {
    return false;
  }

  /**
   * Says whether a run may be given more epochs when it goes on: what it does in an epoch does not
   * depend on how many there will be. It does where the learning rate falls over all of them.
   */
  default boolean takesMoreEpochs() {
    return false;
  }

  /** Returns the name of its page in {@code docs/models}. */
  default String card() {
    return name();
  }

  /** Returns the trainings of the zoo's table, with what is expected of each. */
  List<Trial> trials();

  /** Returns trainings of seconds that show that the model learns, with a floor for each. */
  List<Trial> quickTrials();
}
