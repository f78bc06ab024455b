package io.cortado.models.mlp;

import io.cortado.data.ArrayDataset;
import io.cortado.data.DataException;
import io.cortado.data.Dataset;
import io.cortado.data.Field;
import io.cortado.data.Row;
import io.cortado.models.InputException;
import io.cortado.models.data.ClassSizes;
import io.cortado.models.data.CsvTable;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.DataSets;
import io.cortado.models.data.FolderDataSet;
import io.cortado.models.data.ImageDataSet;
import io.cortado.models.data.RowSplit;
import io.cortado.models.data.Standardizer;
import io.cortado.models.data.Table;
import io.cortado.models.data.TableDataSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A table in its three parts, and what its numbers are scaled by.
 *
 * @param task what is told of a row
 * @param table the rows
 * @param split a fifth tests and a fifth validates; pictures keep their published test part
 * @param scaling of the inputs, by the training rows alone
 * @param scaled whether the inputs are scaled already, as pictures are: the scaling changes nothing
 */
record TaskData(Task task, Table table, RowSplit split, Standardizer scaling, boolean scaled) {

  private static final int MANY_ROWS = 10_000;

  /**
   * Reads what the user wants.
   *
   * @param data a set's name, or a CSV file
   * @param targets the columns of a file that are to be told
   * @param thin of the positive class only each {@code thin}-th row is kept
   * @throws InputException if the options do not go together
   * @throws DataException if the data cannot be used; the message names line and column
   */
  static TaskData read(
      Task task, String data, List<String> targets, int thin, DataHome home, long seed) {
    boolean file = isFile(data);
    if (file == targets.isEmpty()) {
      throw new InputException(
          file
              ? "say by --target which column of " + data + " is to be told from the others"
              : "--target is for a file of yours; what " + data + " tells is fixed");
    }
    if (file) {
      CsvTable csv = CsvTable.read(Path.of(data));
      return split(task, thinned(task.check(table(task, csv, targets)), task, thin), seed);
    }
    Optional<ImageDataSet> images = DataSets.find(ImageDataSet.class, data);
    if (images.isPresent()) {
      return pictures(task, images.get(), home, seed);
    }
    Table table = task.check(DataSets.get(TableDataSet.class, data).read(home));
    return split(task, thinned(table, task, thin), seed);
  }

  /** Says whether there is a table of a name, or it is a file's. */
  static boolean isTable(String data) {
    return isFile(data) || DataSets.find(TableDataSet.class, data).isPresent();
  }

  private static boolean isFile(String data) {
    return data.matches("(?i).*(\\.(csv|tsv|txt)(\\.gz)?|[/\\\\].*)")
        && !FolderDataSet.isFolder(data);
  }

  private static Table table(Task task, CsvTable csv, List<String> targets) {
    if ((task == Task.BINARY || task == Task.MULTICLASS) && targets.size() > 1) {
      throw new InputException(
          "--task %s tells one column, and --target names %s; --task multilabel tells several of 0 and 1"
              .formatted(task.label(), targets));
    }
    return switch (task) {
      case REGRESSION -> Table.ofNumbers(csv.source(), csv, targets);
      case MULTILABEL -> Table.ofLabels(csv.source(), csv, targets);
      default -> Table.ofClasses(csv.source(), csv, targets.getFirst());
    };
  }

  private static Table thinned(Table table, Task task, int thin) {
    if (thin == 1) {
      return table;
    }
    if (task != Task.BINARY || !(table.target() instanceof Table.Classes c)) {
      throw new InputException("--thin is for --task binary: it makes the positive class rare");
    }
    int[] seen = {0};
    int[] kept =
        IntStream.range(0, table.size())
            .filter(r -> c.labels()[r] == 0 || seen[0]++ % thin == 0)
            .toArray();
    return new Table(
        table.name() + " (1 in " + thin + " of '" + c.names().get(1) + "')",
        table.inputs(),
        Arrays.stream(kept).mapToObj(table.rows()::get).toList(),
        new Table.Classes(c.names(), Arrays.stream(kept).map(r -> c.labels()[r]).toArray()));
  }

  private static TaskData split(Task task, Table table, long seed) {
    if (table.target() instanceof Table.Classes c) {
      ClassSizes.check(
          table.name(),
          c.names(),
          c.labels(),
          "rows",
          "if they are numbers, give --task regression");
    }
    RowSplit split = RowSplit.of(table, seed);
    if (table.target() instanceof Table.Numbers n) {
      for (int c = 0; c < n.names().size(); c++) {
        int column = c;
        float first = n.values().get(split.test()[0])[c];
        if (Arrays.stream(split.test()).allMatch(r -> n.values().get(r)[column] == first)) {
          throw new DataException(
              "%s, column '%s': %s in all %d test rows; there is nothing to tell"
                  .formatted(table.name(), n.names().get(c), first, split.test().length));
        }
      }
    }
    return new TaskData(task, table, split, Standardizer.of(table.rows(), split.train()), false);
  }

