package io.cortado.models.cli;

import io.cortado.models.Figures;
import io.cortado.models.InputException;
import io.cortado.models.RunFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;

/**
 * One of many trainings that has ended.
 *
 * @param figures what it came to; empty where Ctrl-C ended it
 * @param seconds how long it took, reading of data included
 */
record Ended(Figures figures, double seconds) {

  /**
   * Trains into a folder, or goes on with the run that was stopped there.
   *
   * @param log gets all that the training says
   * @throws InputException if it fails; the message has its last line, the cause is why
   */
  static Ended train(String model, List<String> arguments, long seed, Path run, Path log)
      throws IOException {
    List<String> all = new ArrayList<>(arguments);
    boolean again = Files.exists(run.resolve(RunFolder.RECORD));
    all.addAll(
        List.of("--seed", Long.toString(seed), again ? "--resume" : "--out", run.toString()));
    return train(model, all, log);
  }

  /** Trains as the command line does. */
  private static Ended train(String model, List<String> arguments, Path log) throws IOException {
    List<String> all = new ArrayList<>(List.of("train", model));
    all.addAll(arguments);
    AtomicReference<Figures> figures = new AtomicReference<>(Figures.NONE);
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    CommandLine line = Cortado.commandLine(figures::set, model::equals);
    IExecutionExceptionHandler handler = line.getExecutionExceptionHandler();
    line.setExecutionExceptionHandler((e, command, parsed) -> {
      failure.set(e);
      return handler.handleExecutionException(e, command, parsed);
    });
    long begin = System.nanoTime();
    try (PrintWriter said =
        new PrintWriter(
            Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            true)) {
      line.setOut(said).setErr(said);
      int code = line.execute(all.toArray(String[]::new));
      if (code != 0 && code != ErrorHandler.INTERRUPTED) {
        throw new InputException(
            "cortado %s ended with %d: %s; what it said is in %s"
                .formatted(String.join(" ", all), code, Files.readAllLines(log).getLast(), log),
            failure.get());
      }
    }
    return new Ended(figures.get(), since(begin));
  }

  /** Says whether Ctrl-C ended it, so that there is nothing to be kept. */
  boolean isStopped() {
    return figures.values().isEmpty();
  }

  static double since(long begin) {
    return (System.nanoTime() - begin) * 1e-9;
  }
}
