package io.cortado.benchmarks.sides;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * What the process of a side does: measures one job, and prints what came out.
 *
 * <pre>
 *   train WORKLOAD THREADS WARMUP SECONDS
 *   gemm THREADS WARMUP SECONDS [PREFIX,...]  shapes whose key or group starts with a PREFIX
 * </pre>
 *
 * <p>Lines that start with {@link #MARK} are for the runner; what libraries print is not.
 */
public final class SideProcess {

  /** Starts each line of results. */
  public static final String MARK = "@bench ";

  /** Losses that are compared. */
  public static final int LOSSES = 10;

  private final Side side;
  private final PrintStream out;

  private SideProcess(Side side, PrintStream out) {
    this.side = side;
    this.out = out;
  }

  /**
   * Runs a job.
   *
   * @throws IllegalArgumentException if the arguments are not one of the forms above
   */
  public static void run(Side side, PrintStream out, String... args) {
    SideProcess process = new SideProcess(side, out);
    process.say("version", side.version());
    try {
      if (args.length == 5 && args[0].equals("train")) {
        process.train(
            Workloads.of(args[1]),
            Integer.parseInt(args[2]),
            Double.parseDouble(args[3]),
            Double.parseDouble(args[4]));
      } else if ((args.length == 4 || args.length == 5) && args[0].equals("gemm")) {
        process.gemm(
            Integer.parseInt(args[1]),
            Double.parseDouble(args[2]),
            Double.parseDouble(args[3]),
            args.length == 5 ? args[4] : "");
      } else {
        throw new IllegalArgumentException(
            "train WORKLOAD THREADS WARMUP SECONDS, or gemm THREADS WARMUP SECONDS [PREFIX,...]; not "
                + String.join(" ", args));
      }
    } catch (UnsupportedOperationException e) {
      process.say("unsupported", String.valueOf(e.getMessage()));
    }
  }

  private void train(Workload workload, int threads, double warmUp, double seconds) {
    long start = Memory.residentBytes();
    try (Training training = side.train(workload, Material.of(workload), threads)) {
      StringBuilder losses = new StringBuilder();
      for (int i = 0; i < side.comparableSteps(); i++) {
        losses.append(i == 0 ? "" : " ").append(training.step());
        if (i == 0) {
          say("first", String.valueOf(sinceStart().toNanos()));
        }
      }
      say("losses", losses.toString());
      Measurement steps = Measurement.of(training::step, warmUp, seconds);
      say(
          "steady",
          String.valueOf(sinceStart().toNanos() - (System.nanoTime() - steps.steadyAt())));
      say("step", steps);
      say("forward", Measurement.of(training::forward, warmUp / 2, seconds / 2));
      say("memory", start + " " + Memory.peakBytes());
    }
  }

  /** Returns the time since the process started, the virtual machine's own start included. */
  private static Duration sinceStart() {
    Instant start = ProcessHandle.current().info().startInstant().orElseThrow();
    return Duration.between(start, Instant.now());
  }

  /** Measures the shapes after a pass over all of them, in which the compiler meets them all. */
  private void gemm(int threads, double warmUp, double seconds, String prefixes) {
    List<String> wanted = List.of(prefixes.split(","));
    List<GemmShape> shapes =
        GemmShape.ALL.stream()
            .filter(s ->
                wanted.stream().anyMatch(p -> s.key().startsWith(p) || s.group().startsWith(p)))
            .toList();
    for (GemmShape shape : shapes) {
      try (Product product = product(shape, threads)) {
        Measurement.of(product::multiply, warmUp, 0);
      }
    }
    for (GemmShape shape : shapes) {
      try (Product product = product(shape, threads)) {
        Measurement m = Measurement.of(product::multiply, warmUp, seconds);
        say("gemm", shape.key() + " " + m.median() + " " + checksum(product.result()));
      }
    }
  }

  private Product product(GemmShape shape, int threads) {
    SplittableRandom random = new SplittableRandom(shape.m() * 31L + shape.n() * 17L + shape.k());
    float[] a = uniform(random, shape.m() * shape.k());
    float[] b = uniform(random, shape.k() * shape.n());
    return side.multiply(shape, a, b, threads);
  }

  private static float[] uniform(SplittableRandom random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  /** A sum that notices exchanged elements, and the sum of magnitudes it is judged by. */
  private static String checksum(float[] c) {
    double sum = 0;
    double magnitude = 0;
    for (int i = 0; i < c.length; i++) {
      double term = c[i] * (1 + i % 7);
      sum += term;
      magnitude += Math.abs(term);
    }
    return String.format(Locale.ROOT, "%.9e %.9e", sum, magnitude);
  }

  private void say(String what, Measurement m) {
    say(what, m.median() + " " + m.samples());
  }

  private void say(String what, String value) {
    out.println(MARK + what + " " + value);
    out.flush();
  }
}
