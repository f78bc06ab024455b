package io.cortado.models.serve;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/**
 * What the server has done, as Prometheus reads it.
 *
 * <p>Source: the <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">text
 * format</a>, version 0.0.4.
 */
final class Metrics {

  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final double[] SECONDS = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };
  private static final double[] SIZES = {1, 2, 4, 8, 16, 32, 64, 128, 256};

  private final Map<Integer, LongAdder> requests = new ConcurrentSkipListMap<>();
  private final Histogram latency = new Histogram(SECONDS);
  private final Histogram batches = new Histogram(SIZES);
  private volatile IntSupplier depth = () -> 0;

  /** Counts an answered request. */
  void request(int status) {
    requests.computeIfAbsent(status, _ -> new LongAdder()).increment();
  }

  /** Records how long a prediction took, from its headers to its answer. */
  void latency(double seconds) {
    latency.record(seconds);
  }

  /** Records the size of a batch that goes to the network. */
  void batch(int size) {
    batches.record(size);
  }

  /** Says how to ask for the length of the queue. */
  void queueDepth(IntSupplier waiting) {
    depth = waiting;
  }

  /** Returns all of it. */
  String text() {
    StringBuilder out = new StringBuilder();
    head(out, "cortado_requests_total", "counter", "Answered requests by status.");
    requests.forEach((status, count) ->
        out.append("cortado_requests_total{status=\"%d\"} %d\n".formatted(status, count.sum())));
    head(out, "cortado_predict_seconds", "histogram", "From a prediction's headers to its answer.");
    latency.write(out, "cortado_predict_seconds");
    head(out, "cortado_batch_size", "histogram", "What went to the network at once.");
    batches.write(out, "cortado_batch_size");
    head(out, "cortado_queue_depth", "gauge", "What waits for the network.");
    out.append("cortado_queue_depth ").append(depth.getAsInt()).append('\n');
    return out.toString();
  }

  private static void head(StringBuilder out, String name, String type, String help) {
    out.append("# HELP %s %s\n# TYPE %s %s\n".formatted(name, help, name, type));
  }
}
