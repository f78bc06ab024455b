package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.models.InputException;
import io.cortado.models.IoWords;
import io.cortado.models.Suggestions;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
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

  /** A number as people write it. Java's own reader takes {@code 1D} and {@code 0x1p3} as well. */
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(?:(?:\\d++(?:\\.\\d*+)?|\\.\\d++)(?:[eE][+-]?\\d++)?|NaN|Infinity)");

  /** A difference below this part of a column's deviation is none that a model could learn from. */
  private static final double NO_DIFFERENCE = 1e-4;

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
   * Reads a file that may have no header.
   *
   * @param columns what its first columns are called if no line says so: if there is a number in
   *     the first; none if that is a header whatever is in it
   * @throws DataException if it cannot be read or is no table
   */
  static CsvTable read(Path file, char separator, List<String> columns) {
    try (InputStream in = Utf8.open(file)) {
      return read(file.toString(), Utf8.reader(in), separator, columns);
    } catch (CharacterCodingException e) {
      throw Utf8.refusal(file, e);
    } catch (IOException e) {
      throw new DataException(IoWords.unreadable(file, e), e);
    }
  }

  /** Reads a packed table with a header. */
  static CsvTable unpack(String source, InputStream in) throws IOException {
    return read(source, Utf8.reader(new GZIPInputStream(in)), ',', List.of());
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
    CsvTable table = null;
    try (CSVParser parser = format.parse(Utf8.withoutMark(in))) {
      for (CSVRecord record : parser) {
        boolean named = table == null && (columns.isEmpty() || isHeader(record));
        if (table == null) {
          List<String> names = columns.subList(0, Math.min(columns.size(), record.size()));
          table = new CsvTable(source, named ? header(source, record) : names);
        }
        if (!named) {
          table.add(record, parser.getCurrentLineNumber());
        }
      }
    } catch (UncheckedIOException e) {
      throw unreadable(source, Objects.requireNonNull(e.getCause()));
    }
    if (table == null || table.rows.isEmpty()) {
      throw new DataException(
          source
              + (table == null ? " is empty" : " has no line after its header")
              + "; it needs a line of column names and a line for each sample");
    }
    return table;
  }

  private static DataException unreadable(String source, IOException why)
      throws CharacterCodingException {
    if (why instanceof CharacterCodingException wrong) {
      throw wrong; // who knows the file can say where
    }
    return new DataException(source + " is no CSV file: " + IoWords.why(why), why);
  }

  /** Says whether a line names columns: names are no numbers, and a row has one or more. */
  private static boolean isHeader(CSVRecord record) {
    return record.stream().noneMatch(text -> NUMBER.matcher(text).matches());
  }

  /** Returns a name of several lines, as spreadsheets show them, as one. */
  static String oneLine(String name) {
    return name.replaceAll("\\s*\\R\\s*", " ");
  }

  private static List<String> header(String source, CSVRecord record) {
    List<String> names = record.stream().map(CsvTable::oneLine).toList();
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
          "%s, line %d: %s for %s; %s"
              .formatted(
                  source,
                  line,
                  Counted.of(record.size(), "value"),
                  Counted.of(columns.size(), "column"),
                  isOtherwiseSeparated() ? otherwise() : "each line needs one for each"));
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
      if (isOtherwiseSeparated()) {
        throw new InputException(source + " has one column; " + otherwise());
      }
      throw Suggestions.unknown("column of " + source, name, columns);
    }
    return c;
  }

  private boolean isOtherwiseSeparated() {
    return columns.size() == 1 && columns.getFirst().matches("(?s).*[;\t].*");
  }

  private String otherwise() {
    return "its header is '%s', and columns are separated by commas, or by tabs in a .tsv, numbers written with a point: convert it"
        .formatted(columns.getFirst().replace("\t", "\\t"));
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
      if (!NUMBER.matcher(text).matches()) {
        throw bad(r, c, "'" + text + "' is no number");
      }
      numbers[r] = Float.parseFloat(text);
      if (!Float.isFinite(numbers[r])) {
        throw bad(r, c, "'" + text + "' is no finite number");
      }
    }
    return numbers;
  }

  /**
   * Returns a column's numbers for a model to learn from.
   *
   * @throws DataException as {@link #numbers} does, and if numbers that differ become one: those of
   *     a clock in seconds do, since a float holds seven digits
   */
  public float[] distinctNumbers(String name) {
    float[] numbers = numbers(name);
    int c = column(name);
    double[] exact = rows.stream().mapToDouble(row -> Double.parseDouble(row[c])).toArray();
    double least = NO_DIFFERENCE * deviation(exact);
    double lost = 0;
    for (int r = 0; r < exact.length; r++) {
      lost = Math.max(lost, Math.abs(exact[r] - numbers[r]));
    }
    if (2 * lost > least) {
      checkDistinct(c, numbers, exact, least);
    }
    return numbers;
  }

  private void checkDistinct(int column, float[] numbers, double[] exact, double least) {
    Map<Float, Integer> rowsOf = new HashMap<>();
    for (int r = 0; r < exact.length; r++) {
      Integer other = rowsOf.putIfAbsent(numbers[r], r);
      if (other != null && Math.abs(exact[r] - exact[other]) > least) {
        throw bad(
            r,
            column,
            "%s cannot be told from line %d's %s by the seven digits that are learnt from; subtract a constant from the column, or leave it out of the file"
                .formatted(rows.get(r)[column], lines.get(other), rows.get(other)[column]));
      }
    }
  }

  private static double deviation(double[] values) {
    double mean = Arrays.stream(values).average().orElse(0);
    return Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElse(0));
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
