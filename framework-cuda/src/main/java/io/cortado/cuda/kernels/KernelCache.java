package io.cortado.cuda.kernels;

import io.cortado.backend.Finding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;

/**
 * Compiled kernels on disk, by the digest of all that they depend on.
 *
 * <p>The folder is the system property {@code cortado.cuda.cache}, else {@code cortado/kernels} in
 * {@code XDG_CACHE_HOME} or in {@code .cache} at home. Where it cannot be written, kernels are
 * compiled at each start, and one warning says so.
 */
public final class KernelCache {

  private static final System.Logger LOG = System.getLogger("io.cortado.cuda");

  private static final String NAME = "kernel cache";

  private final Path folder;
  private boolean warned;

  KernelCache() {
    this(defaultFolder());
  }

  KernelCache(Path folder) {
    this.folder = folder;
  }

  /** Says where compiled kernels are kept, and whether they can be; tries it by writing a file. */
  public static Finding diagnose() {
    Path folder = defaultFolder();
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, "kernel", ".tmp"));
      return Finding.ok(NAME, folder + ", writable");
    } catch (IOException e) {
      return Finding.wrong(
          NAME,
          "%s cannot be written (%s): kernels are compiled at each start".formatted(folder, e),
          "set -Dcortado.cuda.cache to a folder of your own");
    }
  }

  private static Path defaultFolder() {
    String property = System.getProperty("cortado.cuda.cache");
    if (property != null) {
      return Path.of(property);
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path caches =
        xdg == null || xdg.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(xdg);
    return caches.resolve("cortado").resolve("kernels");
  }

  /**
   * Returns what is kept under a key, or computes and keeps it.
   *
   * @param ending how the file's name ends
   */
  byte[] get(List<String> key, String ending, Supplier<byte[]> compute) {
    Path file = folder.resolve(digest(key) + ending);
    try {
      if (Files.isRegularFile(file)) {
        return Files.readAllBytes(file);
      }
    } catch (IOException e) {
      warn("cannot be read", e);
    }
    byte[] value = compute.get();
    try {
      Files.createDirectories(folder);
      // Another process may write the same file: each sees a whole one or none.
      Path unfinished = Files.createTempFile(folder, "kernel", ".tmp");
      try {
        Files.write(unfinished, value);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(unfinished);
      }
    } catch (IOException e) {
      warn("cannot be written", e);
    }
    return value;
  }

  private void warn(String what, IOException e) {
    if (warned) {
      return;
    }
    warned = true;
    LOG.log(
        System.Logger.Level.WARNING,
        "The folder for compiled kernels, {0}, {1} ({2}): kernels are compiled at each start. Set -Dcortado.cuda.cache to a folder of your own.",
        folder,
        what,
        e.toString());
  }

  private static String digest(List<String> key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : key) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Java has no SHA-256, which every Java has", e);
    }
  }
}
