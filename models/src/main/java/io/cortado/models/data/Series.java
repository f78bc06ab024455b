package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.models.Suggestions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A quantity that was measured again and again. Two come with this module.
 *
 * @param name what the command line calls it
 * @param what was measured
 * @param every how often, {@code "year"} for example
 * @param values in their order; weeks without one have what lies between their neighbours
 * @param filled how many values were missing
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Series(String name, String what, String every, double[] values, int filled) {

  private static final List<String> NAMES = List.of("sunspots", "co2");

  /**
   * Returns a series by its name: sunspots or co2.
   *
   * @throws io.cortado.models.InputException if there is none
   */
  public static Series get(String name) {
    return switch (name) {
      case "sunspots" -> read(name, "sunspots, the year's mean number", "year");
      case "co2" -> read(name, "CO2 above Mauna Loa, parts per million", "week");
      default -> throw Suggestions.unknown("series", name, NAMES);
    };
  }

  private static Series read(String name, String what, String every) {
    String file = "series/" + name + ".csv";
    String text =
        Resources.read(file, (_, in) -> new String(in.readAllBytes(), StandardCharsets.UTF_8));
    return parse(file, text, name, what, every);
  }

  /** Reads lines of a time and a value below a line of names. */
  static Series parse(String file, String text, String name, String what, String every) {
    List<Double> values = new ArrayList<>();
    List<String> lines = text.lines().toList();
    for (int i = 1; i < lines.size(); i++) {
      String[] fields = lines.get(i).split(",", -1);
      try {
        values.add(fields[1].isBlank() ? Double.NaN : Double.parseDouble(fields[1]));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new DataException(
            "%s, line %d: there is no number in column 2: %s".formatted(file, i + 1, lines.get(i)),
            e);
      }
    }
    double[] all = values.stream().mapToDouble(v -> v).toArray();
    return new Series(name, what, every, all, fill(file, all));
  }

  /** Puts a straight line over each gap. */
  private static int fill(String file, double[] values) {
    int n = values.length;
    if (n == 0 || Double.isNaN(values[0]) || Double.isNaN(values[n - 1])) {
      throw new DataException(file + ": the first and the last line need a value each");
    }
    int filled = 0;
    int last = 0;
    for (int i = 1; i < n; i++) {
      if (Double.isNaN(values[i])) {
        filled++;
        continue;
      }
      for (int k = last + 1; k < i; k++) {
        values[k] = values[last] + (values[i] - values[last]) * (k - last) / (i - last);
      }
      last = i;
    }
    return filled;
  }
}
