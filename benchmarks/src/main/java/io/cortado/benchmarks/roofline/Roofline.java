package io.cortado.benchmarks.roofline;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.cpu.CpuBackendProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;

/** Measures kernels against their bounds and writes the tables. */
public final class Roofline {

  private final int threads;
  private final List<String> only;
  private final Set<Place> places;
  private final Set<String> compiled;
  private final StringBuilder text = new StringBuilder();

  /**
   * Prepares a run.
   *
   * @param threads worker threads, of the kernels and of the bounds
   * @param only parts of the kernels' names, in any case, separated by commas; empty for all
   * @param places where the numbers of memory-bound kernels lie
   * @param compiled titles of the kernels that ran in this process; a run adds its own
   */
  public Roofline(int threads, String only, Set<Place> places, Set<String> compiled) {
    this.threads = threads;
    this.only = List.of(only.toLowerCase(Locale.ROOT).split(","));
    this.places = Set.copyOf(places);
    this.compiled = compiled;
  }

  /** Measures what was asked for and returns the tables in Markdown. */
  public String run() {
    try (Limits limits = limits()) {
      limits.warmUp();
      for (Place place : Place.values()) {
        if (places.contains(place)) {
          memory(limits, place);
        }
      }
      compute(limits);
    }
    return text.toString();
  }

  private Limits limits() {
    return new Limits(threads, 4 * Place.MEMORY.rows() * Place.MEMORY.cols());
  }

  private boolean wanted(String title) {
    String lower = title.toLowerCase(Locale.ROOT);
    return only.stream().anyMatch(lower::contains);
  }

  private void memory(Limits limits, Place place) {
    List<String> lines = new ArrayList<>();
    for (MemoryKernel kernel : MemoryKernel.values()) {
      if (wanted(kernel.title())) {
        lines.add(line(kernel, limits, place));
      }
    }
    table("Arrays %s, %d x %d".formatted(place.title(), place.rows(), place.cols()), "GB/s", lines);
  }

  private String line(MemoryKernel kernel, Limits limits, Place place) {
    return with(
        place.rows(),
        place.cols(),
        (o, n) -> {
          Bound bound = kernel.bound();
          // As many bytes in all as the kernel has, so that both are at home in the same cache.
          int elements = (int) ((long) n * kernel.arrays() / bound.arrays());
          boolean first = compiled.add(kernel.title());
          Figure f = Figure.of(first, kernel.make(o), () -> limits.run(bound, elements));
          double achieved = 4 * kernel.words() * n / f.kernel();
          double limit = 4.0 * bound.words() * elements / f.bound();
          return line(kernel.title(), f, achieved, limit, bound, kernel.loss());
        });
  }

  private void compute(Limits limits) {
    List<String> lines = new ArrayList<>();
    for (ComputeKernel kernel : ComputeKernel.values()) {
      if (wanted(kernel.title())) {
        lines.add(
            with(
                1,
                512,
                (o, n) -> {
                  boolean first = compiled.add(kernel.title());
                  Figure f = Figure.of(first, kernel.make(o), () -> limits.run(Bound.FMA, 0));
                  double achieved = kernel.flops() / f.kernel();
                  double limit = limits.fmaFlops() / f.bound();
                  return line(kernel.title(), f, achieved, limit, Bound.FMA, kernel.loss());
                }));
      }
    }
    table("Arithmetic", "GFLOP/s", lines);
  }

  /** A fresh backend for each kernel, so that nothing of it is left when the next one comes. */
  private String with(int rows, int cols, BiFunction<Operands, Integer, String> measured) {
    BackendOptions options = BackendOptions.DEFAULTS.withThreads(threads);
    try (Backend backend = new CpuBackendProvider().open(options)) {
      return measured.apply(new Operands(backend, rows, cols), rows * cols);
    }
  }

  private static String line(
      String title, Figure f, double achieved, double limit, Bound bound, String loss) {
    String line =
        String.format(
            Locale.ROOT,
            "| %s | %s | %.1f | %s %.1f | %.0f %% | %s |",
            title,
            micros(f.kernel()),
            achieved,
            bound.title(),
            limit,
            100 * achieved / limit,
            loss);
    System.err.println(line);
    return line;
  }

  private static String micros(double nanos) {
    return String.format(Locale.ROOT, nanos < 1e5 ? "%.1f" : "%.0f", nanos / 1e3);
  }

  private void table(String title, String unit, List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    text.append("%s, %d %s:%n%n".formatted(title, threads, threads == 1 ? "thread" : "threads"))
        .append("| kernel | us a call | %s | bound | achieved | besides |%n".formatted(unit))
        .append("| --- | --- | --- | --- | --- | --- |\n");
    lines.forEach(line -> text.append(line).append('\n'));
    text.append('\n');
  }
}
