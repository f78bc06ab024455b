package io.cortado.models;

import io.cortado.io.AtomicFile;
import io.cortado.io.FolderLock;
import io.cortado.train.Checkpoints;
import io.cortado.train.Trainer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder that a run leaves its files in: one that holds nothing yet, or that of a run that goes
 * on. It belongs to one program at a time.
 */
public final class RunFolder implements AutoCloseable {

  /** The file that says what the run is. */
  public static final String RECORD = "run.json";

  /** The folder of checkpoints. */
  public static final String CHECKPOINTS = "checkpoints";

  /** The file that says what validation came to. */
  public static final String VALIDATION = "validation.json";

  private static final String LOCK = ".lock";

  private final Path path;
  private final boolean again;
  private boolean made;
  private boolean training;
  private @Nullable FolderLock lock;
  private Supplier<@Nullable String> record = () -> null;
  private @Nullable CheckpointPlan plan;

  private RunFolder(Path path, boolean again) {
    this.path = path;
    this.again = again;
  }

  /**
   * Checks that a folder can be used, without making it.
   *
   * @throws InputException if it holds files, or cannot be made or written to
   */
  public static RunFolder of(Path path) {
    Path folder = path.toAbsolutePath().normalize();
    if (Files.exists(folder)) {
      if (!Files.isDirectory(folder)) {
        throw new InputException("--out " + path + " is a file; give a new folder");
      }
      if (!isEmpty(folder)) {
        throw notEmpty(path);
      }
    }
    Path there = folder;
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (there == null || !Files.isDirectory(there)) {
      throw new InputException(
          "--out " + path + " cannot be made: " + there + " is not a folder; give another place");
    }
    if (!Files.isWritable(there)) {
      throw new InputException(
          "--out "
              + path
              + " cannot be written to: no permission for "
              + there
              + "; give another place");
    }
    return new RunFolder(path, false);
  }

  /**
   * Takes the folder of a run that is to go on.
   *
   * @throws InputException if another program is writing to it
   */
  public static RunFolder again(Path path) {
    RunFolder folder = new RunFolder(path, true);
    folder.takeLock();
    return folder;
  }

  private static InputException notEmpty(Path path) {
    return new InputException(
        "--out "
            + path
            + " is not empty; nothing is overwritten: give a new folder"
            + (Files.exists(path.resolve(RECORD))
                ? ", or --resume " + path + " to go on with its run"
                : ""));
  }

  private static boolean isEmpty(Path folder) {
    return holdsNothingBut(folder, Set.of());
  }

  /** Says whether a file is what a run leaves that is killed while it makes its folder. */
  private static boolean isLeftOver(String file) {
    return file.equals(LOCK) || file.startsWith("." + RECORD + ".") && file.endsWith(".tmp");
  }

