package io.cortado.models.cli;

import io.cortado.models.InputException;
import io.cortado.models.RunFolder;
import io.cortado.models.Values;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is looked at while a model trains, or instead. */
final class WatchOptions {

  @Option(
      names = "--debug-nan",
      description =
          "Look at every operation's output and gradients, and end at the first infinite or NaN value with operation, layer, shape and step; a third slower on a CPU, more on a GPU.")
  private boolean debugNan;

  @Option(
      names = "--profile",
      paramLabel = "N",
      arity = "0..1",
      fallbackValue = "50",
      converter = Values.Positive.class,
      description =
          "Measure N steps (default: 50) behind the first 10 by layer and operation: a table, and profile.json for ui.perfetto.dev.")
  private @Nullable Integer profile;

  @Option(
      names = "--find-lr",
      description =
          "Look for a learning rate instead of training: prints it and draws learning-rate.png.")
  private boolean findLr;

  @Option(
      names = "--dry-run",
      description =
          "Build model and data, train a few steps, tell memory and time, and leave nothing.")
  private boolean dryRun;

  /** Says whether nothing may be left behind. */
  boolean isDryRun() {
    return dryRun;
  }

  /**
   * Checks that what is asked for goes together.
   *
   * @throws InputException if it does not
   */
  void check(boolean resumed) {
    if (dryRun && findLr) {
      throw new InputException("--dry-run and --find-lr each end the run; give one of them");
    }
    if (debugNan && profile != null) {
      throw new InputException("--debug-nan would be what --profile measures; give one of them");
    }
    if (resumed && (dryRun || findLr)) {
      throw new InputException(
          "%s begins a run and --resume goes on with one; leave one of them out"
              .formatted(dryRun ? "--dry-run" : "--find-lr"));
    }
  }

  /** Returns who looks at a run. */
  TrainingWatcher watcher(RunFolder folder, PrintWriter out, PrintWriter err) {
    return new TrainingWatcher(
        folder,
        out,
        err,
        new TrainingWatcher.Wanted(debugNan, profile == null ? 0 : profile, findLr, dryRun));
  }

  /** Returns a folder below the system's temporary one. */
  static Path temporary() throws IOException {
    return Files.createTempDirectory("cortado-dry-run-").resolve("run");
  }

  /** Deletes what {@link #temporary} made, with all that is in it. */
  static void delete(Path temporary) throws IOException {
    try (Stream<Path> all = Files.walk(temporary.resolveSibling("."))) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(p.normalize());
      }
    }
  }
}
