package io.cortado.benchmarks.run;

import io.cortado.benchmarks.roofline.Place;
import io.cortado.benchmarks.roofline.Roofline;
import io.cortado.benchmarks.sides.Workload;
import io.cortado.benchmarks.sides.Workloads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code ./cortado bench}. */
@Command(
    name = "bench",
    description =
        "Measures Cortado side by side with PyTorch, DL4J and OpenBLAS, or against the machine.",
    mixinStandardHelpOptions = true)
final class Bench implements Callable<Integer> {

  @Option(names = "--root", description = "Folder of the repository.", defaultValue = ".")
  private Path root = Path.of(".");

  @Option(names = "--only", split = ",", description = "Workloads; all unless given.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--sides",
      split = ",",
      description = "${COMPLETION-CANDIDATES}; all unless given.")
  private List<SideKind> sides = List.of(SideKind.values());

  @Option(names = "--threads", split = ",", description = "Numbers of threads; 1,2 unless given.")
  private List<Integer> threads = List.of(1, 2);

  @Option(
      names = "--rounds",
      description = "Processes of each side, alternating.",
      defaultValue = "3")
  private int rounds = 3;

  @Option(names = "--warm-up", description = "Seconds before a measurement.", defaultValue = "5")
  private double warmUp = 5;

  @Option(names = "--seconds", description = "Seconds of a measurement.", defaultValue = "5")
  private double seconds = 5;

  @Option(names = "--no-training", description = "Leaves the workloads out.")
  private boolean noTraining;

  @Option(names = "--no-gemm", description = "Leaves the matrix products out.")
  private boolean noGemm;

  @Option(
      names = "--shapes",
      description =
          "Matrix products whose group (square, tall, flat, layer, small) or size (as in"
              + " 128x6x25-NT) starts so; several separated by commas.")
  private String shapes = "";

  @Option(
      names = "--peak",
      description = "GFLOP/s that one core can reach, for the percentages of matrix products.")
  private double peak;

  @Option(
      names = "--roofline",
      description = "Measures kernels against the machine's limits instead, without other sides.")
  private boolean roofline;

  @Option(
      names = "--kernels",
      description = "With --roofline: parts of kernels' names, separated by commas.")
  private String kernels = "";

  @Option(
      names = "--write",
      description = "Writes the tables into this document, between its marks.")
  private @Nullable Path write;

  private final Results results = new Results();

  /** Runs the command. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() {
    if (roofline) {
      roofline();
      return 0;
    }
    List<Workload> workloads =
        only.isEmpty() ? Workloads.ALL : only.stream().map(Workloads::of).toList();
    Child child = new Child(root.toAbsolutePath().normalize());
    if (!noTraining) {
      if (sides.contains(SideKind.CORTADO)) {
        child.rememberClasses();
      }
      workloads.forEach(w -> train(child, w));
    }
    if (!noGemm) {
      multiply(child);
    }
    Tables tables = new Tables(results, threads, peak);
    String machine = machine();
    if (!noTraining) {
      emit("step", machine + tables.training(workloads, "step"));
      emit("forward", machine + tables.training(workloads, "forward"));
      emit("start", machine + tables.start(workloads));
    }
    if (!noGemm) {
      emit("gemm", machine + tables.gemm());
    }
    return 0;
  }

  private void roofline() {
    StringBuilder tables = new StringBuilder();
    Set<String> compiled = new HashSet<>();
    for (int n : threads) {
      tables.append(new Roofline(n, kernels, EnumSet.allOf(Place.class), compiled).run());
    }
    String date = LocalDate.now(java.time.ZoneId.systemDefault()).toString();
    emit("roofline", "%s, %s.%n%n%s".formatted(date, cpu(), tables));
  }

  private void train(Child child, Workload w) {
    for (int n : threads) {
      for (int round = 0; round < rounds; round++) {
        Outcome first = null;
        for (SideKind side : order(round, sides.stream().filter(SideKind::trains).toList())) {
          Outcome outcome = child.run(side, n, "train", w.key(), "" + n, "" + warmUp, "" + seconds);
          results.version(side, outcome.version());
          report(side, w.key(), n, outcome);
          outcome
              .nanos()
              .forEach((what, t) -> results.add(new Results.Key(w.key(), what, side, n), t));
          if (outcome.memory() > 0) {
            results.add(new Results.Key(w.key(), "memory", side, n), outcome.memory());
          }
          if (first == null && outcome.unsupported() == null) {
            first = outcome;
          } else if (first != null) {
            Agreement.losses(w.key() + ", " + side.title(), outcome.losses(), first.losses());
          }
        }
      }
    }
  }

  private void multiply(Child child) {
    for (int n : threads) {
      for (int round = 0; round < rounds; round++) {
        Outcome first = null;
        for (SideKind side : order(round, sides.stream().filter(SideKind::multiplies).toList())) {
          Outcome outcome =
              child.run(side, n, "gemm", "" + n, "" + warmUp / 10, "" + seconds / 10, shapes);
          results.version(side, outcome.version());
          report(side, "gemm", n, outcome);
          for (var entry : outcome.gemms().entrySet()) {
            String shape = entry.getKey();
            results.add(new Results.Key(shape, "gemm", side, n), entry.getValue().nanos());
            if (first != null && first.gemms().get(shape) instanceof Outcome.Gemm other) {
              Agreement.products(shape, entry.getValue(), other);
            }
          }
          first = outcome;
        }
      }
    }
  }

  /** Each round another side starts, so that none has the machine's best moment every time. */
  private static List<SideKind> order(int round, List<SideKind> sides) {
    List<SideKind> order = new ArrayList<>(sides);
    Collections.rotate(order, -round);
    return order;
  }

  private static void report(SideKind side, String job, int n, Outcome outcome) {
    System.err.printf(
        "%-8s %-5s %d threads: %s%n",
        side.title(),
        job,
        n,
        outcome.unsupported() == null
            ? outcome.nanos() + " ns, losses " + outcome.losses()
            : outcome.unsupported());
  }

  private void emit(String name, String part) {
    System.out.println(part);
    if (write != null) {
      new MarkedFile(write).replace(name, part);
    }
  }

  private String machine() {
    return "%s, %s, %d cores; %s. Median of %d processes a side (lowest-highest).%n%n"
        .formatted(
            LocalDate.now(java.time.ZoneId.systemDefault()),
            cpu(),
            Runtime.getRuntime().availableProcessors(),
            String.join("; ", results.versions()),
            rounds);
  }

  private static String cpu() {
    Path info = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(info)) {
      return System.getProperty("os.arch");
    }
    try (var lines = Files.lines(info)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      throw new UncheckedIOException("can't read " + info, e);
    }
  }
}
