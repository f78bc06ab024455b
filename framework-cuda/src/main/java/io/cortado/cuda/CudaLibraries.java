package io.cortado.cuda;

import io.cortado.backend.BackendException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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

  /** A library, what it is, and how it is had. */
  private record Library(String file, String what, String remedy) {}

  private static final String ELSEWHERE = ", or set CORTADO_CUDA_HOME to the folder that holds it";

  /** In the order in which they have to be loaded: each needs only what is before it. */
  private static final List<Library> LIBRARIES =
      List.of(
          new Library(
              "libcuda.so.1",
              "NVIDIA's driver",
              "install NVIDIA's driver for your GPU (in a container: start it with --gpus all)"),
          new Library(
              "libnvrtc.so.12",
              "the CUDA compiler NVRTC 12",
              "install CUDA 12 or run pip install nvidia-cuda-nvrtc-cu12" + ELSEWHERE),
          new Library(
              "libcublasLt.so.12",
              "cuBLAS 12",
              "install CUDA 12 or run pip install nvidia-cublas-cu12" + ELSEWHERE),
          new Library(
              "libcublas.so.12",
              "cuBLAS 12",
              "install CUDA 12 or run pip install nvidia-cublas-cu12" + ELSEWHERE),
          new Library(
              "libcudnn.so.9",
              "cuDNN 9",
              "install cuDNN 9 for CUDA 12 or run pip install nvidia-cudnn-cu12" + ELSEWHERE));

  private CudaLibraries() {}

  /** Returns where this process is to look. */
  static LibrarySearch search() {
    String only = System.getProperty("cortado.cuda.libraries");
    return only == null ? LibrarySearch.of(System.getenv()) : LibrarySearch.in(Path.of(only));
  }

  /**
   * Loads NVIDIA's libraries, and JCuda's natives after them.
   *
   * @return the libraries' files by their names
   * @throws BackendException in one sentence, if one is missing or cannot be loaded, with the
   *     remedy
   */
  static synchronized Map<String, Path> load(LibrarySearch search) {
    checkPlatform(System.getProperty("os.name"), System.getProperty("os.arch"));
    Map<String, Path> found = find(search);
    for (Map.Entry<String, Path> entry : found.entrySet()) {
      load(entry.getValue());
    }
    loadNatives();
    return found;
  }

  static void checkPlatform(String system, String processor) {
    if (!system.toLowerCase(Locale.ROOT).startsWith("linux") || !processor.equals("amd64")) {
      throw new BackendException(
          "the CUDA backend runs on Linux on x86-64, and this is %s on %s: use the CPU backend here"
              .formatted(system, processor));
    }
  }

  /** Finds all libraries, so that nothing is loaded where one is missing. */
  static Map<String, Path> find(LibrarySearch search) {
    Map<String, Path> found = new LinkedHashMap<>();
    for (Library library : LIBRARIES) {
      Path file = search.find(library.file());
      if (file == null) {
        throw new BackendException(
            "%s was not found (no %s in %s): %s"
                .formatted(library.what(), library.file(), places(search), library.remedy()));
      }
      // NVRTC looks for its builtins by name alone; it gets those that came with it.
      Path builtins =
          library.file().startsWith("libnvrtc")
              ? LibrarySearch.beside(file, "libnvrtc-builtins.so.12*")
              : null;
      if (builtins != null) {
        found.put("libnvrtc-builtins", builtins);
      }
      found.put(library.file(), file);
    }
    return found;
  }

  private static String places(LibrarySearch search) {
    int count = search.folders().size();
    return count == 1 ? search.folders().getFirst().toString() : "the " + count + " usual folders";
  }

  private static void load(Path file) {
    try {
      System.load(file.toString());
    } catch (UnsatisfiedLinkError e) {
      throw new BackendException(
          "%s cannot be loaded (%s): install it anew, or set CORTADO_CUDA_HOME to a folder with one that can"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /**
   * Makes JCuda load its natives, each class once.
   *
   * <p>JCuda unpacks them into the folder for temporary files, under names that all its users
   * share, not atomically, and takes what is there already. So that folder is a private one as long
   * as this runs. A loaded library does not need its file any more.
   */
  private static void loadNatives() {
    String shared = System.getProperty("java.io.tmpdir");
    Path own = null;
    try {
      own = Files.createTempDirectory("cortado-cuda");
      System.setProperty("java.io.tmpdir", own.toString());
      JCudaDriver.setExceptionsEnabled(false);
      JNvrtc.setExceptionsEnabled(false);
      JCublas2.initialize();
      JCudnn.initialize();
    } catch (IOException e) {
      throw new BackendException(
          "JCuda's natives cannot be unpacked into %s (%s): set -Djava.io.tmpdir to a folder that can be written"
              .formatted(shared, e),
          e);
    } catch (LinkageError e) {
      throw new BackendException(
          "JCuda's natives cannot be loaded (%s): put the jcuda, jcublas and jcudnn natives for linux-x86_64 on the class path"
              .formatted(firstLine(e)),
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
