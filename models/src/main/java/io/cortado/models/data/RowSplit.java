package io.cortado.models.data;

import io.cortado.data.DataException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows for training, validation and the test, split by a seed in a way that any language repeats.
 *
 * <p>Row {@code i} has the key {@code mix(mix(seed) ^ i)}, {@code mix} being a step of SplitMix64
 * (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA
 * 2014); rows are put in the order of their keys, which count as unsigned. Of each group the first
 * part tests, the next validates, the rest trains.
 *
 * @param train the rows to train on
 * @param validation those that choose an epoch or a setting
 * @param test those that are looked at once, at the end
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RowSplit(int[] train, int[] validation, int[] test) {

  /**
   * Splits rows.
   *
   * @param test the share of the test rows, rounded down to whole rows
   * @param validation the share of the validation rows of all rows, rounded down
   */
  public static RowSplit of(int rows, long seed, double test, double validation) {
    return of(new int[rows], 1, seed, test, validation);
  }

  /**
   * Splits a table: a fifth tests, a fifth validates; each class by itself where there are classes.
   *
   * @throws DataException if there are too few rows
   */
  public static RowSplit of(Table table, long seed) {
    RowSplit split =
        table.target() instanceof Table.Classes c
            ? of(c.labels(), c.names().size(), seed, 0.2, 0.2)
            : of(table.size(), seed, 0.2, 0.2);
    if (split.test.length == 0 || split.validation.length == 0) {
      throw new DataException(
          table.name()
              + " has only "
              + table.size()
              + " rows; a fifth has to be left for the test and another for validation");
    }
    return split;
  }

  /** Splits each group of rows by itself. */
  static RowSplit of(int[] groups, int count, long seed, double test, double validation) {
    int[] sizes = ClassSizes.of(groups, count);
    int[] at = new int[count];
    IntStream.Builder[] parts = {IntStream.builder(), IntStream.builder(), IntStream.builder()};
    for (int i : ordered(IntStream.range(0, groups.length).toArray(), seed)) {
      int g = groups[i];
      int forTest = (int) (test * sizes[g]);
      int forBoth = forTest + (int) (validation * sizes[g]);
      int n = at[g]++;
      parts[n < forTest ? 2 : n < forBoth ? 1 : 0].add(i);
    }
    return new RowSplit(
        parts[0].build().toArray(), parts[1].build().toArray(), parts[2].build().toArray());
  }

  /** Returns rows in the order of their keys. */
  static List<Integer> ordered(int[] rows, long seed) {
    return Arrays.stream(rows)
        .boxed()
        .sorted(Comparator.comparing(i -> mix(mix(seed) ^ i), Long::compareUnsigned))
        .toList();
  }

  /** Returns all rows that do not test: those that validate, then those that train. */
  public int[] learnt() {
    return IntStream.concat(Arrays.stream(validation), Arrays.stream(train)).toArray();
  }

  static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
