package io.cortado.models.page;

import io.cortado.io.AtomicFile;
import io.cortado.models.InputException;
import io.cortado.models.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a run's folder keeps of what there was to see. */
final class RunFiles {

  /** The file that a page writes. */
  static final String PAGE = "page.json";

  private static final String LOG = "log.csv";

  /** No file that Cortado writes here is larger. */
  private static final long MOST_BYTES = 16 << 20;

  private static final Pattern CHECKPOINT = Pattern.compile("step-\\d{8,18}(-epoch-\\d{4,9})?");

  private static final int MOST_COLUMNS = 32;

  private RunFiles() {}

  /** Says whether a folder is that of a run. */
  static boolean isRun(Path folder) {
    return Files.isRegularFile(folder.resolve(RunFolder.RECORD));
  }

  /** Returns the name of the newest checkpoint that there is; empty for none. */
  static Optional<String> newestCheckpoint(Path folder) {
    Path checkpoints = folder.resolve(RunFolder.CHECKPOINTS);
    if (!Files.isDirectory(checkpoints)) {
      return Optional.empty();
    }
    try (Stream<Path> below = Files.walk(checkpoints, 2)) {
      return below
          .map(p -> p.getFileName().toString())
          .filter(name -> CHECKPOINT.matcher(name).matches())
          .max(Comparator.naturalOrder());
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty(); // an old one is being removed at this moment
    }
  }

  /** Keeps a recording, as a whole or not at all. */
  static void write(Path folder, ObjectNode all) {
    byte[] bytes = all.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve(PAGE), out -> out.write(bytes));
  }

  /**
   * Reads what there is to see of a run: all if it had a page, else the curves of its log.
   *
   * @throws InputException if a file is damaged, or the folder is not that of a run
   */
  static ObjectNode read(Path folder) {
    if (!isRun(folder)) {
      throw new InputException(
          folder + " is not the folder of a run: it has no " + RunFolder.RECORD);
    }
    ObjectNode all;
    if (Files.exists(folder.resolve(PAGE))) {
      all = object(folder.resolve(PAGE));
    } else {
      Recording log = new Recording();
      if (Files.exists(folder.resolve(LOG))) {
        readLog(folder.resolve(LOG), log);
      }
      all = log.all();
      all.put("axis", "epoch");
    }
    all.set("run", object(folder.resolve(RunFolder.RECORD)));
    return all;
  }

  private static ObjectNode object(Path file) {
    JsonNode read;
    try {
      read = JsonMapper.shared().readTree(text(file));
    } catch (JacksonException e) {
      throw damaged(file, e);
    }
    if (read instanceof ObjectNode object) {
      return object;
    }
    throw damaged(file, null);
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new InputException(file + " is too large for a file that Cortado wrote");
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw damaged(file, e);
    }
  }

  private static InputException damaged(Path file, @Nullable Exception why) {
    return new InputException(file + " is damaged: it cannot be read as Cortado wrote it", why);
  }

  /** Reads a line for each epoch: its number, then what the first line names. */
  private static void readLog(Path file, Recording into) {
    List<String> lines = text(file).lines().toList();
    if (lines.isEmpty() || !lines.getFirst().startsWith("epoch,")) {
      throw damaged(file, null);
    }
    String[] names = lines.getFirst().split(",", MOST_COLUMNS);
    double seconds = 0;
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", MOST_COLUMNS);
      try {
        double epoch = Double.parseDouble(cells[0]);
        for (int i = 1; i < Math.min(names.length, cells.length); i++) {
          double value = cells[i].isEmpty() ? Double.NaN : Double.parseDouble(cells[i]);
          if (names[i].equals("seconds")) {
            seconds += value;
            into.point("seconds", epoch, seconds);
          } else {
            into.point(names[i].equals("loss") ? "epoch_loss" : names[i], epoch, value);
          }
        }
      } catch (NumberFormatException e) {
        throw damaged(file, e);
      }
    }
  }
}
