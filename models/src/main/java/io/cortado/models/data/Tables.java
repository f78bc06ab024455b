package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.data.Dataset;
import io.cortado.data.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The tables there are. */
final class Tables {

  private static final String SKLEARN = "BSD-3-Clause (scikit-learn's copy)";
  private static final String SPAM_FILE = "spam.rda";
  private static final List<Path> SPAM_PLACES =
      List.of(
          Path.of("/usr/lib/R/site-library/kernlab/data"),
          Path.of("/usr/local/lib/R/site-library/kernlab/data"));

  private static final int PAIRS = 898;
  private static final int SIDE = 8;
  private static final int SHIFT = 4;

  private Tables() {}

  /** Returns all of them. */
  static List<DataSet> all() {
    return List.of(
        new TableDataSet(
            new DataSet.About(
                "iris",
                "three species of iris by the size of their leaves",
                "150 rows of 4 numbers, 3 classes",
                "R. A. Fisher: The use of multiple measurements in taxonomic problems (1936)",
                SKLEARN),
            csv -> Table.ofClasses("iris", csv, "species")),
        new TableDataSet(
            new DataSet.About(
                "wine",
                "three cultivars by a chemical analysis of their wine",
                "178 rows of 13 numbers, 3 classes",
                "M. Forina et al., UCI Machine Learning Repository (1991)",
                SKLEARN),
            csv -> Table.ofClasses("wine", csv, "cultivar")),
        new TableDataSet(
            new DataSet.About(
                "breast-cancer",
                "malignant or benign by measures of cell nuclei",
                "569 rows of 30 numbers, 2 classes",
                "W. N. Street, W. H. Wolberg, O. L. Mangasarian (1993), UCI Machine Learning Repository",
                SKLEARN),
            csv -> Table.ofClasses("breast-cancer", csv, "diagnosis")),
        new TableDataSet(
            new DataSet.About(
                "diabetes",
                "how diabetes has progressed a year later",
                "442 rows of 10 numbers, 1 number to tell",
                "B. Efron et al.: Least angle regression (2004)",
                SKLEARN),
            csv -> Table.ofNumbers("diabetes", csv, List.of("progression"))),
        new TableDataSet(
            new DataSet.About(
                "cell-nuclei",
                "the worst three cells' ten measures from those of all: breast-cancer's columns"
                    + " 'worst ...' from its 'mean ...' and '... error'",
                "569 rows of 20 numbers, 10 numbers to tell",
                "made from breast-cancer",
                SKLEARN),
            home -> Optional.of("comes with Cortado"),
            Tables::nuclei),
        new TableDataSet(
            new DataSet.About(
                "digit-pairs",
                "which digits are in a picture of two that overlap: made from digits",
                PAIRS + " rows of 96 numbers, 10 labels",
                "made from digits; the idea is S. Sabour, N. Frosst, G. E. Hinton's MultiMNIST (2017)",
                SKLEARN),
            home -> Optional.of("comes with Cortado"),
            Tables::pairs),
        new TableDataSet(
            new DataSet.About(
                "spam",
                "unwanted mail by the frequencies of words and signs",
                "4,601 rows of 57 numbers, 2 classes",
                "M. Hopkins et al.: Spambase (1999), as R's package kernlab has it",
                "CC BY 4.0 (UCI Machine Learning Repository); kernlab's copy GPL-2"),
            home -> spamFile(home).map(Path::toString),
            Tables::spam));
  }

  static CsvTable resource(String name, DataHome home) {
    return Resources.read(home.readsResource("tables/" + name + ".csv.gz"), CsvTable::unpack);
  }

  private static Table nuclei(DataHome home) {
    CsvTable csv = resource("breast-cancer", home);
    List<String> worst = csv.columns().stream().filter(c -> c.startsWith("worst ")).toList();
    List<String> rest =
        csv.columns().stream()
            .filter(c -> !c.startsWith("worst ") && !c.equals("diagnosis"))
            .toList();
    Table all = Table.ofNumbers("cell-nuclei", csv.without("diagnosis"), worst);
    return new Table("cell-nuclei", rest, all.rows(), all.target());
  }

  /**
   * Lays a second digit over the first, half of its width to the right; of two pixels in one place
   * the darker one counts.
   *
   * <p>Each digit is in one pair only, so that no part of a split has seen another's. In the order
   * of {@link RowSplit}'s keys for seed -1, two neighbors make a pair.
   */
  private static Table pairs(DataHome home) {
    Digits source = new Digits();
    Dataset digits = source.train(home).concat(source.test(home));
    int[] labels = digits.labels();
    int[] order = RowSplit.of(labels.length, -1, 0, 0).train();
    Row row = Row.of(digits);
    List<float[]> rows = new ArrayList<>();
    List<float[]> sets = new ArrayList<>();
    int width = SIDE + SHIFT;
    for (int k = 0; k < PAIRS; k++) {
      float[] picture = new float[SIDE * width];
      float[] set = new float[10];
      for (int half = 0; half < 2; half++) {
        int i = order[2 * k + half];
        digits.read(i, row.at(0, 0, i));
        set[labels[i]] = 1;
        for (int p = 0; p < SIDE * SIDE; p++) {
          int at = p / SIDE * width + p % SIDE + half * SHIFT;
          float grey = Math.round((row.floats(0)[p] * 0.3770f + 0.3075f) * 16);
          picture[at] = Math.max(picture[at], grey);
        }
      }
      rows.add(picture);
      sets.add(set);
    }
    List<String> inputs = IntStream.range(0, SIDE * width).mapToObj(i -> "pixel " + i).toList();
    List<String> names = IntStream.range(0, 10).mapToObj(String::valueOf).toList();
    return new Table("digit-pairs", inputs, rows, new Table.Labels(names, sets));
  }

  private static Optional<Path> spamFile(DataHome home) {
    return home.find("spam", SPAM_FILE, SPAM_PLACES);
  }

  private static Table spam(DataHome home) {
    Path file =
        spamFile(home)
            .orElseThrow(() ->
                new DataException(
                    "spam is not on this machine: "
                        + SPAM_FILE
                        + " was looked for in "
                        + home.searched("spam", SPAM_PLACES)
                        + "; install Debian's r-cran-kernlab, or R's package kernlab, or copy its"
                        + " data/spam.rda to the first of these folders"));
    RValue frame = RDataFile.rda(home.reads("spam", file), "spam");
    List<String> inputs = new ArrayList<>(frame.names());
    inputs.remove("type");
    RValue type = frame.get("type");
    List<float[]> rows = new ArrayList<>();
    for (int r = 0; r < type.integers().length; r++) {
      rows.add(new float[inputs.size()]);
    }
    for (int c = 0; c < inputs.size(); c++) {
      float[] column = frame.get(inputs.get(c)).numbers();
      for (int r = 0; r < column.length; r++) {
        rows.get(r)[c] = column[r];
      }
    }
    return new Table("spam", inputs, rows, new Table.Classes(type.levels(), type.classes()));
  }
}
