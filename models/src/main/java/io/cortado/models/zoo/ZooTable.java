package io.cortado.models.zoo;

import io.cortado.models.Trial;
import io.cortado.models.ZooModel;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;

/**
 * The table of all trainings in Markdown: what each came to, what it should, and what others say.
 *
 * <p>A goal is reached when all seeds have been trained; PyTorch's twin is compared over the seeds
 * that both have.
 */
public final class ZooTable {

  private static final String HEAD =
      """
      | training | figure | mean | spread | seeds | goal | reached | PyTorch twin | seconds a run, PyTorch's | compared with |
      | --- | --- | ---: | ---: | ---: | ---: | --- | ---: | ---: | --- |
      """;

  private final ResultsFile results;

  /** Makes a table of results. */
  public ZooTable(ResultsFile results) {
    this.results = results;
  }

  /** Returns the rows of models, and below them which machines and days they are of. */
  public String of(List<ZooModel> models) {
    StringBuilder rows = new StringBuilder(HEAD);
    List<String> where = new ArrayList<>();
    for (ZooModel model : models) {
      for (Trial trial : model.trials()) {
        rows.append(row(model, trial));
        for (TrialResult r : of(TrialResult.CORTADO, model, trial)) {
          String line = r.date() + ", " + r.machine();
          if (!where.contains(line)) {
            where.add(line);
          }
        }
      }
    }
    rows.append("\nMeasured: ").append(String.join("; ", where.stream().sorted().toList()));
    return rows.append(".\n").toString();
  }

  private List<TrialResult> of(String side, ZooModel model, Trial trial) {
    return results.of(side, model.name(), trial.arguments());
  }

  private String row(ZooModel model, Trial trial) {
    List<TrialResult> mine = of(TrialResult.CORTADO, model, trial);
    List<TrialResult> twins = of(TrialResult.PYTORCH, model, trial);
    String title = "[%s](%s.md)".formatted(trial.title(), model.card());
    if (mine.isEmpty()) {
      return "| %s | %s | not yet run | | | %s | | %s | | %s |%n"
          .formatted(title, trial.figure(), trial.goal(), mean(twins, trial), trial.reference());
    }
    DoubleSummaryStatistics s = statistics(mine, trial);
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.4f | %.4f-%.4f | %s | %s | %s | %s | %s%s | %s |%n",
        title,
        trial.figure(),
        s.getAverage(),
        s.getMin(),
        s.getMax(),
        seeds(mine.size(), trial),
        trial.goal(),
        reached(mine.size(), s.getAverage(), trial),
        besides(mine, twins, trial),
        seconds(mine),
        twins.isEmpty() ? "" : ", " + seconds(twins),
        trial.reference());
  }

  private static String seeds(int run, Trial trial) {
    return run < trial.seeds() ? "%d of %d".formatted(run, trial.seeds()) : "" + run;
  }

  /** A mean of fewer seeds than the trial asks for settles nothing. */
  private static String reached(int run, double mean, Trial trial) {
    boolean good = trial.goal().reached(mean);
    if (run < trial.seeds()) {
      return good ? "so far" : "not so far";
    }
    return good ? "yes" : "**no**";
  }

  /** Returns the twin's mean over the seeds that both have, and beside it ours, if that differs. */
  private static String besides(List<TrialResult> mine, List<TrialResult> twins, Trial trial) {
    List<TrialResult> theirs = sharing(twins, mine);
    List<TrialResult> ours = sharing(mine, twins);
    if (twins.isEmpty() || ours.size() == mine.size()) {
      return mean(theirs, trial);
    }
    return ours.isEmpty()
        ? mean(twins, trial) + " with other seeds"
        : "%s with %s; Cortado's with %s: %s"
            .formatted(
                mean(theirs, trial),
                ours.size() == 1 ? "1 seed" : ours.size() + " seeds",
                ours.size() == 1 ? "it" : "them",
                mean(ours, trial));
  }

  private static List<TrialResult> sharing(List<TrialResult> some, List<TrialResult> others) {
    return some.stream().filter(r -> others.stream().anyMatch(o -> o.seed() == r.seed())).toList();
  }

  private static DoubleSummaryStatistics statistics(List<TrialResult> results, Trial trial) {
    return results.stream()
        .mapToDouble(r -> r.figures().getOrDefault(trial.figure(), Double.NaN))
        .summaryStatistics();
  }

  private static String mean(List<TrialResult> results, Trial trial) {
    return results.isEmpty()
        ? "not yet run"
        : String.format(Locale.ROOT, "%.4f", statistics(results, trial).getAverage());
  }

  private static String seconds(List<TrialResult> results) {
    return String.format(
        Locale.ROOT,
        "%.0f",
        results.stream().mapToDouble(TrialResult::seconds).average().orElse(0));
  }
}
