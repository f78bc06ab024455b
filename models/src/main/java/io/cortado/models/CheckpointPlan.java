package io.cortado.models;

import io.cortado.train.Checkpoints;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When a run is saved so that it can go on, and how much of that stays.
 *
 * @param steps after every so many steps; 0 for not by steps
 * @param time whenever so much time has passed; null for not by time
 * @param keep how many of the newest are kept
 */
public record CheckpointPlan(long steps, @Nullable Duration time, int keep) {

  private static final Pattern FORM = Pattern.compile("(\\d{1,12})(s|m|h|)");

  /** After each epoch, and the newest alone is kept: what PyTorch Lightning does. */
  public static final CheckpointPlan EACH_EPOCH = new CheckpointPlan(0, null, 1);

  /**
   * Reads a time or a number of steps.
   *
   * @param text {@code epoch}, a time such as {@code 60s}, {@code 5m} or {@code 1h}, or a number of
   *     steps
   * @throws IllegalArgumentException if it is none
   */
  public static CheckpointPlan parse(String text) {
    if (text.equals("epoch")) {
      return EACH_EPOCH;
    }
    Matcher m = FORM.matcher(text);
    if (m.matches()) {
      long n = Long.parseLong(m.group(1));
      if (n > 0 && m.group(2).isEmpty()) {
        return new CheckpointPlan(n, null, 1);
      }
      try {
        Duration time = Duration.parse("PT" + n + m.group(2));
        if (n > 0 && time.toDays() <= 10_000) {
          return new CheckpointPlan(0, time, 1);
        }
      } catch (DateTimeException tooLong) {
        // is told like all else that is no time
      }
    }
    throw new IllegalArgumentException(
        "'"
            + text
            + "' says no time and no number of steps; give 60s, 5m or 1h, a number of steps such as 500, or epoch");
  }

  /** Returns the plan with another number of checkpoints that are kept. */
  public CheckpointPlan keeping(int count) {
    return new CheckpointPlan(steps, time, count);
  }

  /** Returns the trainer's settings for a folder. */
  Checkpoints in(Path folder) {
    Checkpoints c = new Checkpoints(folder).keepLast(keep);
    if (steps > 0) {
      c.everySteps(steps);
    }
    if (time != null) {
      c.every(time);
    }
    return steps > 0 || time != null ? c : c.everyEpoch();
  }
}
