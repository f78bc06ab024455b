package io.cortado.models.serve;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** Counts values by size. */
final class Histogram {

  private final double[] bounds;
  private final LongAdder[] counts;
  private final DoubleAdder sum = new DoubleAdder();

  /** Makes one with inclusive upper bounds; what is larger than the last is counted too. */
  Histogram(double... bounds) {
    this.bounds = bounds.clone();
    counts = Stream.generate(LongAdder::new).limit(bounds.length + 1L).toArray(LongAdder[]::new);
  }

  void record(double value) {
    int i = 0;
    while (i < bounds.length && value > bounds[i]) {
      i++;
    }
    counts[i].increment();
    sum.add(value);
  }

  /** Writes cumulative counts, as Prometheus wants them. */
  void write(StringBuilder out, String name) {
    long all = 0;
    for (int i = 0; i < counts.length; i++) {
      all += counts[i].sum();
      String bound = i < bounds.length ? number(bounds[i]) : "+Inf";
      out.append("%s_bucket{le=\"%s\"} %d\n".formatted(name, bound, all));
    }
    out.append(name).append("_sum ").append(number(sum.sum())).append('\n');
    out.append(name).append("_count ").append(all).append('\n');
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
