package io.cortado.models.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * How long a training has taken that may have been stopped and taken up again. Of an attempt before
 * counts the time until what it saved last, as what it did then is done once more.
 */
final class Attempts {

  private final double before;
  private final long begin = System.nanoTime();

  private Attempts(double before) {
    this.before = before;
  }

  /**
   * Begins an attempt.
   *
   * @param file keeps the seconds of those before, and when this one began
   * @param saved the file, or the folder of files, that a training saves itself in
   */
  static Attempts begin(Path file, Path saved) throws IOException {
    double before = 0;
    if (Files.exists(file)) {
      String[] last = Files.readString(file).strip().split(" ");
      long began = Long.parseLong(last[1]);
      before = Double.parseDouble(last[0]) + Math.max(0, newest(saved, began) - began) * 1e-3;
    }
    Files.writeString(file, before + " " + System.currentTimeMillis() + "\n");
    return new Attempts(before);
  }

  /** Returns when one of some files changed last, in milliseconds since 1970. */
  private static long newest(Path saved, long otherwise) throws IOException {
    if (!Files.exists(saved)) {
      return otherwise;
    }
    long newest = otherwise;
    try (Stream<Path> files = Files.walk(saved)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        newest = Math.max(newest, Files.getLastModifiedTime(file).toMillis());
      }
    }
    return newest;
  }

  /** Returns the seconds of this attempt and those before. */
  double seconds() {
    return before + Ended.since(begin);
  }
}
