package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.models.Suggestions;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * A quantity that was measured again and again. Two come with this module.
 *
 * @param name what the command line calls it
 * @param what was measured
 * @param times when, in years: 1958.24 is a day in March 1958
 * @param values in their order; weeks without one have what lies between their neighbours
 * @param filled how many values were missing
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Series(String name, String what, double[] times, double[] values, int filled) {

  private static final List<String> NAMES = List.of("sunspots", "co2");

  /**
   * Returns a series by its name: sunspots or co2.
   *
   * @throws io.cortado.models.InputException if there is none
   */
  public static Series get(String name, DataHome home) {
    return switch (name) {
      case "sunspots" -> read(name, "sunspots, the year's mean number", home);
      case "co2" -> read(name, "CO2 above Mauna Loa, parts per million", home);
      default -> throw Suggestions.unknown("series", name, NAMES);
    };
  }

  private static Series read(String name, String what, DataHome home) {
    String file = home.readsResource("series/" + name + ".csv");
    return parse(file, Resources.text(file), name, what);
  }

  /** Reads lines of a year or a date, such as 19580329, and a value below a line of names. */
  static Series parse(String file, String text, String name, String what) {
    List<Double> times = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    List<String> lines = text.lines().toList();
    for (int i = 1; i < lines.size(); i++) {
      String[] fields = lines.get(i).split(",", -1);
      try {
        times.add(time(fields[0]));
        values.add(fields[1].isBlank() ? Double.NaN : Double.parseDouble(fields[1]));
      } catch (NumberFormatException | DateTimeException | ArrayIndexOutOfBoundsException e) {
        throw new DataException(
            "%s, line %d: there is no time and number: %s".formatted(file, i + 1, lines.get(i)), e);
      }
    }
    double[] all = values.stream().mapToDouble(v -> v).toArray();
    double[] when = times.stream().mapToDouble(t -> t).toArray();
    return new Series(name, what, when, all, fill(file, all));
  }

  private static double time(String text) {
    if (text.length() != 8) {
      return Double.parseDouble(text);
    }
    LocalDate day = LocalDate.parse(text, DateTimeFormatter.BASIC_ISO_DATE);
    return day.getYear() + (day.getDayOfYear() - 1.0) / day.lengthOfYear();
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
