package io.cortado.cuda;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folders in which NVIDIA's libraries may be, in the order in which they are looked through.
 *
 * <p>{@code CORTADO_CUDA_HOME}, {@code CUDA_HOME}, {@code CUDA_PATH} and their usual subfolders;
 * {@code LD_LIBRARY_PATH}; the folder that the Maven profile {@code cuda-redist} fills; the dynamic
 * linker's folders; the usual places of the toolkit; Conda's, and those of Python's nvidia
 * packages: of the active environment, of the {@code python3} on the {@code PATH}, of the user, of
 * pyenv's versions, and of the system.
 */
final class LibrarySearch {

  private static final List<String> HOMES = List.of("CORTADO_CUDA_HOME", "CUDA_HOME", "CUDA_PATH");

  private static final List<String> USUAL =
      List.of(
          "/usr/lib/x86_64-linux-gnu",
          "/lib/x86_64-linux-gnu",
          "/usr/lib64",
          "/lib64",
          "/usr/local/nvidia/lib64",
          "/usr/lib/x86_64-linux-gnu/nvidia/current",
          "/run/opengl-driver/lib",
          "/usr/lib/wsl/lib",
          "/usr/local/lib",
          "/usr/lib",
          "/usr/local/cuda/lib64",
          "/usr/local/cuda/targets/x86_64-linux/lib",
          "/opt/cuda/lib64",
          "/opt/cuda/targets/x86_64-linux/lib");

  private final List<Path> folders;

  private LibrarySearch(List<Path> folders) {
    this.folders = folders;
  }

  /** Returns a search of one folder and no other. */
  static LibrarySearch in(Path folder) {
    return new LibrarySearch(List.of(folder));
  }

  /** Returns a search of all places that this machine and these environment variables name. */
  static LibrarySearch of(Map<String, String> environment) {
    return of(environment, Path.of("/"));
  }

  /** The same for a machine whose files are below a folder. */
  static LibrarySearch of(Map<String, String> environment, Path root) {
    Set<Path> all = new LinkedHashSet<>();
    for (String home : HOMES) {
      addHome(all, environment.get(home));
    }
    addPath(all, environment.get("LD_LIBRARY_PATH"));
    addRedist(all, environment);
    addLines(all, root, root.resolve("etc/ld.so.conf"));
    for (Path file : list(root.resolve("etc/ld.so.conf.d"), "*.conf")) {
      addLines(all, root, file);
    }
    for (String folder : USUAL) {
      all.add(root.resolve(folder.substring(1)));
    }
    for (Path toolkit : list(root.resolve("usr/local"), "cuda-12*")) {
      all.add(toolkit.resolve("lib64"));
    }
    String conda = environment.get("CONDA_PREFIX");
    if (conda != null) {
      all.add(Path.of(conda, "lib"));
    }
    for (Path prefix : pythons(environment)) {
      addPackages(all, prefix.resolve("lib"));
    }
    addPackages(all, root.resolve("usr/local/lib"));
    addPackages(all, root.resolve("usr/lib"));
    return new LibrarySearch(all.stream().filter(Files::isDirectory).toList());
  }

  /** Returns the prefixes of the Pythons that this user may have installed packages with. */
  private static List<Path> pythons(Map<String, String> environment) {
    List<Path> prefixes = new ArrayList<>();
    for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
      String prefix = environment.get(variable);
      if (prefix != null && !prefix.isEmpty()) {
        prefixes.add(Path.of(prefix));
      }
    }
    for (String bin : environment.getOrDefault("PATH", "").split(":", -1)) {
      Path above = bin.startsWith("/") ? Path.of(bin).getParent() : null;
      if (above != null && Files.isExecutable(Path.of(bin, "python3"))) {
        prefixes.add(above);
      }
    }
    String home = environment.get("HOME");
    if (home != null && !home.isEmpty()) {
      prefixes.add(Path.of(home, ".local"));
      prefixes.addAll(list(Path.of(home, ".pyenv", "versions"), "*"));
    }
    return prefixes;
  }

  /** Adds the folder that the Maven profile cuda-redist unpacks NVIDIA's libraries into. */
  private static void addRedist(Set<Path> all, Map<String, String> environment) {
    String xdg = environment.get("XDG_CACHE_HOME");
    if (xdg != null && !xdg.isEmpty()) {
      all.add(Path.of(xdg, "cortado", "cuda"));
    }
    // Maven's idea of home, which is Java's.
    all.add(Path.of(System.getProperty("user.home"), ".cache", "cortado", "cuda"));
  }

  private static void addHome(Set<Path> all, @Nullable String home) {
    if (home != null && !home.isEmpty()) {
      Path folder = Path.of(home);
      all.add(folder);
      all.add(folder.resolve("lib64"));
      all.add(folder.resolve("lib"));
      all.add(folder.resolve("targets/x86_64-linux/lib"));
    }
  }

  private static void addPath(Set<Path> all, @Nullable String path) {
    if (path != null) {
      for (String folder : path.split(":", -1)) {
        if (!folder.isEmpty()) {
          all.add(Path.of(folder));
        }
      }
    }
  }

  /** Adds the folders that a file of the dynamic linker's configuration names, one a line. */
  private static void addLines(Set<Path> all, Path root, Path file) {
    if (!Files.exists(file)) {
      return;
    }
    try {
      for (String line : Files.readAllLines(file)) {
        String folder = line.strip();
        if (folder.startsWith("/")) {
          all.add(root.resolve(folder.substring(1)));
        }
      }
    } catch (IOException e) {
      // A file that this user may not read says nothing to this user's linker either.
      System.getLogger("io.cortado.cuda")
          .log(System.Logger.Level.DEBUG, "{0} cannot be read: {1}", file, e);
    }
  }

  /** Adds the folders of Python's nvidia packages below a folder that holds python3.x folders. */
  private static void addPackages(Set<Path> all, Path lib) {
    for (Path python : list(lib, "python3*")) {
      for (String packages : List.of("site-packages", "dist-packages")) {
        for (Path nvidia : list(python.resolve(packages).resolve("nvidia"), "*")) {
          all.add(nvidia.resolve("lib"));
        }
      }
    }
  }

  private static List<Path> list(Path folder, String glob) {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
        entries.forEach(found::add);
      } catch (IOException | DirectoryIteratorException e) {
        System.getLogger("io.cortado.cuda")
            .log(System.Logger.Level.DEBUG, "{0} cannot be listed: {1}", folder, e);
      }
    }
    found.sort(null);
    return found;
  }

  /** Returns the first file of a name, or null. */
  @Nullable Path find(String name) {
    for (Path folder : folders) {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file)) {
        return file.toAbsolutePath();
      }
    }
    return null;
  }

  /** Returns the first file of a folder whose name matches, or null. */
  static @Nullable Path beside(Path file, String glob) {
    Path folder = file.getParent();
    List<Path> found = folder == null ? List.of() : list(folder, glob);
    return found.isEmpty() ? null : found.getFirst();
  }

  /** Returns the folders that exist, in order. */
  List<Path> folders() {
    return folders;
  }
}
