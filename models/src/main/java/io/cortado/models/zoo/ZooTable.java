package io.cortado.models.zoo;

import io.cortado.models.Trial;
import io.cortado.models.ZooModel;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;

/**
 * The table of all trainings in Markdown: what each came to, what it should, and what others say.
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
        "| %s | %s | %.4f | %.4f-%.4f | %d | %s | %s | %s | %s%s | %s |%n",
        title,
        trial.figure(),
        s.getAverage(),
        s.getMin(),
        s.getMax(),
        mine.size(),
        trial.goal(),
        trial.goal().reached(s.getAverage()) ? "yes" : "**no**",
        mean(twins, trial),
        seconds(mine),
        twins.isEmpty() ? "" : ", " + seconds(twins),
        trial.reference());
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
