package io.cortado.models;

import java.util.function.Supplier;

/** Tells a run that it should end before its time, as Ctrl-C does. */
public interface StopSignal {

  /** Says whether the run is to stop. */
  boolean requested();

  /** Says how the run is asked to stop; called at once where that has happened already. */
  void onRequest(Runnable action);

  /** Says that there is nothing to stop any more. */
  default void idle() {
    onRequest(() -> {});
  }

  /** Says how to put into words what there is of the run's results. */
  void state(Supplier<String> words);
}
