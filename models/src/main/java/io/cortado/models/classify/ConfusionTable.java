package io.cortado.models.classify;

import java.util.List;
import java.util.Locale;

/** Writes a confusion matrix as text: a row for each true class, with its recall. */
public final class ConfusionTable {

  private ConfusionTable() {}

  public static String of(long[][] counts, List<String> classes) {
    int names = Math.max(4, classes.stream().mapToInt(String::length).max().orElse(0));
    int cell = 2;
    for (long[] row : counts) {
      for (long c : row) {
        cell = Math.max(cell, Long.toString(c).length());
      }
    }
    cell = Math.max(cell, classes.stream().mapToInt(ConfusionTable::shortLength).max().orElse(0));
    StringBuilder s = new StringBuilder();
    s.append(String.format(Locale.ROOT, "%" + names + "s", "true")).append(" \\ predicted\n");
    s.append(" ".repeat(names));
    for (String c : classes) {
      s.append(String.format(Locale.ROOT, "  %" + cell + "s", shortName(c)));
    }
    s.append("    right\n");
    for (int t = 0; t < counts.length; t++) {
      long total = 0;
      s.append(String.format(Locale.ROOT, "%" + names + "s", classes.get(t)));
      for (long c : counts[t]) {
        total += c;
        s.append(String.format(Locale.ROOT, "  %" + cell + "s", c == 0 ? "." : Long.toString(c)));
      }
      s.append(
          total == 0
              ? "        -\n"
              : String.format(Locale.ROOT, "  %6.2f %%\n", 100.0 * counts[t][t] / total));
    }
    return s.toString();
  }

  private static int shortLength(String name) {
    return shortName(name).length();
  }

  /** Column heads of long names are cut, so that ten classes fit a line. */
  private static String shortName(String name) {
    return name.length() <= 6 ? name : name.substring(0, 6);
  }
}
