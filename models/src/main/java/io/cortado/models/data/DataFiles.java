package io.cortado.models.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Remembers which files of data sets were read, by the set's name and the file's. */
public final class DataFiles {

  /** Says what is in a file. */
  @FunctionalInterface
  private interface Sum {
    String compute() throws IOException;
  }

  private final Map<String, Sum> read = new TreeMap<>();

  /** Remembers a file, or a folder with all that is below. */
  synchronized void add(String set, Path file) {
    read.put(
        set + "/" + file.getFileName(), () -> FileSums.of(file.toString()).orElse("it is gone"));
  }

  /** Remembers a file that comes with this module. */
  synchronized void addResource(String name) {
    read.put(name, () -> Resources.read(name, (_, in) -> Sha256.of(in)));
  }

  /** Returns the SHA-256 of each that was read so far; of a folder that of names and sizes. */
  public synchronized Map<String, String> sums() throws IOException {
    Map<String, String> sums = new TreeMap<>();
    for (Map.Entry<String, Sum> e : read.entrySet()) {
      sums.put(e.getKey(), e.getValue().compute());
    }
    return sums;
  }
}
