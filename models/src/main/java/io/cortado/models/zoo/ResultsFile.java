package io.cortado.models.zoo;

import io.cortado.io.FileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The results of the zoo's trainings, one JSON object a line.
 *
 * <p>A line is added as soon as a training has ended, so a table of hours can be stopped and taken
 * up again. A line that was cut short by that is an error that names it.
 */
public final class ResultsFile {

  private static final JsonMapper JSON = new JsonMapper();

  private final Path file;
  private final List<TrialResult> results;

  private ResultsFile(Path file, List<TrialResult> results) {
    this.file = file;
    this.results = results;
  }

  /**
   * Reads a file; one that does not exist is empty.
   *
   * @throws FileException if a line cannot be read
   */
  public static ResultsFile read(Path file) throws IOException {
    List<TrialResult> results = new ArrayList<>();
    if (Files.exists(file)) {
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      for (int i = 0; i < lines.size(); i++) {
        if (!lines.get(i).isBlank()) {
          results.add(parse(file, i + 1, lines.get(i)));
        }
      }
    }
    return new ResultsFile(file, results);
  }

  private static TrialResult parse(Path file, int line, String text) {
    try {
      return JSON.readValue(text, TrialResult.class);
    } catch (JacksonException e) {
      throw FileException.of(
          file.toString(),
          "line " + line + " is no result of a training (" + e.getOriginalMessage() + ")",
          "delete that line; the training is then repeated");
    }
  }

  /** Adds a result to the file. */
  public void add(TrialResult result) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(
        file,
        JSON.writeValueAsString(result) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    results.add(result);
  }

  /** Returns the results of a training, one a seed; the last line counts where a seed has two. */
  public List<TrialResult> of(String side, String model, List<String> arguments) {
    List<TrialResult> found = new ArrayList<>();
    for (TrialResult r : results) {
      if (r.isOf(side, model, arguments)) {
        found.removeIf(f -> f.seed() == r.seed());
        found.add(r);
      }
    }
    return found;
  }

  /** Returns the result of a training with a seed. */
  public Optional<TrialResult> of(String side, String model, List<String> arguments, long seed) {
    return of(side, model, arguments).stream().filter(r -> r.seed() == seed).findFirst();
  }
}
