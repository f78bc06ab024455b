package io.cortado.train;

import io.cortado.Device;
import io.cortado.internal.Logs;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Warns, once for each cause, of what a training had better not do.
 *
 * <pre>{@code
 * Trainer.of(model)....on(new Watch());                  // warnings go to SLF4J
 * Trainer.of(model)....on(new Watch(System.err::println));
 * }</pre>
 *
 * <ul>
 *   <li>Gradients that explode: a step's norm is more than 20 times the median of the 128 before
 *       it, and twice the least of the 8 before it, where the device's memory is the host's.
 *   <li>Dead units: at least a quarter of the units of a ReLU were 0 for every sample of all steps
 *       that were looked at in an interval of 100, every tenth. A unit is a channel of an image and
 *       else an element of the last axis. Steps that are captured are not looked at.
 *   <li>A slow loader: more than 30 % of the time of an interval of 100 steps, and of 2 seconds at
 *       least, went by waiting for batches.
 * </ul>
 */
public final class Watch implements Callback {

  static final int INTERVAL = 100;

  /** How far from one another the steps are in which units are looked at. */
  static final int EVERY = 10;

  private static final double WAITING = 0.3;
  private static final long SHORTEST_NANOS = 2_000_000_000L;

  private final Consumer<String> warnings;
  private final LongSupplier clock;
  private final Set<String> told = new HashSet<>();
  private final NormHistory norms = new NormHistory();
  private @Nullable DeadUnits units;
  private int steps;
  private long begin;
  private long waitedBefore;
  private boolean looking;

  /** Makes one that logs its warnings. */
  public Watch() {
    this(Logs.of(Watch.class)::warn);
  }

  /** Makes one that tells somebody its warnings, each one line. */
  public Watch(Consumer<String> warnings) {
    this(warnings, System::nanoTime);
  }

  Watch(Consumer<String> warnings, LongSupplier clock) {
    this.warnings = warnings;
    this.clock = clock;
  }

  @Override
  public void onFitBegin(TrainingContext training) {
    if (training.graph() == null) {
      units = new DeadUnits(training.model());
    }
  }

  @Override
  public void onEpochBegin(TrainingContext training) {
    beginInterval(training);
    look(training.device(), true);
  }

  @Override
  public void onStepEnd(TrainingContext training) {
    gradients(training);
    steps++;
    if (looking) {
      look(training.device(), false);
    }
    if (steps == INTERVAL) {
      dead(training);
      loader(training);
      beginInterval(training);
    }
    if (steps % EVERY == 0 && training.step() < training.steps()) {
      look(training.device(), true);
    }
  }

  @Override
  public void onEpochEnd(TrainingContext training, EpochResult result) {
    look(training.device(), false);
  }

  @Override
  public void onFitEnd(TrainingContext training, StopReason why) {
    look(training.device(), false);
    DeadUnits u = units;
    if (u != null) {
      u.close();
      units = null;
    }
  }

  private void beginInterval(TrainingContext training) {
    steps = 0;
    begin = clock.getAsLong();
    waitedBefore = training.batchNanos();
    if (units != null) {
      units.reset();
    }
  }

  /** Lets units be looked at, unless somebody else observes the device. */
  private void look(Device device, boolean on) {
    DeadUnits u = units;
    if (u != null && (on ? device.observer() == null : device.observer() == u)) {
      device.observe(on ? u : null);
    }
    looking = u != null && device.observer() == u;
  }

  private void gradients(TrainingContext training) {
    double norm = training.gradientNorm();
    double median = norms.median();
    if (norms.exceeds(norm)) {
      warn(
          "gradients",
          "gradient explosion: the norm is %.3g at %s, %.0f times the median of the steps before;"
              + " lower the learning rate (it is %s), or limit the norm with clipGradNorm(%.2g)",
          norm,
          step(training),
          norm / median,
          training.optimizer().lr(),
          2 * median);
    }
    norms.add(norm);
  }

  private void dead(TrainingContext training) {
    DeadUnits u = units;
    if (u == null) {
      return;
    }
    for (DeadUnits.Dead d : u.found()) {
      warn(
          "dead " + d.path(),
          "dead units: %,d of %,d units of layer %s, ReLU, gave 0 for every sample in the %d steps"
              + " looked at before %s; lower the learning rate (it is %s), or use leakyRelu or gelu",
          d.dead(),
          d.of(),
          d.path(),
          d.steps(),
          step(training),
          training.optimizer().lr());
    }
  }

  private void loader(TrainingContext training) {
    long all = clock.getAsLong() - begin;
    double share = (training.batchNanos() - waitedBefore) / (double) Math.max(1, all);
    if (all >= SHORTEST_NANOS && share > WAITING) {
      warn(
          "loader",
          "slow loader: %.0f %% of the time of the %d steps before %s was spent waiting for batches;"
              + " make more of them ahead with prefetch, do less for each sample, or keep decoded"
              + " samples",
          100 * share,
          INTERVAL,
          step(training));
    }
  }

  private static String step(TrainingContext training) {
    return "step %d of epoch %d".formatted(training.step(), training.epoch());
  }

  private void warn(String cause, String format, Object... values) {
    if (told.add(cause)) {
      warnings.accept(String.format(Locale.ROOT, format, values));
    }
  }
}
