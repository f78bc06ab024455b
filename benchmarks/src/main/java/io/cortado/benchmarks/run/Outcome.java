package io.cortado.benchmarks.run;

import io.cortado.benchmarks.sides.SideProcess;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the process of a side printed. */
final class Outcome {

  /** A matrix product: nanoseconds, and the sums its result is judged by. */
  record Gemm(double nanos, double sum, double magnitude) {}

  private String version = "";
  private @Nullable String unsupported;
  private long memory;
  private final List<Float> losses = new ArrayList<>();
  private final Map<String, Double> nanos = new LinkedHashMap<>();
  private final Map<String, Gemm> gemms = new LinkedHashMap<>();

  private Outcome() {}

  /** Reads the marked lines; the others are what libraries have to say. */
  static Outcome parse(List<String> lines) {
    Outcome outcome = new Outcome();
    for (String line : lines) {
      if (line.startsWith(SideProcess.MARK)) {
        String[] parts = line.substring(SideProcess.MARK.length()).split(" ", 2);
        outcome.take(parts[0], parts[1]);
      }
    }
    return outcome;
  }

  private void take(String what, String value) {
    String[] words = value.split(" ", -1);
    switch (what) {
      case "version" -> version = value;
      case "unsupported" -> unsupported = value;
      case "losses" -> {
        for (String word : words) {
          losses.add(Float.parseFloat(word));
        }
      }
      case "step", "forward", "first", "steady" -> nanos.put(what, Double.parseDouble(words[0]));
      case "memory" -> memory = Long.parseLong(words[1]) - Long.parseLong(words[0]);
      case "gemm" ->
          gemms.put(
              words[0],
              new Gemm(
                  Double.parseDouble(words[1]),
                  Double.parseDouble(words[2]),
                  Double.parseDouble(words[3])));
      default -> throw new IllegalStateException("a side printed an unknown result: " + what);
    }
  }

  String version() {
    return version;
  }

  /** Returns why the side has no figures, or null if it has. */
  @Nullable String unsupported() {
    return unsupported;
  }

  List<Float> losses() {
    return losses;
  }

  /** Returns the most bytes in memory, less those at the start; 0 if the side did not say. */
  long memory() {
    return memory;
  }

  /**
   * Returns medians in nanoseconds by {@code step} and {@code forward}; from the start of the
   * process, the end of the {@code first} step and when steps became {@code steady}.
   */
  Map<String, Double> nanos() {
    return nanos;
  }

  Map<String, Gemm> gemms() {
    return gemms;
  }
}
