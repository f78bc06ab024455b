package io.cortado.models.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where files of data sets are looked for, and where downloads go.
 *
 * <p>In this order: the folder that the user names, that of the environment variable {@code
 * CORTADO_DATA}, the user's cache folder. In each, a set has a folder of its name. Downloads go to
 * the first of these.
 */
public final class DataHome {

  private static final String VARIABLE = "CORTADO_DATA";

  private final List<Place> places;
  private final boolean download;
  private final Progress progress;
  private final DataFiles files;

  private DataHome(List<Place> places, boolean download, Progress progress, DataFiles files) {
    this.places = List.copyOf(places);
    this.download = download;
    this.progress = progress;
    this.files = files;
  }

  /**
   * A folder to look in.
   *
   * @param folder the folder, with one folder for each set in it
   * @param why where its path comes from
   */
  private record Place(Path folder, String why) {}

  /** Returns the home of this user and environment; missing sets are downloaded. */
  public static DataHome standard() {
    return of(null);
  }

  /**
   * Returns the home of this user and environment, with a folder that comes first.
   *
   * @param dataDir the folder, null for none
   */
  public static DataHome of(@Nullable Path dataDir) {
    return of(dataDir, System.getenv(), System.getProperty("os.name", ""), userHome());
  }

  private static Path userHome() {
    return Path.of(System.getProperty("user.home", "."));
  }

  static DataHome of(
      @Nullable Path dataDir, Map<String, String> environment, String system, Path userHome) {
    List<Place> places = new ArrayList<>();
    if (dataDir != null) {
      places.add(new Place(dataDir, "--data-dir"));
    }
    String variable = environment.get(VARIABLE);
    if (variable != null && !variable.isBlank()) {
      places.add(new Place(Path.of(variable), "$" + VARIABLE));
    }
    places.add(new Place(cache(environment, system, userHome), "the user's cache"));
    return new DataHome(places, true, Progress.NONE, new DataFiles());
  }

  private static Path cache(Map<String, String> environment, String system, Path userHome) {
    String os = system.toLowerCase(Locale.ROOT);
    if (os.startsWith("windows")) {
      String local = environment.get("LOCALAPPDATA");
      Path base = local == null ? userHome.resolve("AppData").resolve("Local") : Path.of(local);
      return base.resolve("cortado");
    }
    if (os.startsWith("mac")) {
      return userHome.resolve("Library").resolve("Caches").resolve("cortado");
    }
    String xdg = environment.get("XDG_CACHE_HOME");
    boolean usable = xdg != null && Path.of(xdg).isAbsolute(); // as its specification demands
    return (usable ? Path.of(xdg) : userHome.resolve(".cache")).resolve("cortado");
  }

  /** Returns the same places, where nothing is downloaded: what is missing is an error. */
  public DataHome offline() {
    return new DataHome(places, false, progress, files);
  }

  /** Returns the same places, with downloads shown. */
  public DataHome showing(Progress newProgress) {
    return new DataHome(places, download, newProgress, files);
  }

  /** Returns the same places, where files that are read are remembered. */
  public DataHome noting(DataFiles read) {
    return new DataHome(places, download, progress, read);
  }

  /** Remembers that a set's file, or folder, is read now, and returns it. */
  Path reads(String set, Path file) {
    files.add(set, file);
    return file;
  }

  /** Remembers that a file which comes with this module is read now, and returns its name. */
  String readsResource(String name) {
    files.addResource(name);
    return name;
  }

  /** Says whether missing sets are downloaded. */
  public boolean downloads() {
    return download;
  }

  /** Returns who is told of downloads. */
  public Progress progress() {
    return progress;
  }

  /** Returns the folder that a set is downloaded to. */
  public Path downloadFolder(String set) {
    return places.get(0).folder().resolve(set);
  }

  /** Returns a file of a set where it is found, packed ({@code .gz}) or not. */
  Optional<Path> find(String set, String file, List<Path> more) {
    List<Path> folders = new ArrayList<>();
    places.forEach(p -> folders.add(p.folder().resolve(set)));
    folders.addAll(more);
    for (Path folder : folders) {
      for (String name : List.of(file, file + ".gz")) {
        Path path = folder.resolve(name);
        if (Files.isRegularFile(path)) {
          return Optional.of(path);
        }
      }
    }
    return Optional.empty();
  }

  /** Returns a folder of a set, where it has a folder of the given name in it. */
  Optional<Path> findFolder(String set, String inside) {
    return places.stream()
        .map(p -> p.folder().resolve(set))
        .filter(folder -> Files.isDirectory(folder.resolve(inside)))
        .findFirst();
  }

  /** Names the places for a message. */
  String searched(String set, List<Path> more) {
    StringBuilder s = new StringBuilder();
    for (Place p : places) {
      s.append(s.isEmpty() ? "" : ", ").append(p.folder().resolve(set));
      s.append(" (").append(p.why()).append(")");
    }
    more.forEach(path -> s.append(", ").append(path));
    return s.toString();
  }
}
