package io.cortado.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.data.DataException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the rows that do not test are dealt out for cross-validation. */
final class RowFoldsTest {

  @TempDir Path dir;

  private Table table(String name) {
    return DataSets.get(TableDataSet.class, name).read(DataHome.of(dir).offline());
  }

  private static Table numbers(int rows) {
    return new Table(
        "numbers",
        List.of("x"),
        Collections.nCopies(rows, new float[1]),
        new Table.Numbers(List.of("y"), Collections.nCopies(rows, new float[1])));
  }

  private static int[] sorted(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).sorted().toArray();
  }

  @ParameterizedTest
  @CsvSource({"iris, 5", "breast-cancer, 5", "wine, 7", "diabetes, 3", "digit-pairs, 2"})
  void eachRowThatDoesNotTestIsInOneFold(String name, int k) {
    Table table = table(name);
    RowSplit split = RowSplit.of(table, 3);
    RowFolds folds = RowFolds.of(table, split, 3, k);
    assertThat(folds.folds()).hasSize(k);
    assertThat(sorted(folds.folds().toArray(int[][]::new))).isEqualTo(sorted(split.learnt()));
    assertThat(sorted(folds.all())).isEqualTo(sorted(split.learnt()));
    assertThat(sorted(split.learnt(), split.test()))
        .isEqualTo(IntStream.range(0, table.size()).toArray());
    for (int f = 0; f < k; f++) {
      assertThat(sorted(folds.without(f), folds.folds().get(f))).isEqualTo(sorted(split.learnt()));
      assertThat(folds.folds().get(f))
          .hasSizeBetween(folds.all().length / k, folds.all().length / k + 1);
    }
  }

  @ParameterizedTest
  @CsvSource({"iris, 5", "breast-cancer, 5", "wine, 7"})
  void eachFoldHasAsManyRowsOfAClassAsAnyOther(String name, int k) {
    Table table = table(name);
    RowFolds folds = RowFolds.of(table, RowSplit.of(table, 3), 3, k);
    Table.Classes classes = (Table.Classes) table.target();
    for (int c = 0; c < classes.names().size(); c++) {
      int wanted = c;
      int[] counts =
          folds.folds().stream()
              .mapToInt(
                  f -> (int) Arrays.stream(f).filter(r -> classes.labels()[r] == wanted).count())
              .sorted()
              .toArray();
      assertThat(counts[k - 1] - counts[0]).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void foldsDependOnTheSeedAlone() {
    Table table = table("wine");
    RowSplit split = RowSplit.of(table, 1);
    RowSplit other = new RowSplit(split.learnt(), new int[0], split.test());
    assertThat(RowFolds.of(table, other, 1, 5).folds())
        .usingRecursiveComparison()
        .isEqualTo(RowFolds.of(table, split, 1, 5).folds());
    assertThat(RowFolds.of(table, split, 2, 5).folds().getFirst())
        .isNotEqualTo(RowFolds.of(table, split, 1, 5).folds().getFirst());
  }

  /** What models/src/main/python/tables.py gives; a change would make published figures others. */
  @Test
  void foldsAreThoseOfPython() {
    Table iris = table("iris");
    RowFolds folds = RowFolds.of(iris, RowSplit.of(iris, 1), 1, 5);
    assertThat(folds.folds().get(0)).startsWith(149, 148, 34, 98, 139, 11).hasSize(24);
    assertThat(folds.folds().get(4)).startsWith(127, 26, 135, 62, 112, 91).hasSize(24);
    RowFolds plain = RowFolds.of(numbers(1000), RowSplit.of(1000, 7, 0.2, 0.1), 7, 7);
    assertThat(plain.folds().get(1)).startsWith(706, 958, 959).hasSize(115);
    assertThat(plain.folds().get(6)).startsWith(360, 204, 556).hasSize(114);
  }

  @Test
  void moreFoldsThanRowsAreRefused() {
    Table table = table("iris");
    RowSplit split = RowSplit.of(table, 1);
    assertThat(RowFolds.most(table, split)).isEqualTo(40);
    assertThat(RowFolds.of(table, split, 1, 40).folds()).hasSize(40);
    assertThatThrownBy(() -> RowFolds.of(table, split, 1, 41))
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll(
            "iris", "40 rows of class 'setosa'", "--folds 41", "give --folds 1 to 40");
    assertThatThrownBy(() -> RowFolds.of(numbers(10), RowSplit.of(10, 1, 0.2, 0.2), 1, 9))
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll("only 8 rows besides those that test", "--folds 9");
  }
}
