package io.cortado.models.page;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What the buttons of a page do to a training; for any thread. */
final class Controls {

  /** How often a run that waits looks whether it has been asked to stop. */
  private static final long LOOK_MILLIS = 50;

  private final Runnable stop;
  private @Nullable Runnable checkpoint;
  private boolean paused;
  private boolean oneStep;

  /**
   * Makes the buttons of a run.
   *
   * @param stop ends the run as Ctrl-C does
   */
  Controls(Runnable stop) {
    this.stop = stop;
  }

  /** Says how the trainer that trains now makes a checkpoint; null if it makes none. */
  synchronized void saves(@Nullable Runnable how) {
    checkpoint = how;
  }

  synchronized boolean canSave() {
    return checkpoint != null;
  }

  synchronized boolean isPaused() {
    return paused;
  }

  synchronized void pause() {
    paused = true;
  }

  synchronized void goOn() {
    paused = false;
    notifyAll();
  }

  /** Asks for a checkpoint; a run that waits makes one step more for it. */
  synchronized boolean save() {
    if (checkpoint == null) {
      return false;
    }
    checkpoint.run();
    oneStep = true;
    notifyAll();
    return true;
  }

  /** Ends the run. */
  void stop() {
    stop.run();
    goOn();
  }

  /** Waits while the run is paused and not to be stopped; on the training's thread. */
  synchronized void waitWhilePaused(BooleanSupplier stopping) {
    oneStep &= paused;
    while (paused && !oneStep && !stopping.getAsBoolean()) {
      try {
        wait(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // which asks the trainer to stop
        return;
      }
    }
    oneStep = false;
  }
}
