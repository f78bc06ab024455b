package io.cortado.models.data;

import io.cortado.data.DataException;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of numbers, and what is to be told from each.
 *
 * @param name what it is called
 * @param inputs the names of the numbers
 * @param rows a row for each sample, a number for each input
 * @param target what is to be told
 */
public record Table(String name, List<String> inputs, List<float[]> rows, Target target) {

  /** Copies the names. */
  public Table {
    inputs = List.copyOf(inputs);
    rows = List.copyOf(rows);
    if (rows.size() != target.size()) {
      throw new IllegalArgumentException(
          name + ": " + rows.size() + " rows and " + target.size() + " targets");
    }
  }

  /** What is to be told of each row. */
  public sealed interface Target {
    /** Returns a name for each class, label or number. */
    List<String> names();

    /** Returns for how many rows. */
    int size();
  }

  /**
   * One class of several.
   *
   * @param labels a class for each row
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Classes(List<String> names, int[] labels) implements Target {
    @Override
    public int size() {
      return labels.length;
    }
  }

  /**
   * Numbers.
   *
   * @param values a number for each name, row after row
   */
  public record Numbers(List<String> names, List<float[]> values) implements Target {
    @Override
    public int size() {
      return values.size();
    }
  }

  /**
   * Any of several labels.
   *
   * @param values 1 for each label that a row has, 0 for each other
   */
  public record Labels(List<String> names, List<float[]> values) implements Target {
    @Override
    public int size() {
      return values.size();
    }
  }

  /** Returns how many rows there are. */
  public int size() {
    return rows.size();
  }

  /**
   * Takes one column as the class and all others as inputs.
   *
   * @throws DataException if a value is missing or no number, or there is one class only
   */
  public static Table ofClasses(String name, CsvTable csv, String column) {
    Classes classes = csv.classes(column);
    List<String> inputs = others(csv, List.of(column));
    return new Table(name, inputs, columns(csv, inputs), classes);
  }

  /**
   * Takes columns as the numbers to be told and all others as inputs.
   *
   * @throws DataException if a value is missing or no number, or no column is left as an input
   */
  public static Table ofNumbers(String name, CsvTable csv, List<String> wanted) {
    Numbers numbers = new Numbers(List.copyOf(wanted), columns(csv, wanted));
    List<String> inputs = others(csv, wanted);
    return new Table(name, inputs, columns(csv, inputs), numbers);
  }

  /**
   * Takes columns of 0 and 1 as labels and all others as inputs.
   *
   * @throws DataException if a value is missing or no number, or a label is neither 0 nor 1, or the
   *     same in all rows
   */
  public static Table ofLabels(String name, CsvTable csv, List<String> wanted) {
    List<float[]> values = columns(csv, wanted);
    for (int c = 0; c < wanted.size(); c++) {
      int ones = 0;
      for (int r = 0; r < values.size(); r++) {
        float v = values.get(r)[c];
        if (v != 0 && v != 1) {
          throw csv.bad(r, csv.column(wanted.get(c)), "a label is 0 or 1, not " + v);
        }
        ones += (int) v;
      }
      if (ones == 0 || ones == values.size()) {
        throw new DataException(
            "%s, column '%s': the label is the same in all rows"
                .formatted(csv.source(), wanted.get(c)));
      }
    }
    List<String> inputs = others(csv, wanted);
    return new Table(name, inputs, columns(csv, inputs), new Labels(List.copyOf(wanted), values));
  }

  private static List<String> others(CsvTable csv, List<String> but) {
    List<String> inputs = new ArrayList<>(csv.columns());
    inputs.removeAll(but);
    if (inputs.isEmpty()) {
      throw new DataException(csv.source() + " has no column besides " + but + " to tell it from");
    }
    return inputs;
  }

  private static List<float[]> columns(CsvTable csv, List<String> names) {
    List<float[]> rows = new ArrayList<>();
    for (int r = 0; r < csv.size(); r++) {
      rows.add(new float[names.size()]);
    }
    for (int c = 0; c < names.size(); c++) {
      float[] column = csv.distinctNumbers(names.get(c));
      for (int r = 0; r < column.length; r++) {
        rows.get(r)[c] = column[r];
      }
    }
    return rows;
  }
}
