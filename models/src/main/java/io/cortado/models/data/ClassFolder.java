package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.models.IoWords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What lies in the folder of a class; hidden files do not count.
 *
 * @param files those that are wanted, sorted
 * @param others how many are of another kind
 */
record ClassFolder(List<Path> files, int others) {

  /**
   * Lists a folder.
   *
   * @param endings what the names of wanted files end in, in small letters
   * @param things what the files hold, for messages
   * @throws DataException if there is a folder in it: what is in there would be passed over
   */
  static ClassFolder of(Path folder, List<String> endings, String things) {
    List<Path> all = list(folder);
    Optional<Path> nested = all.stream().filter(Files::isDirectory).findFirst();
    if (nested.isPresent()) {
      throw new DataException(
          "%s is a folder in that of a class; %s are read from %s alone: move them there, and the folder away"
              .formatted(nested.get(), things, folder));
    }
    List<Path> files = all.stream().filter(file -> endsIn(file, endings)).toList();
    return new ClassFolder(files, all.size() - files.size());
  }

  private static boolean endsIn(Path file, List<String> endings) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return endings.stream().anyMatch(name::endsWith);
  }

  /**
   * Returns what is in a folder, sorted.
   *
   * @throws DataException if it cannot be read
   */
  static List<Path> list(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(p -> !p.getFileName().toString().startsWith(".")).sorted().toList();
    } catch (IOException e) {
      throw new DataException(IoWords.unreadable(folder, e), e);
    }
  }

  /** Says how many files were of another kind, for a line of a run; empty for none. */
  static String words(int others) {
    return others == 0 ? "" : Counted.of(others, "file") + " of another kind";
  }
}