  private static boolean holdsNothingBut(Path folder, Set<String> names) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(f -> f.getFileName().toString())
          .allMatch(f -> names.contains(f) || isLeftOver(f));
    } catch (IOException e) {
      throw new InputException(
          "--out " + folder + " cannot be read (" + IoWords.why(e) + "); give another place", e);
    }
  }

  /**
   * Sets how {@link #RECORD} is made when all data have been read; null if it stays as it is. It
   * may refuse the run by an {@link InputException}.
   */
  public RunFolder recorded(Supplier<@Nullable String> how) {
    record = how;
    return this;
  }

  /** Lets the run be saved while it goes on. */
  public RunFolder saved(CheckpointPlan when) {
    plan = when;
    return this;
  }

  /** Returns where it is. */
  public Path path() {
    return path;
  }

  /**
   * Makes the folder, and writes what the run is; to be called when all data have been read.
   *
   * @throws InputException if that fails, or another run has been faster
   */
  public void create() {
    String text = record.get();
    if (!again) {
      make();
    }
    if (text != null) {
      AtomicFile.write(
          path.resolve(RECORD), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private void make() {
    try {
      Files.createDirectories(path);
      takeLock();
    } catch (IOException e) {
      throw new InputException(
          "--out " + path + " cannot be made (" + IoWords.why(e) + "); give another place", e);
    }
    if (!isEmpty(path)) {
      throw notEmpty(path);
    }
    made = true;
  }

  private void takeLock() {
    try {
      lock =
          FolderLock.take(path, LOCK)
              .orElseThrow(() ->
                  new InputException(
                      path
                          + " is in use: another run writes there; wait for its end, or give a new --out"));
    } catch (IOException e) {
      throw new InputException(
          path
              + " cannot be written to ("
              + IoWords.why(e)
              + "); give another place, or make it writable",
          e);
    }
  }

  /**
   * Lets a trainer be saved, if the run is, and go on where the run before was.
   *
   * @param part which of the run's trainings it is; empty for the only one
   * @param passedOver told of each damaged checkpoint
   */
  void save(Trainer trainer, String part, Consumer<String> passedOver) {
    if (plan != null) {
      Path folder = checkpoints().resolve(part);
      trainer.checkpoint(plan.in(folder));
      if (again) {
        Checkpoints.latest(folder, passedOver).ifPresent(trainer::resume);
      }
    }
  }

  /** Says of the first of the run's trainings, by which it is compared with others, that it is. */
  boolean isFirstTraining() {
    boolean first = !training;
    training = true;
    return first;
  }

  /** Says whether the run is saved while it goes on. */
  boolean saves() {
    return plan != null;
  }

  /** Says whether there is a checkpoint, whole or not. */
  public boolean hasCheckpoints() {
    if (!Files.isDirectory(checkpoints())) {
      return false;
    }
    try (Stream<Path> below = Files.walk(checkpoints(), 2)) {
      return below.anyMatch(p -> p.getFileName().toString().startsWith("step-"));
    } catch (IOException e) {
      throw new InputException(IoWords.unreadable(checkpoints(), e), e);
    }
  }

  /** Says whether one of the run's trainings has a checkpoint that is whole. */
  public boolean hasSoundCheckpoint() {
    if (!Files.isDirectory(checkpoints())) {
      return false;
    }
    try (Stream<Path> parts = Files.list(checkpoints())) {
      return Stream.concat(Stream.of(checkpoints()), parts.filter(Files::isDirectory))
          .anyMatch(p -> Checkpoints.latest(p, unused -> {}).isPresent());
    } catch (IOException e) {
      throw new InputException(IoWords.unreadable(checkpoints(), e), e);
    }
  }

  /**
   * Checks that the disk has room.
   *
   * @throws InputException if it has less
   */
  public void checkRoom(long bytes) {
    try {
      long free = Files.getFileStore(path).getUsableSpace();
      if (free < bytes) {
        throw new InputException(
            "--out %s: the disk has only %.1f MB left, and the run needs %.1f MB; make room, or give another place"
                .formatted(path, free / 1e6, bytes / 1e6));
      }
    } catch (IOException e) {
      throw new InputException(
          "--out " + path + " cannot be read (" + IoWords.why(e) + "); give another place", e);
    }
  }

  /** Takes the folder away again where the run ended before it left anything. */
  public void removeIfEmpty() throws IOException {
    if (made && Files.isDirectory(path) && holdsNothingBut(path, Set.of(RECORD))) {
      close();
      Files.deleteIfExists(path.resolve(RECORD));
      Files.delete(path);
    }
  }

  /** Lets other programs have the folder; a second call does nothing. */
  @Override
  public void close() throws IOException {
    FolderLock held = lock;
    if (held != null) {
      lock = null;
      Files.deleteIfExists(path.resolve(LOCK));
      held.close();
    }
  }

  public Path checkpoints() {
    return path.resolve(CHECKPOINTS);
  }

  public Path weights() {
    return path.resolve("weights.safetensors");
  }

  /** Returns the file that says what validation came to. */
  public Path validation() {
    return path.resolve(VALIDATION);
  }

  public Path log() {
    return path.resolve("log.csv");
  }

  public Path curve() {
    return path.resolve("curve.png");
  }

  public Path confusion() {
    return path.resolve("confusion.png");
  }

  public Path misread() {
    return path.resolve("misread.png");
  }
}
