package io.cortado.models.data;

import io.cortado.data.ArrayDataset;
import io.cortado.data.DataException;
import io.cortado.data.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Who gave what which rating.
 *
 * @param source where they are from
 * @param userNames a name for each user
 * @param itemNames a name for each item
 * @param users the user of each rating, by number
 * @param items the item of each rating, by number
 * @param values the ratings
 * @param context what else is known of each rating
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Ratings(
    String source,
    List<String> userNames,
    List<String> itemNames,
    int[] users,
    int[] items,
    float[] values,
    Context context) {

  /** The field of a data set that holds the users. */
  public static final String USER = "user";

  /** The field of a data set that holds the items. */
  public static final String ITEM = "item";

  /** The field of a data set that holds what else is known; only where something is. */
  public static final String CONTEXT = "context";

  /**
   * What else is known of each rating: one value of each of some attributes.
   *
   * @param attributes how many there are; 0 for nothing
   * @param count how many values all of them have together
   * @param codes a value of each attribute for each rating, each attribute's numbered after the
   *     last one's
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Context(int attributes, int count, int[] codes) {
    /** Nothing else is known. */
    public static final Context NONE = new Context(0, 0, new int[0]);
  }

  /** Fewer leave nothing to compare on. */
  private static final int LEAST = 100;

  /**
   * Checks that a model can learn from them.
   *
   * @throws DataException if they are few, or of one user, one item or one value
   */
  public Ratings {
    userNames = List.copyOf(userNames);
    itemNames = List.copyOf(itemNames);
    if (values.length < LEAST) {
      throw new DataException(
          source + " has " + values.length + " ratings; a model needs " + LEAST + " or more");
    }
    float first = values[0];
    boolean same = true;
    for (float v : values) {
      same &= v == first;
    }
    if (same || userNames.size() < 2 || itemNames.size() < 2) {
      throw new DataException(
          source
              + " has ratings of one "
              + (same ? "value" : userNames.size() < 2 ? "user" : "item")
              + " only; there is nothing to learn");
    }
  }

  /**
   * Reads ratings in one of MovieLens's forms: {@code ratings.csv} with the columns {@code userId},
   * {@code movieId}, {@code rating} (others are not needed), or {@code u.data}: user, item, rating
   * and time, separated by tabs, with those columns' names above or without. Packed by gzip if the
   * name ends in {@code .gz}.
   *
   * @throws DataException if a line is not so; the message names line and column
   */
  public static Ratings read(Path file) {
    CsvTable csv =
        file.toString().matches("(?is).*\\.(data|tsv)(\\.gz)?")
            ? CsvTable.read(file, '\t', List.of("userId", "movieId", "rating", "timestamp"))
            : CsvTable.read(file);
    float[] values = csv.numbers("rating");
    List<String> userNames = new ArrayList<>();
    List<String> itemNames = new ArrayList<>();
    int[] users = numbered(csv.texts("userId"), userNames);
    int[] items = numbered(csv.texts("movieId"), itemNames);
    return new Ratings(file.toString(), userNames, itemNames, users, items, values, Context.NONE);
  }

  private static int[] numbered(List<String> texts, List<String> names) {
    Map<String, Integer> numbers = new HashMap<>();
    int[] of = new int[texts.size()];
    for (int i = 0; i < of.length; i++) {
      String text = CsvTable.oneLine(texts.get(i));
      of[i] =
          numbers.computeIfAbsent(
              text,
              t -> {
                names.add(t);
                return names.size() - 1;
              });
    }
    return of;
  }

  /** Returns how many there are. */
  public int size() {
    return values.length;
  }

  /** Returns the lowest rating. */
  public float lowest() {
    return (float) IntStream.range(0, size()).mapToDouble(i -> values[i]).min().orElseThrow();
  }

  /** Returns the highest rating. */
  public float highest() {
    return (float) IntStream.range(0, size()).mapToDouble(i -> values[i]).max().orElseThrow();
  }

  /** Returns the mean of some ratings. */
  public double mean(int[] rows) {
    return IntStream.of(rows).mapToDouble(r -> values[r]).average().orElseThrow();
  }

  /** Returns some ratings as a set of fields {@link #USER}, {@link #ITEM} and labels. */
  public ArrayDataset dataset(int[] rows) {
    float[] labels = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      labels[i] = values[rows[i]];
    }
    return with(
            ArrayDataset.builder()
                .classes(USER, IntStream.of(rows).map(r -> users[r]).toArray(), userNames.size())
                .classes(ITEM, IntStream.of(rows).map(r -> items[r]).toArray(), itemNames.size()),
            context,
            rows)
        .floats(Field.LABELS, labels)
        .build();
  }

  /** Adds what else is known of some ratings to a data set. */
  public static ArrayDataset.Builder with(ArrayDataset.Builder to, Context context, int[] rows) {
    int n = context.attributes;
    if (n == 0) {
      return to;
    }
    int[] codes = new int[rows.length * n];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(context.codes, rows[i] * n, codes, i * n, n);
    }
    return to.classes(CONTEXT, codes, context.count, n);
  }

  /** Returns the most frequent value of each attribute among some ratings of each item. */
  public Context usual(int[] rows) {
    int n = context.attributes;
    int[][] counts = new int[itemNames.size()][context.count];
    for (int row : rows) {
      for (int a = 0; a < n; a++) {
        counts[items[row]][context.codes[row * n + a]]++;
      }
    }
    int[] usual = new int[itemNames.size() * n];
    int[] first = new int[n]; // stands for items that no row rates
    for (int a = 0; a < n; a++) {
      first[a] = context.codes[rows[0] * n + a];
    }
    for (int i = 0; i < itemNames.size(); i++) {
      System.arraycopy(first, 0, usual, i * n, n);
    }
    for (int row : rows) {
      for (int a = 0; a < n; a++) {
        int code = context.codes[row * n + a];
        int at = items[row] * n + a;
        if (counts[items[row]][code] > counts[items[row]][usual[at]]) {
          usual[at] = code;
        }
      }
    }
    return new Context(n, context.count, usual);
  }
}
