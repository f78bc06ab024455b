package io.cortado.benchmarks.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts the process of a side and waits for its results. */
record Child(Path root) {

  /**
   * Runs a job.
   *
   * @throws IllegalStateException if the side is not built, or its process fails
   */
  Outcome run(SideKind side, int threads, String... job) {
    Path target = side.target(root);
    if (!Files.isDirectory(target)) {
      throw new IllegalStateException(
          side.title() + " is not built (no " + target + "); ./cortado bench builds it");
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dai.djl.offline=true",
                "-Dorg.bytedeco.javacpp.platform.extension=-onednn-avx512",
                "-cp",
                side.classPath(root),
                side.mainClass()));
    command.addAll(List.of(job));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // Peers read their threads at the start; DJL unpacks its library where "mvn clean" removes it.
    for (String name : List.of("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")) {
      builder.environment().put(name, String.valueOf(threads));
    }
    builder.environment().put("DJL_CACHE_DIR", target.resolve("djl").toString());
    return Outcome.parse(output(builder, side, job));
  }

  private static List<String> output(ProcessBuilder builder, SideKind side, String... job) {
    try {
      Process process = builder.start();
      try {
        List<String> lines;
        try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
          lines = reader.lines().toList();
        }
        int status = process.waitFor();
        if (status != 0) {
          throw new IllegalStateException(
              side.title()
                  + ", "
                  + String.join(" ", job)
                  + ": exit status "
                  + status
                  + "\n"
                  + String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size())));
        }
        return lines;
      } finally {
        process.destroy();
      }
    } catch (IOException e) {
      throw new IllegalStateException("can't start the process of " + side.title(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
