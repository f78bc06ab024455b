package io.cortado.models.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Says by a checksum which data a run read. */
public final class FileSums {

  private FileSums() {}

  /**
   * Returns the SHA-256 of a file's bytes, or of the names and sizes below a folder; empty if there
   * is neither.
   */
  public static Optional<String> of(String name) throws IOException {
    Path path;
    try {
      path = Path.of(name);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
    if (Files.isRegularFile(path)) {
      return Optional.of(Sha256.of(path));
    }
    if (name.isEmpty() || !Files.isDirectory(path)) {
      return Optional.empty();
    }
    MessageDigest digest = Sha256.start();
    List<Path> files;
    try (Stream<Path> below = Files.walk(path)) {
      files = below.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      String line = path.relativize(file) + " " + Files.size(file) + "\n";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return Optional.of(Sha256.finish(digest));
  }
}
