package io.cortado.train;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a checkpoint's folder: {@code step-00001234}, or {@code step-00001234-epoch-0003}
 * after an epoch and its validation.
 *
 * <p>No two states of a run have one name, so a checkpoint never has to replace another. Their
 * order is that of the run, whatever the clock says.
 *
 * @param step how many steps were done in all epochs
 * @param epoch how many epochs were done if it stands between two, else 0
 */
record CheckpointName(long step, int epoch) implements Comparable<CheckpointName> {

  private static final Pattern FORM = Pattern.compile("step-(\\d{8,18})(?:-epoch-(\\d{4,9}))?");

  private static final Comparator<CheckpointName> ORDER =
      Comparator.comparingLong(CheckpointName::step).thenComparingInt(CheckpointName::epoch);

  /** Reads a folder's name; empty if it is not one of a checkpoint. */
  static Optional<CheckpointName> parse(String name) {
    Matcher m = FORM.matcher(name);
    if (!m.matches()) {
      return Optional.empty();
    }
    CheckpointName parsed =
        new CheckpointName(
            Long.parseLong(m.group(1)), m.group(2) == null ? 0 : Integer.parseInt(m.group(2)));
    return parsed.toString().equals(name) ? Optional.of(parsed) : Optional.empty();
  }

  @Override
  public int compareTo(CheckpointName other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return epoch == 0 ? "step-%08d".formatted(step) : "step-%08d-epoch-%04d".formatted(step, epoch);
  }
}
