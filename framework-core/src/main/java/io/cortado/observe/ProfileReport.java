package io.cortado.observe;

import io.cortado.io.AtomicFile;
import io.cortado.io.FileException;
import io.cortado.observe.Profiler.Event;
import io.cortado.observe.Profiler.Key;
import io.cortado.observe.Profiler.Time;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the time of training steps went.
 *
 * <p>{@link #toString} is a table.
 */
public final class ProfileReport {

  /**
   * A layer's time in operations of all steps.
   *
   * @param path empty for the model itself
   * @param layer what it is
   */
  public record LayerTime(
      String path, String layer, long forwardNanos, long backwardNanos, long calls) {
    long nanos() {
      return forwardNanos + backwardNanos;
    }
  }

  /** An operation's time in all steps. */
  public record OperationTime(String operation, long calls, long nanos) {}

  private final List<LayerTime> layers;
  private final List<OperationTime> operations;
  private final int steps;
  private final long nanos;
  private final List<Event> events;

  private ProfileReport(
      List<LayerTime> layers,
      List<OperationTime> operations,
      int steps,
      long nanos,
      List<Event> events) {
    this.layers = List.copyOf(layers);
    this.operations = List.copyOf(operations);
    this.steps = steps;
    this.nanos = nanos;
    this.events = List.copyOf(events);
  }

  /**
   * Returns the layers by path, in the order of the forward pass, then the loss, the optimizer, and
   * what is between operations: Java code, mostly.
   */
  public List<LayerTime> layers() {
    return layers;
  }

  /** Returns the backend's operations, the longest first. */
  public List<OperationTime> operations() {
    return operations;
  }

  /** Returns how many steps were measured. */
  public int steps() {
    return steps;
  }

  /** Returns how long these steps took. */
  public long nanos() {
    return nanos;
  }

  /** Sums up what a profiler has. */
  static ProfileReport of(
      Map<Key, Time> times,
      long[] phases,
      List<Event> events,
      LayerPaths paths,
      int steps,
      long nanos,
      long inOperations) {
    Map<String, long[]> layers = new LinkedHashMap<>();
    for (Event e : events) { // in the order in which they were met
      layers.putIfAbsent(e.layer(), new long[3]);
    }
    Map<String, long[]> operations = new LinkedHashMap<>();
    times.forEach((key, time) -> {
      long[] l = layers.computeIfAbsent(key.layer(), k -> new long[3]);
      l[key.phase() == StepPhase.BACKWARD ? 1 : 0] += time.nanos;
      l[2] += time.calls;
      long[] o = operations.computeIfAbsent(key.operation(), k -> new long[2]);
      o[0] += time.calls;
      o[1] += time.nanos;
    });
    // An optimizer that was attached before calls the backend past the profiler.
    long[] optimizer = layers.computeIfAbsent(Profiler.OPTIMIZER, k -> new long[3]);
    long hidden = Math.max(0, phases[StepPhase.OPTIMIZER.ordinal()] - optimizer[0]);
    optimizer[0] += hidden;
    List<LayerTime> rows = new ArrayList<>();
    layers.forEach((path, t) -> {
      if (!path.startsWith("(")) {
        rows.add(new LayerTime(path, paths.describe(path), t[0], t[1], t[2]));
      }
    });
    for (String last : List.of(Profiler.LOSS, Profiler.OPTIMIZER)) {
      long[] t = layers.getOrDefault(last, new long[3]);
      rows.add(new LayerTime(last, "", t[0], t[1], t[2]));
    }
    long rest = Math.max(0, nanos - inOperations - hidden);
    rows.add(new LayerTime("(between operations)", "", rest, 0, 0));
    List<OperationTime> sorted =
        operations.entrySet().stream()
            .map(e -> new OperationTime(e.getKey(), e.getValue()[0], e.getValue()[1]))
            .sorted(Comparator.comparingLong(OperationTime::nanos).reversed())
            .toList();
    return new ProfileReport(rows, sorted, steps, nanos, events);
  }

  /**
   * Writes a trace that {@code chrome://tracing} and <a href="https://ui.perfetto.dev">Perfetto</a>
   * show: steps' parts, layers and operations over time, of the first 200,000 operations.
   *
   * @throws FileException if that fails; a file that was there before still is
   * @see <a
   *     href="https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU">Trace
   *     Event Format</a>
   */
  public void writeTrace(Path file) {
    AtomicFile.write(file, out -> Trace.write(out, events));
  }

  /** Returns two tables, of layers and of operations, with times for one step. */
  @Override
  public String toString() {
    StringBuilder s = new StringBuilder();
    double all = Math.max(1, nanos);
    double each = 1e3 * Math.max(1, steps);
    int wide = 8;
    for (LayerTime l : layers) {
      wide = Math.max(wide, label(l).length());
    }
    line(s, "%-" + wide + "s  %12s %12s %8s %7s", "layer", "forward", "backward", "calls", "share");
    for (LayerTime l : layers) {
      line(
          s,
          "%-" + wide + "s  %9.1f us %9.1f us %8.1f %5.1f %%",
          label(l),
          l.forwardNanos / each,
          l.backwardNanos / each,
          l.calls / (double) Math.max(1, steps),
          100 * l.nanos() / all);
    }
    line(s, "%-" + wide + "s  %9.1f us a step, mean of %,d", "all", nanos / each, steps);
    line(s, "");
    line(s, "%-24s %12s %8s %7s", "operation", "time", "calls", "share");
    for (OperationTime o : operations) {
      line(
          s,
          "%-24s %9.1f us %8.1f %5.1f %%",
          o.operation,
          o.nanos / each,
          o.calls / (double) Math.max(1, steps),
          100 * o.nanos / all);
    }
    return s.toString();
  }

  private static String label(LayerTime l) {
    String path = l.path.isEmpty() ? "(model)" : l.path;
    return l.layer.isEmpty() ? path : path + "  " + l.layer;
  }

  private static void line(StringBuilder s, String format, Object... values) {
    s.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }
}