  /** Takes pictures as rows of pixels. */
  private static TaskData pictures(Task task, ImageDataSet set, DataHome home, long seed) {
    Dataset train = set.train(home);
    Dataset all = train.concat(set.test(home));
    Row row = Row.of(all);
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      all.read(i, row.at(0, 0, i));
      rows.add(row.floats(0).clone());
    }
    int pixels = rows.getFirst().length;
    List<String> names = IntStream.range(0, pixels).mapToObj(i -> "pixel " + i).toList();
    Table.Classes classes = new Table.Classes(set.info().classNames(), all.labels());
    Table table = task.check(new Table(set.about().name(), names, rows, classes));
    RowSplit parts = RowSplit.of(train.size(), seed, 0, 0.2);
    float[] ones = new float[pixels];
    Arrays.fill(ones, 1);
    return new TaskData(
        task,
        table,
        new RowSplit(
            parts.train(), parts.validation(), IntStream.range(train.size(), all.size()).toArray()),
        new Standardizer(new float[pixels], ones),
        true);
  }

  /** Says whether it is too small for a fifth of the rows to say much. */
  boolean isSmall() {
    return split.train().length < MANY_ROWS;
  }

  /** Returns the same rows with others to train on and to validate by, and scaled by the former. */
  TaskData on(int[] train, int[] validation) {
    return new TaskData(
        task,
        table,
        new RowSplit(train, validation, split.test()),
        scaled ? scaling : Standardizer.of(table.rows(), train),
        scaled);
  }

  /**
   * Says on one line what is there.
   *
   * @param folds in how many the rows validate in turn; 1 if a part of them does
   */
  String describe(int folds) {
    return "%s: %,d numbers a row tell %s; %s, %,d test"
        .formatted(
            table.name(),
            table.inputs().size(),
            String.join(", ", table.target().names()),
            folds == 1
                ? "%,d rows train, %,d validate"
                    .formatted(split.train().length, split.validation().length)
                : "%,d rows train and validate in %d folds".formatted(split.learnt().length, folds),
            split.test().length);
  }

  /**
   * Returns weights for classes, {@code n / (classes n_c)}, or for the presence of labels and of
   * the positive class, {@code absent / present}, by the training rows alone.
   */
  float[] balance() {
    int[] rows = split.train();
    int columns = outputs();
    double[] present = new double[columns];
    float[] truth = truth(rows);
    for (int i = 0; i < truth.length; i++) {
      present[i % columns] += truth[i];
    }
    float[] weights = new float[columns];
    for (int c = 0; c < columns; c++) {
      double there = Math.max(1, present[c]);
      weights[c] =
          (float)
              (task == Task.MULTICLASS
                  ? rows.length / (columns * there)
                  : (rows.length - there) / there);
    }
    return weights;
  }

  /** Returns how many outputs a network needs. */
  int outputs() {
    return task == Task.BINARY ? 1 : table.target().names().size();
  }

  /** Returns rows as a coding trains on them. */
  Dataset dataset(Coding coding, int[] rows) {
    ArrayDataset.Builder set =
        ArrayDataset.builder()
            .floats(Field.INPUTS, scaling.apply(table.rows(), rows), table.inputs().size());
    if (coding.isClass() && table.target() instanceof Table.Classes c) {
      int[] labels = Arrays.stream(rows).map(r -> c.labels()[r]).toArray();
      return set.classes(Field.LABELS, labels, c.names().size()).build();
    }
    float[] targets =
        table.target() instanceof Table.Numbers n
            ? coding.scaling(n.values(), split.train()).apply(n.values(), rows)
            : codes(coding, truth(rows));
    return set.floats(Field.LABELS, targets, targets.length / rows.length).build();
  }

  private static float[] codes(Coding coding, float[] truth) {
    float[] codes = new float[truth.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = coding.code(truth[i] == 1);
    }
    return codes;
  }

  /** Returns what is to be told of rows: numbers, or 1 for each class or label that is there. */
  float[] truth(int[] rows) {
    int columns = outputs();
    float[] truth = new float[rows.length * columns];
    for (int i = 0; i < rows.length; i++) {
      switch (table.target()) {
        case Table.Numbers n ->
            System.arraycopy(n.values().get(rows[i]), 0, truth, i * columns, columns);
        case Table.Labels l ->
            System.arraycopy(l.values().get(rows[i]), 0, truth, i * columns, columns);
        case Table.Classes c -> {
          int label = c.labels()[rows[i]];
          if (columns == 1) {
            truth[i] = label;
          } else {
            truth[i * columns + label] = 1;
          }
        }
      }
    }
    return truth;
  }
}
