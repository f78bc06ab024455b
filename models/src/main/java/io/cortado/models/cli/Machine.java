package io.cortado.models.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Says what computes, for a table of results. */
final class Machine {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** Returns processor, number of cores and Java. */
  static String describe() throws IOException {
    return "%d cores %s, Java %d"
        .formatted(
            Runtime.getRuntime().availableProcessors(), processor(), Runtime.version().feature());
  }

  private static String processor() throws IOException {
    List<String> lines = Files.isReadable(CPU_INFO) ? Files.readAllLines(CPU_INFO) : List.of();
    return lines.stream()
        .filter(l -> l.startsWith("model name") && l.contains(":"))
        .map(l -> l.substring(l.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }
}
