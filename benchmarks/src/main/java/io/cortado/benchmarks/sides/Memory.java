package io.cortado.benchmarks.sides;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The memory of this process as the operating system counts it, heap and native libraries alike.
 */
final class Memory {

  private static final Path STATUS = Path.of("/proc/self/status");

  private Memory() {}

  /** Returns the bytes in memory now; 0 where the system does not say. */
  static long residentBytes() {
    return read("VmRSS:");
  }

  /**
   * Returns the most bytes that were in memory since the start; 0 where the system does not say.
   */
  static long peakBytes() {
    return read("VmHWM:");
  }

  private static long read(String field) {
    if (!Files.isReadable(STATUS)) {
      return 0;
    }
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException("can't read " + STATUS, e);
    }
  }
}
