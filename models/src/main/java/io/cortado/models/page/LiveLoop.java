package io.cortado.models.page;

import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Writes down how a loop goes that a model has written by hand, and lets it wait. */
final class LiveLoop {

  private final LiveCallback.Shared shared;
  private long pointNanos = System.nanoTime();
  private long pointSteps;

  LiveLoop(LiveCallback.Shared shared) {
    this.shared = shared;
  }

  /** Where the loop is; it alone knows of epochs. */
  record Now(
      String state, long totalSteps, double seconds, @Nullable Double loss, double stepMillis) {}

  void step(long steps, DoubleSupplier loss, BooleanSupplier stopping) {
    long now = System.nanoTime();
    if (now - pointNanos >= LiveCallback.POINT_NANOS && steps > pointSteps) {
      double millis = (now - pointNanos) * 1e-6 / (steps - pointSteps);
      double value = loss.getAsDouble();
      shared.recording.point("loss", steps, value);
      shared.recording.point("step_ms", steps, millis);
      shared.surroundings(steps);
      tell("training", steps, value, millis);
      pointNanos = now;
      pointSteps = steps;
    }
    if (shared.controls.isPaused()) {
      tell("paused", steps, loss.getAsDouble(), 0);
      shared.controls.waitWhilePaused(stopping);
      tell("training", steps, loss.getAsDouble(), 0);
      pointNanos = System.nanoTime();
      pointSteps = steps;
    }
  }

  private void tell(String state, long steps, double loss, double millis) {
    shared.recording.part(
        "now",
        new Now(state, steps, shared.seconds(), Double.isFinite(loss) ? loss : null, millis));
  }
}
