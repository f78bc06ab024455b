package io.cortado.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The names of runs that were given none: model and time.
 *
 * <p>Their order is that in which they began, also if the clock was set back, or summer ended: then
 * a name says one second more than the one before.
 *
 * @param folder where the runs are
 */
public record RunNames(Path folder) {

  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss");

  /** Where they are unless the user says otherwise. */
  public static RunNames standard() {
    return new RunNames(Path.of("runs"));
  }

  /** A run that is there. */
  private record Named(Path path, LocalDateTime time) {}

  /** Returns a folder for a new run, which comes behind all others of its model. */
  public Path next(String model, LocalDateTime now) {
    LocalDateTime second = now.withNano(0);
    LocalDateTime time =
        newest(model, _ -> true)
            .map(last -> last.time.plusSeconds(1))
            .filter(after -> after.isAfter(second))
            .orElse(second);
    return folder.resolve(model + "-" + STAMP.format(time));
  }

  /** Returns the run of a model that began last; empty if there is none. */
  public Optional<Path> latest(String model) {
    return newest(model, p -> Files.exists(p.resolve(RunFolder.RECORD))).map(Named::path);
  }

  private Optional<Named> newest(String model, Predicate<Path> wanted) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(wanted)
          .flatMap(p -> named(p, model + "-").stream())
          .max(Comparator.comparing(Named::time));
    } catch (IOException e) {
      throw new InputException(
          folder + " cannot be read (" + IoWords.why(e) + "); give --out or a folder", e);
    }
  }

  private static Optional<Named> named(Path path, String start) {
    String name = path.getFileName().toString();
    if (!name.startsWith(start)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Named(path, LocalDateTime.parse(name.substring(start.length()), STAMP)));
    } catch (DateTimeParseException another) {
      return Optional.empty();
    }
  }
}
