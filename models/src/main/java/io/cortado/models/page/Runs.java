package io.cortado.models.page;

import io.cortado.models.InputException;
import io.cortado.models.RunFolder;
import io.cortado.models.http.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The runs that a page can open: their folders by name, looked up anew each time.
 *
 * <p>A name is compared with those that are there, and never becomes part of a path.
 */
final class Runs {

  /** Of more runs in a folder, the newest by name are shown. */
  private static final int MOST = 200;

  private final List<Path> places;

  private Runs(List<Path> places) {
    this.places = places;
  }

  /** Returns the runs beside one. */
  static Runs beside(Path folder) {
    Path parent = folder.toAbsolutePath().normalize().getParent();
    return new Runs(parent == null ? List.of() : List.of(parent));
  }

  /**
   * Returns runs, and the runs in folders of runs.
   *
   * @throws InputException if one is neither
   */
  static Runs in(List<Path> folders) {
    Runs runs = new Runs(folders.stream().map(f -> f.toAbsolutePath().normalize()).toList());
    for (Path f : runs.places) {
      if (!RunFiles.isRun(f) && runsIn(f).isEmpty()) {
        throw new InputException(
            f
                + (Files.isDirectory(f) ? " holds no run" : " is no folder")
                + "; give the folder of a run, which has a "
                + RunFolder.RECORD
                + ", or one of such folders");
      }
    }
    return runs;
  }

  private static List<Path> runsIn(Path parent) {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> below = Files.list(parent)) {
      return below
          .sorted(Comparator.comparing(Runs::stamp).reversed())
          .filter(RunFiles::isRun)
          .limit(MOST)
          .toList();
    } catch (IOException e) {
      return List.of(); // it went away, or may not be read: there is nothing to open
    }
  }

  /** By default folders are named MODEL-DAY-TIME: the newest first, whatever the model. */
  private static String stamp(Path folder) {
    String name = folder.getFileName().toString();
    int at = name.indexOf('-');
    return at < 0 ? name : name.substring(at + 1);
  }

  /** Returns the folders by their names; the second of one name has a number behind it. */
  Map<String, Path> all() {
    Map<String, Path> all = new LinkedHashMap<>();
    List<Path> folders = new ArrayList<>();
    for (Path place : places) {
      if (RunFiles.isRun(place)) {
        folders.add(place);
      } else {
        folders.addAll(runsIn(place));
      }
    }
    for (Path folder : folders) {
      String name = folder.getFileName().toString();
      String free = name;
      for (int i = 2; all.containsKey(free); i++) {
        free = name + " (" + i + ")";
      }
      all.put(free, folder);
    }
    return all;
  }

  /**
   * Finds a run.
   *
   * @throws Refusal if there is none of this name
   */
  Path find(String name) {
    Path folder = all().get(name);
    if (folder == null) {
      throw Refusal.of(404, "there is no such run");
    }
    return folder;
  }
}
