package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.models.InputException;
import io.cortado.models.IoWords;
import io.cortado.models.Suggestions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A CSV file (RFC 4180) whose first line names its columns, as text with the lines it came from.
 *
 * <p>Every message names the file, the line and the column. Nothing is skipped or filled in: a
 * missing value is an error.
 */
public final class CsvTable {

  /** What stands where there is no value, in files of this world. */
  private static final Set<String> MISSING = Set.of("", "?", "NA", "N/A", "NaN", "nan", "null");

  private final String source;
  private final List<String> columns;
  private final List<String[]> rows = new ArrayList<>();
  private final List<Long> lines = new ArrayList<>();

  private CsvTable(String source, List<String> columns) {
    this.source = source;
    this.columns = List.copyOf(columns);
  }

  /**
   * Reads a file: separated by tabs if its name ends in {@code .tsv}, else by commas; packed by
   * gzip if {@code .gz} follows.
   *
   * @throws DataException if it cannot be read or is no table
   */
  public static CsvTable read(Path file) {
    boolean tabs = file.toString().matches("(?i).*\\.tsv(\\.gz)?");
    return read(file, tabs ? '\t' : ',', List.of());
  }

  /**
   * Reads a file that has no header.
   *
   * @param columns what its columns are called; none if the first line says so after all
   * @throws DataException if it cannot be read or is no table
   */
  static CsvTable read(Path file, char separator, List<String> columns) {
    boolean packed = file.toString().endsWith(".gz");
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), text(packed, in), separator, columns);
    } catch (IOException e) {
      throw new DataException(IoWords.unreadable(file, e), e);
    }
  }

  /** Reads a packed table with a header. */
  static CsvTable unpack(String source, InputStream in) throws IOException {
    return read(source, text(true, in), ',', List.of());
  }

  private static Reader text(boolean packed, InputStream in) throws IOException {
    InputStream plain = packed ? new GZIPInputStream(in) : in;
    return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
  }

  /**
   * Reads a table.
   *
   * @param source what messages call it
   * @throws DataException if there are no rows, two columns of one name, or lines of other lengths
   */
  static CsvTable read(String source, Reader in, char separator, List<String> columns)
      throws IOException {
    CSVFormat format = CSVFormat.DEFAULT.builder().setDelimiter(separator).setTrim(true).get();
    CsvTable table = columns.isEmpty() ? null : new CsvTable(source, columns);
    try (CSVParser parser = format.parse(in)) {
      for (CSVRecord record : parser) {
        if (table == null) {
          table = new CsvTable(source, header(source, record));
        } else {
          table.add(record, parser.getCurrentLineNumber());
        }
      }
    } catch (UncheckedIOException e) {
      IOException why = Objects.requireNonNull(e.getCause());
      throw new DataException(source + " is no CSV file: " + IoWords.why(why), e);
    }
    if (table == null || table.rows.isEmpty()) {
      throw new DataException(
          source
              + (table == null || !columns.isEmpty()
                  ? " is empty"
                  : " has no line after its header")
              + "; it needs a line of column names and a line for each sample");
    }
    return table;
  }

  private static List<String> header(String source, CSVRecord record) {
    List<String> names = new ArrayList<>(record.toList());
    names.set(0, names.getFirst().replace("\uFEFF", "")); // some programs mark UTF-8 so
    Set<String> seen = new HashSet<>();
    for (int c = 0; c < names.size(); c++) {
      if (names.get(c).isEmpty() || !seen.add(names.get(c))) {
        throw new DataException(
            "%s, line 1: column %d %s; each column needs a name of its own"
                .formatted(
                    source,
                    c + 1,
                    names.get(c).isEmpty() ? "has no name" : "is '" + names.get(c) + "' again"));
      }
    }
    return names;
  }

  private void add(CSVRecord record, long line) {
    if (record.size() != columns.size()) {
      throw new DataException(
          "%s, line %d: %d values, but the header names %d columns"
              .formatted(source, line, record.size(), columns.size()));
    }
    rows.add(record.values());
    lines.add(line);
  }

  /** Returns what messages call it. */
  public String source() {
    return source;
  }

  /** Returns the columns' names. */
  public List<String> columns() {
    return columns;
  }

  /** Returns this table without a column. */
  public CsvTable without(String name) {
    int c = column(name);
    List<String> names = new ArrayList<>(columns);
    names.remove(c);
    CsvTable rest = new CsvTable(source, names);
    for (String[] row : rows) {
      List<String> values = new ArrayList<>(List.of(row));
      values.remove(c);
      rest.rows.add(values.toArray(String[]::new));
    }
    rest.lines.addAll(lines);
    return rest;
  }

  /** Returns how many rows there are. */
  public int size() {
    return rows.size();
  }

  /**
   * Returns a column's number.
   *
   * @throws io.cortado.models.InputException if there is none of that name
   */
  public int column(String name) {
    int c = columns.indexOf(name);
    if (c < 0) {
      if (columns.size() == 1 && columns.getFirst().matches("(?s).*[;\t].*")) {
        throw new InputException(
            "%s has one column, '%s'; columns are separated by commas, or by tabs in a .tsv: convert it"
                .formatted(source, columns.getFirst().replace("\t", "\\t")));
      }
      throw Suggestions.unknown("column of " + source, name, columns);
    }
    return c;
  }

  /**
   * Returns a column's texts.
   *
   * @throws DataException if one is missing
   */
  public List<String> texts(String name) {
    int c = column(name);
    List<String> texts = new ArrayList<>(size());
    for (int r = 0; r < size(); r++) {
      texts.add(present(r, c));
    }
    return texts;
  }

  /**
   * Returns a column's numbers.
   *
   * @throws DataException if one is missing, or is no finite number
   */
  public float[] numbers(String name) {
    int c = column(name);
    float[] numbers = new float[size()];
    for (int r = 0; r < numbers.length; r++) {
      String text = present(r, c);
      try {
        numbers[r] = Float.parseFloat(text);
      } catch (NumberFormatException e) {
        throw bad(r, c, "'" + text + "' is no number");
      }
      if (!Float.isFinite(numbers[r])) {
        throw bad(r, c, "'" + text + "' is no finite number");
      }
    }
    return numbers;
  }

  /**
   * Returns a column's classes, numbered in the order of their names.
   *
   * @throws DataException if a value is missing, or all are the same
   */
  public Table.Classes classes(String name) {
    List<String> texts = texts(name);
    TreeMap<String, Integer> numbers = new TreeMap<>();
    texts.forEach(t -> numbers.put(t, 0));
    if (numbers.size() == 1) {
      throw new DataException(
          "%s, column '%s': every row is of the one class '%s'; there is nothing to tell apart"
              .formatted(source, name, numbers.firstKey()));
    }
    List<String> names = List.copyOf(numbers.keySet());
    for (int i = 0; i < names.size(); i++) {
      numbers.put(names.get(i), i);
    }
    return new Table.Classes(names, texts.stream().mapToInt(numbers::get).toArray());
  }

  private String present(int row, int column) {
    String text = rows.get(row)[column];
    if (MISSING.contains(text)) {
      throw bad(
          row,
          column,
          (text.isEmpty() ? "there is no value" : "'" + text + "' stands for a missing value")
              + "; fill it in, or leave the row out");
    }
    return text;
  }

  /** Makes a message that names the line and the column. */
  DataException bad(int row, int column, String what) {
    return new DataException(
        "%s, line %d, column '%s': %s"
            .formatted(source, lines.get(row), columns.get(column), what));
  }
}
