package io.cortado.cuda;

import io.cortado.backend.Finding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import jcuda.nvrtc.JNvrtc;

/**
 * Finds NVIDIA's libraries and loads them by their absolute paths, before anything of JCuda is
 * touched: JCuda's own natives then find them by name, with no {@code LD_LIBRARY_PATH}.
 *
 * <p>The system property {@code cortado.cuda.libraries} names the one folder to look in, and no
 * other is looked at then. Loading again what is loaded does nothing.
 */
final class CudaLibraries {

  /** What JCuda's native libraries are called where something is said of them. */
  static final String NATIVES = "JCuda's natives";

  private CudaLibraries() {}

  /** Returns where this process is to look. */
  static LibrarySearch search() {
    String only = System.getProperty("cortado.cuda.libraries");
    return only == null ? LibrarySearch.of(System.getenv()) : LibrarySearch.in(Path.of(only));
  }

  /**
   * Loads NVIDIA's libraries, and JCuda's natives after them.
   *
   * @return the libraries' files
   * @throws UnusableException in one sentence, if one is missing or cannot be loaded, with the
   *     remedy
   */
  static synchronized Map<NvidiaLibrary, Path> load(LibrarySearch search) {
    checkPlatform(System.getProperty("os.name"), System.getProperty("os.arch"));
    Map<NvidiaLibrary, Path> found = locate(search);
    requireAll(found, search);
    for (Map.Entry<NvidiaLibrary, Path> entry : found.entrySet()) {
      // NVRTC looks for its builtins by name alone; it gets those that came with it.
      Path builtins =
          entry.getKey() == NvidiaLibrary.NVRTC
              ? LibrarySearch.beside(entry.getValue(), "libnvrtc-builtins.so.12*")
              : null;
      if (builtins != null) {
        load(builtins);
      }
      load(entry.getValue());
    }
    loadNatives(() -> {
      JCudaDriver.setExceptionsEnabled(false);
      JNvrtc.setExceptionsEnabled(false);
      JCublas2.initialize();
      JCudnn.initialize();
    });
    return found;
  }

  /**
   * Loads the driver, and JCuda's native for it and no other: a diagnosis can then say more of a
   * machine that lacks the rest.
   */
  static synchronized void loadDriver(Path driver) {
    load(driver);
    loadNatives(() -> JCudaDriver.setExceptionsEnabled(false));
  }

  static void checkPlatform(String system, String processor) {
    if (!system.toLowerCase(Locale.ROOT).startsWith("linux") || !processor.equals("amd64")) {
      throw new UnusableException(
          Finding.wrong(
              "platform",
              "the CUDA backend runs on Linux on x86-64, and this is %s on %s"
                  .formatted(system, processor),
              "use the CPU backend here"));
    }
  }

  /** Finds what there is, in the order of loading. */
  static Map<NvidiaLibrary, Path> locate(LibrarySearch search) {
    Map<NvidiaLibrary, Path> found = new EnumMap<>(NvidiaLibrary.class);
    for (NvidiaLibrary library : NvidiaLibrary.values()) {
      Path file = search.find(library.file);
      if (file != null) {
        found.put(library, file);
      }
    }
    return found;
  }

  /** Returns what was not found. */
  static List<NvidiaLibrary> missing(Map<NvidiaLibrary, Path> found) {
    return Arrays.stream(NvidiaLibrary.values()).filter(l -> !found.containsKey(l)).toList();
  }

  /** Loads nothing where anything is missing. */
  private static void requireAll(Map<NvidiaLibrary, Path> found, LibrarySearch search) {
    List<NvidiaLibrary> missing = missing(found);
    if (!missing.isEmpty()) {
      NvidiaLibrary first = missing.getFirst();
      throw new UnusableException(
          Finding.missing(
              first.title,
              "%s was not found (no %s in %s)".formatted(first.title, first.file, places(search)),
              NvidiaLibrary.remedy(missing)));
    }
  }

  private static String places(LibrarySearch search) {
    int count = search.folders().size();
    return count == 1 ? search.folders().getFirst().toString() : "the " + count + " usual folders";
  }

  private static void load(Path file) {
    try {
      System.load(file.toString());
    } catch (UnsatisfiedLinkError e) {
      throw new UnusableException(
          Finding.wrong(
              String.valueOf(file.getFileName()),
              "%s cannot be loaded (%s)".formatted(file, e.getMessage()),
              "install it anew, or set CORTADO_CUDA_HOME to a folder with one that can"),
          e);
    }
  }

  /**
   * Makes classes of JCuda load their natives, each class once.
   *
   * <p>JCuda unpacks them into the folder for temporary files, under names that all its users
   * share, not atomically, and takes what is there already. So that folder is a private one as long
   * as this runs. A loaded library does not need its file any more.
   */
  private static void loadNatives(Runnable touch) {
    String shared = System.getProperty("java.io.tmpdir");
    Path own = null;
    try {
      own = Files.createTempDirectory("cortado-cuda");
      System.setProperty("java.io.tmpdir", own.toString());
      touch.run();
    } catch (IOException e) {
      throw new UnusableException(
          Finding.wrong(
              NATIVES,
              "JCuda's natives cannot be unpacked into %s (%s)".formatted(shared, e),
              "set -Djava.io.tmpdir to a folder that can be written"),
          e);
    } catch (LinkageError e) {
      throw new UnusableException(
          Finding.wrong(
              NATIVES,
              "JCuda's natives cannot be loaded (%s)".formatted(firstLine(e)),
              "put the jcuda, jcublas and jcudnn natives for linux-x86_64 on the class path"),
          e);
    } finally {
      System.setProperty("java.io.tmpdir", shared);
      if (own != null) {
        delete(own);
      }
    }
  }

  private static String firstLine(LinkageError e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no message");
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException | UncheckedIOException e) {
      System.getLogger("io.cortado.cuda")
          .log(System.Logger.Level.DEBUG, "{0} cannot be deleted: {1}", folder, e);
    }
  }
}
