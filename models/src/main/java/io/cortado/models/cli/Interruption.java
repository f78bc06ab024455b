package io.cortado.models.cli;

import io.cortado.models.StopSignal;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Lets Ctrl-C, or a termination by the system, end a run in order.
 *
 * <p>Java answers these signals by running shutdown hooks while the program goes on. The hook here
 * asks the run to stop, gives it a moment to save what it has and say so, and ends the process.
 */
final class Interruption implements StopSignal, AutoCloseable {

  /**
   * A step takes milliseconds; a run that has not stopped by then is in the middle of something
   * long.
   */
  private static final long GRACE_MILLIS = 800;

  /** A training that is saved may have to end a long step, and wait for the disk. */
  private static final long SAVING_MILLIS = 8000;

  private final CountDownLatch ended = new CountDownLatch(1);
  private final PrintWriter err;
  private final Thread hook = new Thread(this::onSignal, "interruption");
  private final AtomicBoolean reported = new AtomicBoolean();
  private volatile boolean requested;
  private volatile Runnable stop = () -> {};
  private volatile Supplier<String> state = () -> "nothing was saved";
  private volatile Supplier<String> next = () -> "";
  private volatile boolean saves;
  private volatile boolean training;

  /**
   * Starts to listen.
   *
   * @param err where a run that does not stop in time is reported
   */
  Interruption(PrintWriter err) {
    this.err = err;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Says whether the run is to stop. */
  @Override
  public boolean requested() {
    return requested;
  }

  /** Says how the run is asked to stop. */
  @Override
  public void onRequest(Runnable action) {
    stop = action;
    training = true;
    if (requested) {
      action.run();
    }
  }

  @Override
  public void idle() {
    stop = () -> {};
    training = false;
  }

  /** Asks the run to stop, as a signal does. */
  void request() {
    requested = true;
    stop.run();
  }

  /** Says how to put into words what there is of the run's results. */
  @Override
  public void state(Supplier<String> words) {
    state = words;
  }

  /**
   * Says that the run is saved where it stops, for which it gets more time.
   *
   * @param howToGoOn follows what there is of the results
   */
  void saves(Supplier<String> howToGoOn) {
    next = howToGoOn;
    saves = true;
  }

  /** Reports that the run has stopped, once. */
  void report() {
    if (!reported.getAndSet(true)) {
      err.println("cortado: interrupted; " + state.get() + next.get());
      err.flush();
    }
  }

  private void onSignal() {
    request();
    boolean inTime = false;
    try {
      inTime = ended.await(saves && training ? SAVING_MILLIS : GRACE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!inTime) {
      report();
    }
    // The run's own exit waits for this hook, and Java's exit code would depend on the signal.
    Runtime.getRuntime().halt(ErrorHandler.INTERRUPTED);
  }

  /** Ends listening. */
  @Override
  public void close() {
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook); // stopped by its page or not
    } catch (IllegalStateException signalJustCame) {
      // The hook runs already and ends the process.
      requested = true;
    }
  }
}
