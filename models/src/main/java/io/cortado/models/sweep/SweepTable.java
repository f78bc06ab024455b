package io.cortado.models.sweep;

import io.cortado.models.zoo.TrialResult;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What settings came to, the best first: by the mean over the seeds of what validation says, never
 * by test data.
 *
 * @param figure what is compared
 * @param higherIsBetter whether larger values are
 */
public record SweepTable(String figure, boolean higherIsBetter, List<Row> rows) {

  /** A setting and its runs. */
  public record Row(Map<String, String> setting, List<TrialResult> runs) {

    /** Returns what the runs came to; one that broke down counts as no number. */
    public DoubleSummaryStatistics of(String figure) {
      return runs.stream()
          .mapToDouble(r -> r.figures().getOrDefault(figure, Double.NaN))
          .summaryStatistics();
    }
  }

  /** Sorts the rows. */
  public SweepTable {
    // What is no number comes last, as doubles are compared.
    double sign = higherIsBetter ? -1 : 1;
    rows =
        rows.stream()
            .sorted(Comparator.comparingDouble(r -> sign * r.of(figure).getAverage()))
            .toList();
  }

  /** Returns the table in Markdown. */
  public String text() {
    List<String> options = List.copyOf(rows.getFirst().setting.keySet());
    StringBuilder text = new StringBuilder("|");
    options.forEach(o -> text.append(' ').append(o).append(" |"));
    text.append(' ').append(figure).append(", mean | spread | seeds | seconds a run |\n|");
    text.append(" --- |".repeat(options.size())).append(" ---: | ---: | ---: | ---: |\n");
    for (Row row : rows) {
      DoubleSummaryStatistics s = row.of(figure);
      text.append('|');
      options.forEach(o -> text.append(' ').append(row.setting.get(o)).append(" |"));
      text.append(
          String.format(
              Locale.ROOT,
              " %.4f | %.4f-%.4f | %d | %.1f |%n",
              s.getAverage(),
              s.getMin(),
              s.getMax(),
              s.getCount(),
              row.runs.stream().mapToDouble(TrialResult::seconds).average().orElse(0)));
    }
    return text.toString();
  }
}
