package io.cortado.benchmarks.run;

import io.cortado.benchmarks.sides.Measurement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The figures of all rounds. */
final class Results {

  /** A figure's place in the tables: job is a workload's or a shape's key, what a kind of time. */
  record Key(String job, String what, SideKind side, int threads) {}

  /** Median of the rounds, and the lowest and highest round; nanoseconds, or bytes of memory. */
  record Time(double median, double low, double high) {}

  private final Map<Key, List<Double>> times = new HashMap<>();
  private final Map<SideKind, String> versions = new TreeMap<>();

  void add(Key key, double nanos) {
    times.computeIfAbsent(key, _ -> new ArrayList<>()).add(nanos);
  }

  void version(SideKind side, String version) {
    versions.put(side, version);
  }

  Collection<String> versions() {
    return versions.values();
  }

  /** Returns a figure, or null where a side has none. */
  @Nullable Time time(Key key) {
    List<Double> rounds = times.get(key);
    if (rounds == null) {
      return null;
    }
    double[] values = rounds.stream().mapToDouble(Double::doubleValue).toArray();
    double median = Measurement.median(values);
    return new Time(
        median,
        Arrays.stream(values).min().orElseThrow(),
        Arrays.stream(values).max().orElseThrow());
  }
}
