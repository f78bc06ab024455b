package io.cortado.train;

import io.cortado.internal.Logs;
import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.io.Weights;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * Where and how often a training is saved so that it can be resumed.
 *
 * <pre>{@code
 * Path folder = Path.of("runs/lenet/checkpoints");
 * Trainer trainer =
 *     Trainer.of(model) ...
 *         .checkpoint(new Checkpoints(folder).every(Duration.ofMinutes(1)).keepLast(3));
 * Checkpoints.latest(folder).ifPresent(trainer::resume);
 * trainer.fit(train, validation);
 * }</pre>
 *
 * <p>Each checkpoint is a folder {@code step-00001234} of {@code model.safetensors}, {@code
 * training.safetensors} (the optimizer's state, and everything else as texts) and {@code
 * SHA256SUMS}. It appears as a whole or not at all. The training waits while its state is copied in
 * memory, not for the disk unless {@link #waitForDisk} says so; a checkpoint that cannot be written
 * is warned about, the ones before stay, and the next is tried when it is due. One more is made
 * where the training ends, unless by a failure.
 *
 * <p>The folder belongs to one run, and to one program at a time.
 */
public final class Checkpoints {

  private static final Logger LOG = Logs.of(Checkpoints.class);

  private final Path folder;
  private final CheckpointFiles files;
  private long steps;
  private Duration time = Duration.ofMinutes(5);
  private boolean timeGiven;
  private boolean eachEpoch;
  private int kept = 3;
  private boolean best;
  private boolean waits;
  private Map<String, String> description = Map.of();

  /** Chooses a folder, which is made if need be. At first a checkpoint is made every 5 minutes. */
  public Checkpoints(Path folder) {
    this(folder, CheckpointFiles.DISK);
  }

  Checkpoints(Path folder, CheckpointFiles files) {
    this.folder = folder;
    this.files = files;
  }

  /**
   * Makes one after every so many steps; by time, too, if {@link #every} says so. The last step of
   * an epoch has its checkpoint after the validation. The training waits if the one before is still
   * being written, so none is left out.
   */
  public Checkpoints everySteps(long count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "checkpoints: everySteps is " + count + ", it has to be at least 1");
    }
    steps = count;
    return this;
  }

  /** Makes one whenever so much time has passed, or later if the one before is being written. */
  public Checkpoints every(Duration between) {
    if (between.isNegative() || between.isZero() || between.toDays() > 10_000) {
      throw new IllegalArgumentException(
          "checkpoints: every is " + between + ", it has to be positive, and at most 10000 days");
    }
    time = between;
    timeGiven = true;
    return this;
  }

  /**
   * Makes one after each epoch and its validation; within an epoch, too, if {@link #everySteps} or
   * {@link #every} says so. Epochs shorter than the writing of a checkpoint share one.
   */
  public Checkpoints everyEpoch() {
    eachEpoch = true;
    return this;
  }

  /** Sets how many of the newest are kept; at first 3. */
  public Checkpoints keepLast(int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "checkpoints: keepLast is " + count + ", it has to be at least 1");
    }
    kept = count;
    return this;
  }

  /**
   * Makes one after each epoch that is the best so far by {@link Trainer#monitor}, and keeps it
   * beside the newest. The training waits there if another is being written.
   */
  public Checkpoints keepBest() {
    best = true;
    return this;
  }

  /** Puts the model's description into the file of its weights. */
  public Checkpoints describedBy(ModelDescription model) {
    description = Map.of(Weights.MODEL, model.toJson());
    return this;
  }

  /**
   * Finds the newest checkpoint of a folder that is whole; damaged ones are passed over with a
   * warning.
   *
   * @throws FileException if it was written by a newer version
   */
  public static Optional<Path> latest(Path folder) {
    return latest(folder, LOG::warn);
  }

  /**
   * Finds the newest checkpoint of a folder that is whole; empty if there is none.
   *
   * @param passedOver told why each newer one is passed over
   * @throws FileException if it was written by a newer version
   */
  public static Optional<Path> latest(Path folder, Consumer<String> passedOver) {
    return StoredCheckpoint.latest(folder, passedOver).map(StoredCheckpoint::folder);
  }

  /**
   * Checks that a checkpoint is whole.
   *
   * @throws FileException if it is damaged, not finished, or of a newer version; the message says
   *     which file
   */
  public static void check(Path checkpoint) {
    StoredCheckpoint unused = StoredCheckpoint.open(checkpoint);
  }

  /** Opens a checkpoint, or the newest of a folder of them. */
  static StoredCheckpoint open(Path path) {
    if (StoredCheckpoint.list(path).isEmpty()) {
      return StoredCheckpoint.open(path);
    }
    return StoredCheckpoint.latest(path, LOG::warn)
        .orElseThrow(() ->
            FileException.of(
                path.toString(), "holds damaged checkpoints only", "begin anew in another folder"));
  }

  /**
   * Lets the training stand still until each checkpoint is on the disk, so that it loses no more
   * than what lies between two of them, whenever it is killed. At first it goes on, and a kill
   * while one is written loses that one, too.
   */
  public Checkpoints waitForDisk() {
    waits = true;
    return this;
  }

  boolean waitsForDisk() {
    return waits;
  }

  CheckpointFolder lock() {
    return CheckpointFolder.open(folder, files);
  }

  long stepsBetween() {
    return steps;
  }

  /** Returns 0 for checkpoints by steps or epochs alone. */
  long nanosBetween() {
    return (steps > 0 || eachEpoch) && !timeGiven ? 0 : time.toNanos();
  }

  boolean isEachEpoch() {
    return eachEpoch;
  }

  int kept() {
    return kept;
  }

  boolean keepsBest() {
    return best;
  }

  Map<String, String> description() {
    return description;
  }
}
