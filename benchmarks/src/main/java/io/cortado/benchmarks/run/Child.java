package io.cortado.benchmarks.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts the process of a side and waits for its results. */
record Child(Path root) {

  private static final String SERIAL = "-XX:+UseSerialGC";

  /** Objects begin with a cache line. */
  private static final String ALIGNED = "-XX:ObjectAlignmentInBytes=64";

  /** The size of the young generation. */
  private static final String YOUNG = "-Xmn32m";

  /**
   * Runs a job.
   *
   * @throws IllegalStateException if the side is not built, or its process fails
   */
  Outcome run(SideKind side, int threads, String... job) {
    return run(side, threads, options(side), job);
  }

  /**
   * Keeps which classes Cortado's side loads, as {@code ./cortado} does after a build; without it
   * the first step would come later than users see it.
   */
  void rememberClasses() {
    Path cache = classCache();
    try {
      if (Files.exists(cache)
          && Files.getLastModifiedTime(cache)
                  .compareTo(Files.getLastModifiedTime(Path.of(SideKind.CORTADO.classPath(root))))
              > 0) {
        return;
      }
      Files.deleteIfExists(cache);
    } catch (IOException e) {
      throw new IllegalStateException("can't replace " + cache, e);
    }
    run(
        SideKind.CORTADO,
        1,
        List.of(SERIAL, ALIGNED, "-XX:AOTCacheOutput=" + cache),
        "train",
        "b",
        "1",
        "2",
        "1");
  }

  private Path classCache() {
    return SideKind.CORTADO.target(root).resolve("cortado.aot");
  }

  /** Returns what {@code ./cortado} gives to Java, for Cortado; defaults for others. */
  private List<String> options(SideKind side) {
    if (side != SideKind.CORTADO) {
      return List.of();
    }
    return Files.exists(classCache())
        ? List.of(SERIAL, YOUNG, ALIGNED, "-XX:AOTCache=" + classCache(), "-Xlog:aot*=off")
        : List.of(SERIAL, YOUNG, ALIGNED);
  }

  private Outcome run(SideKind side, int threads, List<String> options, String... job) {
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
                // DL4J's build with oneDNN, and leave for its layers to use it.
                "-Dorg.bytedeco.javacpp.platform.extension=-onednn-avx512",
                "-Dorg.eclipse.deeplearning4j.helpers.disable=false"));
    command.addAll(options);
    command.addAll(List.of("-cp", side.classPath(root), side.mainClass()));
    command.addAll(List.of(job));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // Peers read their threads at the start; DJL unpacks its library where "mvn clean" removes it.
    for (String name : List.of("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")) {
      builder.environment().put(name, String.valueOf(threads));
    }
    // Else a setting of the shell could hold OpenBLAS to the kernels of another processor.
    builder.environment().remove("OPENBLAS_CORETYPE");
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
