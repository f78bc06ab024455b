package io.cortado.train;

import io.cortado.Device;
import io.cortado.observe.ProfileReport;
import io.cortado.observe.Profiler;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures some steps of a training with a {@link Profiler}; the others run as ever.
 *
 * <pre>{@code
 * trainer.on(new ProfileSteps(50, report -> System.out.println(report)));
 * }</pre>
 *
 * <p>The first 10 steps are not measured, since the JVM compiles meanwhile. A training with fewer
 * steps gives no report. Steps that are {@link Trainer#captureSteps captured} are replayed as a
 * whole and cannot be measured: leave that out.
 */
public final class ProfileSteps implements Callback {

  /** How many steps are not measured. */
  public static final int WARM_UP = 10;

  private final int steps;
  private final Consumer<ProfileReport> then;
  private @Nullable Profiler profiler;
  private int seen;
  private int measured;
  private boolean done;

  /**
   * Makes one.
   *
   * @param steps how many steps are measured
   * @param then is given what was measured, after the last of them or the training's end
   * @throws IllegalArgumentException if there are none
   */
  public ProfileSteps(int steps, Consumer<ProfileReport> then) {
    if (steps < 1) {
      throw new IllegalArgumentException("profile: " + steps + " steps; at least 1 is needed");
    }
    this.steps = steps;
    this.then = then;
  }

  @Override
  public void onFitBegin(TrainingContext training) {
    if (training.graph() != null) {
      throw new IllegalStateException(
          "profile: steps are captured and replayed as a whole; train with captureSteps(false)");
    }
  }

  @Override
  public void onStepEnd(TrainingContext training) {
    if (done) {
      return;
    }
    seen++;
    if (profiler != null) {
      if (++measured == steps) {
        finish(training.device());
      }
    } else if (seen >= WARM_UP && training.device().observer() == null) { // else a step later
      profiler = new Profiler(training.model());
      training.device().observe(profiler);
    }
  }

  @Override
  public void onFitEnd(TrainingContext training, StopReason why) {
    if (!done) {
      finish(training.device());
    }
  }

  private void finish(Device device) {
    done = true;
    Profiler p = profiler;
    if (p != null) {
      device.observe(null);
      then.accept(p.report());
    }
  }
}
