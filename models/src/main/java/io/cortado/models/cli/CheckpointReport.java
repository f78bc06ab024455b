package io.cortado.models.cli;

import io.cortado.io.FileException;
import io.cortado.io.SafetensorsEntry;
import io.cortado.io.SafetensorsFile;
import io.cortado.models.RunFolder;
import io.cortado.train.Checkpoints;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says what is in a folder of checkpoints, in one of them, or in that of a run. */
final class CheckpointReport {

  private static final String MODEL = "model.safetensors";
  private static final String TRAINING = "training.safetensors";

  /** What the numbers of epochs are kept under. */
  private static final String VALUES = "history.value.";

  private final PrintWriter out;

  CheckpointReport(PrintWriter out) {
    this.out = out;
  }

  /**
   * Prints it.
   *
   * @throws FileException if there is no checkpoint, or the only one that is meant is damaged
   */
  void print(Path folder) throws IOException {
    if (isCheckpoint(folder)) {
      Checkpoints.check(folder);
      details(folder);
      return;
    }
    List<Path> all = find(folder);
    if (all.isEmpty()) {
      throw FileException.of(
          folder.toString(),
          "is a folder without checkpoints",
          "name a file in it, or the folder of a run that is saved");
    }
    Path place = null;
    for (Path one : all) {
      Path in = one.toAbsolutePath().getParent();
      if (in != null && !in.equals(place)) {
        place = in;
        out.println("folder            " + place);
      }
      row(one);
    }
    for (Path one : all) {
      if (complaint(one).isEmpty()) {
        out.println();
        details(one);
        return;
      }
    }
  }

  private static boolean isCheckpoint(Path folder) {
    return Files.exists(folder.resolve(TRAINING)) || Files.exists(folder.resolve(MODEL));
  }

  /** Returns the checkpoints here, or those of a run; the newest of each training first. */
  private static List<Path> find(Path folder) throws IOException {
    Path below = folder.resolve(RunFolder.CHECKPOINTS);
    Path from = Files.isDirectory(below) ? below : folder;
    try (Stream<Path> found = Files.walk(from, 2)) {
      return found
          .filter(p -> p.getFileName().toString().startsWith("step-") && isCheckpoint(p))
          .sorted(
              Comparator.comparing((Path p) -> String.valueOf(p.getParent()))
                  .thenComparing(Comparator.reverseOrder()))
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static String complaint(Path checkpoint) {
    try {
      Checkpoints.check(checkpoint);
      return "";
    } catch (FileException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void row(Path checkpoint) throws IOException {
    String complaint = complaint(checkpoint);
    say(
        "  %-30s %12s  %s",
        checkpoint.getFileName(),
        bytes(size(checkpoint)),
        complaint.isEmpty() ? "whole" : "DAMAGED: " + InspectCommand.line(complaint));
  }

  private void details(Path checkpoint) throws IOException {
    try (SafetensorsFile training = SafetensorsFile.open(checkpoint.resolve(TRAINING));
        SafetensorsFile model = SafetensorsFile.open(checkpoint.resolve(MODEL))) {
      Map<String, String> texts = training.metadata();
      out.println("checkpoint        " + checkpoint.getFileName() + ", " + bytes(size(checkpoint)));
      line("epochs", texts.get("epochs_done"));
      String step = texts.getOrDefault("step", "0");
      line(
          "steps",
          texts.get("total_steps")
              + (step.equals("0") ? "" : ", of which " + step + " in an epoch that is not done"));
      texts.forEach((key, value) -> {
        if (key.startsWith(VALUES)) { // of all epochs, the last behind the others
          line(key.substring(VALUES.length()), value.substring(value.lastIndexOf(' ') + 1));
        }
      });
      texts.forEach((key, value) -> {
        if (key.startsWith("fixed.")) {
          line(key.substring("fixed.".length()), value);
        } else if (key.startsWith("lr") || key.startsWith("rates.") || key.startsWith("scaler.")) {
          line(key, value);
        }
      });
      line("device", texts.get("device"));
      line("best", texts.get("best_checkpoint"));
      line("model", tensors(model));
      line("state", tensors(training));
    }
  }

  private static String tensors(SafetensorsFile file) {
    Collection<SafetensorsEntry> entries = file.entries().values();
    long elements = entries.stream().mapToLong(e -> e.shape().size()).sum();
    return String.format(Locale.ROOT, "%,d tensors, %,d numbers", entries.size(), elements);
  }

  private void line(String what, @Nullable String value) {
    if (value != null) {
      say("%-17s %s", InspectCommand.line(what), InspectCommand.line(value));
    }
  }

  private void say(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }

  private static long size(Path folder) throws IOException {
    long sum = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        sum += Files.size(file);
      }
    }
    return sum;
  }

  private static String bytes(long n) {
    return String.format(Locale.ROOT, "%,d bytes", n);
  }
}
