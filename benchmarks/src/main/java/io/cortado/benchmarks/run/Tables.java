package io.cortado.benchmarks.run;

import io.cortado.benchmarks.sides.GemmShape;
import io.cortado.benchmarks.sides.Workload;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The figures as Markdown. A ratio above 1 says that Cortado is faster.
 *
 * @param peak GFLOP/s that one core can reach, 0 if not known
 */
record Tables(Results results, List<Integer> threads, double peak) {

  /** Steps and forward passes, one line for each workload and number of threads. */
  String training(List<Workload> workloads, String what) {
    StringBuilder text =
        new StringBuilder(
            "| workload (batch) | threads | Cortado ms | PyTorch ms | DL4J ms | x PyTorch | x DL4J |\n"
                + "| --- | --- | --- | --- | --- | --- | --- |\n");
    for (Workload w : workloads) {
      for (int n : threads) {
        Results.@Nullable Time ours = time(w.key(), what, SideKind.CORTADO, n);
        Results.@Nullable Time torch = time(w.key(), what, SideKind.PYTORCH, n);
        Results.@Nullable Time dl4j = time(w.key(), what, SideKind.DL4J, n);
        text.append(
            "| %s (%d) | %d | %s | %s | %s | %s | %s |\n"
                .formatted(
                    w.key() + " " + w.title(),
                    w.batch(),
                    n,
                    millis(ours),
                    millis(torch),
                    millis(dl4j),
                    ratio(ours, torch),
                    ratio(ours, dl4j)));
      }
    }
    return text.toString();
  }

  /** From the start of the process to the first step and to steady ones, and memory. */
  String start(List<Workload> workloads) {
    StringBuilder text =
        new StringBuilder(
            "| workload | threads | first step s: Cortado | PyTorch | DL4J | steady by s: Cortado"
                + " | PyTorch | DL4J | MiB over the JVM's: Cortado | PyTorch | DL4J |\n"
                + "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (Workload w : workloads) {
      for (int n : threads) {
        text.append("| ").append(w.key()).append(" | ").append(n);
        for (String what : List.of("first", "steady", "memory")) {
          for (SideKind side : List.of(SideKind.CORTADO, SideKind.PYTORCH, SideKind.DL4J)) {
            Results.@Nullable Time t = time(w.key(), what, side, n);
            text.append(" | ").append(t == null ? "-" : amount(what, t.median()));
          }
        }
        text.append(" |\n");
      }
    }
    return text.toString();
  }

  private static String amount(String what, double value) {
    return what.equals("memory")
        ? String.format(Locale.ROOT, "%.0f", value / (1 << 20))
        : String.format(Locale.ROOT, "%.2f", value / 1e9);
  }

  /** Matrix products in GFLOP/s. */
  String gemm() {
    StringBuilder text =
        new StringBuilder(
            "| shape | m x n x k | form | threads | Cortado GFLOP/s | % of peak | OpenBLAS GFLOP/s | x OpenBLAS |\n"
                + "| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (GemmShape s : GemmShape.ALL) {
      for (int n : threads) {
        Results.@Nullable Time ours = time(s.key(), "gemm", SideKind.CORTADO, n);
        Results.@Nullable Time blas = time(s.key(), "gemm", SideKind.OPENBLAS, n);
        if (ours != null || blas != null) {
          text.append(
              "| %s | %d x %d x %d | %s | %d | %s | %s | %s | %s |\n"
                  .formatted(
                      s.group(),
                      s.m(),
                      s.n(),
                      s.k(),
                      s.form(),
                      n,
                      rate(s, ours),
                      ofPeak(s, ours, n),
                      rate(s, blas),
                      ratio(ours, blas)));
        }
      }
    }
    return text.toString();
  }

  private Results.@Nullable Time time(String job, String what, SideKind side, int n) {
    return results.time(new Results.Key(job, what, side, n));
  }

  private static String millis(Results.@Nullable Time t) {
    return t == null
        ? "-"
        : String.format(
            Locale.ROOT, "%.2f (%.2f-%.2f)", t.median() / 1e6, t.low() / 1e6, t.high() / 1e6);
  }

  private static String rate(GemmShape shape, Results.@Nullable Time t) {
    return t == null
        ? "-"
        : String.format(
            Locale.ROOT,
            "%.1f (%.1f-%.1f)",
            shape.flops() / t.median(),
            shape.flops() / t.high(),
            shape.flops() / t.low());
  }

  private String ofPeak(GemmShape shape, Results.@Nullable Time t, int n) {
    return t == null || peak <= 0
        ? "-"
        : String.format(Locale.ROOT, "%.0f", 100 * shape.flops() / t.median() / (peak * n));
  }

  private static String ratio(Results.@Nullable Time ours, Results.@Nullable Time theirs) {
    return ours == null || theirs == null
        ? "-"
        : String.format(Locale.ROOT, "%.2f", theirs.median() / ours.median());
  }
}
