package io.cortado.models.data;

import io.cortado.data.DataException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The rows of a {@link RowSplit} that do not test, dealt out for k-fold cross-validation.
 *
 * <p>Rows are taken in the order of the split's keys. The n-th row of a group, counted from 0, goes
 * into fold {@code (s + n) mod k}, where {@code s} is how many rows the groups before it have: so
 * each fold has as many of each group as any other, give or take one, and as many rows.
 *
 * @param folds each fold's rows
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RowFolds(List<int[]> folds) {

  /** Copies the list. */
  public RowFolds {
    folds = List.copyOf(folds);
  }

  /**
   * Deals out a table's rows, each class by itself where there are classes.
   *
   * @throws DataException if there are more folds than rows, or than rows of a class
   */
  public static RowFolds of(Table table, RowSplit split, long seed, int k) {
    int[] rows = split.learnt();
    int[] groups = groups(table);
    int[] sizes = sizes(table, rows);
    for (int g = 0; g < sizes.length; g++) {
      if (sizes[g] < k) {
        throw new DataException(
            "%s has only %d rows%s besides those that test, too few for --folds %d; give --folds %s"
                .formatted(
                    table.name(),
                    sizes[g],
                    table.target() instanceof Table.Classes c
                        ? " of class '" + c.names().get(g) + "'"
                        : "",
                    k,
                    sizes[g] < 2 ? "1" : "1 to " + sizes[g]));
      }
    }
    return of(groups, sizes, rows, seed, k);
  }

  /** Returns into how many folds a table's rows can be dealt. */
  public static int most(Table table, RowSplit split) {
    return Arrays.stream(sizes(table, split.learnt())).min().orElse(0);
  }

  private static int[] groups(Table table) {
    return table.target() instanceof Table.Classes c ? c.labels() : new int[table.size()];
  }

  private static int[] sizes(Table table, int[] rows) {
    int[] groups = groups(table);
    int[] sizes = new int[table.target() instanceof Table.Classes c ? c.names().size() : 1];
    Arrays.stream(rows).forEach(r -> sizes[groups[r]]++);
    return sizes;
  }

  private static RowFolds of(int[] groups, int[] sizes, int[] rows, long seed, int k) {
    int[] next = new int[sizes.length];
    for (int g = 1; g < sizes.length; g++) {
      next[g] = next[g - 1] + sizes[g - 1];
    }
    List<IntStream.Builder> folds =
        IntStream.range(0, k).mapToObj(_ -> IntStream.builder()).toList();
    RowSplit.ordered(rows, seed).forEach(r -> folds.get(next[groups[r]]++ % k).add(r));
    return new RowFolds(folds.stream().map(f -> f.build().toArray()).toList());
  }

  /** Returns the rows of all folds but one. */
  public int[] without(int fold) {
    return IntStream.range(0, folds.size())
        .filter(f -> f != fold)
        .flatMap(f -> Arrays.stream(folds.get(f)))
        .toArray();
  }

  /** Returns the rows of all folds, fold by fold. */
  public int[] all() {
    return without(-1);
  }
}
