package io.cortado.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.stream.Stream;

/**
 * The folder that a run leaves its files in; never one that holds anything already.
 *
 * @param path where it is
 */
public record RunFolder(Path path) {

  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

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
        throw new InputException(
            "--out " + path + " is not empty; nothing is overwritten: give a new folder");
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
    return new RunFolder(path);
  }

  private static boolean isEmpty(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      throw new InputException(
          "--out " + folder + " cannot be read (" + e.getMessage() + "); give another place", e);
    }
  }

  /** Returns the default: a folder named by model and time, below {@code runs}. */
  public static Path byName(String model, LocalDateTime now) {
    return Path.of("runs", model + "-" + STAMP.format(now));
  }

  /**
   * Makes the folder.
   *
   * @throws InputException if that fails
   */
  public void create() {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new InputException(
          "--out " + path + " cannot be made (" + e + "); give another place", e);
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
          "--out " + path + " cannot be read (" + e.getMessage() + "); give another place", e);
    }
  }

  /** Takes the folder away again where the run ended before it left anything. */
  public void removeIfEmpty() throws IOException {
    if (Files.isDirectory(path) && isEmpty(path)) {
      Files.delete(path);
    }
  }

  public Path weights() {
    return path.resolve("weights.safetensors");
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
