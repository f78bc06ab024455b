package io.cortado.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.data.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.DeflaterOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables and ratings, as they come and as they should not come. */
final class TablesTest {

  @TempDir Path dir;

  private static CsvTable csv(String text) {
    try {
      return CsvTable.read("my.csv", new StringReader(text), ',', List.of());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void refused(Runnable reading, String... parts) {
    assertThatThrownBy(reading::run)
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void missingFilesAreNamedInWords() {
    Path csv = dir.resolve("none.csv");
    Path rda = dir.resolve("none.rda");
    Path pictures = dir.resolve("none");
    refused(() -> CsvTable.read(csv), csv + " does not exist; check the path");
    refused(() -> RDataFile.rda(rda, "frame"), rda + " does not exist; check the path");
    refused(() -> PictureFolder.list(pictures), pictures + " does not exist; check the path");
    refused(() -> CsvTable.read(dir), dir + " is a folder; give a file");
  }

  @Test
  void theSetsAreThePublishedOnes() {
    DataHome home = DataHome.of(dir).offline();
    Table iris = DataSets.get(TableDataSet.class, "iris").read(home);
    assertThat(iris.size()).isEqualTo(150);
    assertThat(iris.rows().getLast()).containsExactly(5.9f, 3.0f, 5.1f, 1.8f);
    assertThat(((Table.Classes) iris.target()).names())
        .containsExactly("setosa", "versicolor", "virginica");
    Table nuclei = DataSets.get(TableDataSet.class, "cell-nuclei").read(home);
    assertThat(nuclei.inputs()).hasSize(20).noneMatch(c -> c.startsWith("worst"));
    assertThat(((Table.Numbers) nuclei.target()).values().getFirst())
        .startsWith(25.38f, 17.33f, 184.6f, 2019f)
        .hasSize(10);
    Table diabetes = DataSets.get(TableDataSet.class, "diabetes").read(home);
    assertThat(diabetes.size()).isEqualTo(442);
    Table pairs = DataSets.get(TableDataSet.class, "digit-pairs").read(home);
    for (float[] set : ((Table.Labels) pairs.target()).values()) {
      assertThat(IntStream.range(0, 10).filter(i -> set[i] == 1).count()).isBetween(1L, 2L);
    }
    for (float[] row : pairs.rows()) {
      for (float v : row) {
        assertThat(v).isBetween(0f, 16f);
      }
    }
  }

  @Test
  void badCellsAreNamedByLineAndColumn() {
    CsvTable t = csv("age,size,kind\n1,2.5,a\n\"2\n\",,b\n3,tall,c\nNA,1e99,d\n");
    refused(
        () -> t.numbers("size"), "my.csv, line 4, column 'size'", "no value", "leave the row out");
    refused(() -> t.numbers("age"), "my.csv, line 6, column 'age'", "'NA'", "missing");
    refused(
        () -> csv("a,b\n1,2\n\n2,tall\n").numbers("b"),
        "line 4, column 'b'",
        "'tall' is no number");
    refused(() -> csv("a\n1e99\n").numbers("a"), "line 2", "finite");
    assertThatThrownBy(() -> t.numbers("sice")).hasMessageContainingAll("my.csv", "mean 'size'");
  }

  @Test
  void filesAreReadAsUtf8AloneAndWithoutItsMark() throws IOException {
    // Read leniently, both names are one class.
    byte[] latin = "a,kind\n1,Käse\n2,Köse\n".getBytes(StandardCharsets.ISO_8859_1);
    Path file = Files.write(dir.resolve("latin.csv"), latin);
    refused(
        () -> CsvTable.read(file), file + " is not in UTF-8; convert it", "line 2 is the first");
    Path packed = Files.write(dir.resolve("latin.csv.gz"), IdxTest.gzip(latin));
    refused(() -> CsvTable.read(packed), packed + " is not in UTF-8", "line 2 is the first");
    CsvTable marked = csv("\uFEFF\"a, b\",c\n1,2\n");
    assertThat(marked.columns()).containsExactly("a, b", "c");
    assertThat(csv("\"size \n(m2)\",c\n1,2\n").columns()).containsExactly("size (m2)", "c");
    Path ratings = Files.writeString(dir.resolve("u.data"), "\uFEFF" + tabs());
    assertThat(Ratings.read(ratings).userNames()).startsWith("1", "2");
  }

  @Test
  void numbersAreThoseThatPeopleWrite() {
    assertThat(csv("a\n+1.5e-3\n.5\n5.\n-0\n1E2\n").numbers("a"))
        .containsExactly(0.0015f, 0.5f, 5, -0f, 100);
    for (String text : List.of("1D", "2F", "3f", "0x1p3", "1e", ".", "1 000", "--5", "٣", "inf")) {
      refused(() -> csv("a\n" + text + "\n").numbers("a"), "line 2", "'" + text + "' is no number");
    }
    for (String text : List.of("Infinity", "-Infinity", "+NaN", "1e39")) {
      refused(() -> csv("a\n" + text + "\n").numbers("a"), "line 2", "no finite number");
    }
    refused(() -> csv("a\nNaN\n").numbers("a"), "stands for a missing value");
  }

  @Test
  void numbersThatAFloatCannotTellApartAreNotLearntFrom() {
    StringBuilder clock = new StringBuilder("time,kind\n");
    for (int i = 0; i < 60; i++) {
      clock.append(1_700_000_000 + i).append(i % 2 == 0 ? ",a\n" : ",b\n");
    }
    CsvTable seconds = csv(clock.toString());
    refused(
        () -> Table.ofClasses("t", seconds, "kind"),
        "my.csv, line 3, column 'time': 1700000001 cannot be told from line 2's 1700000000",
        "subtract a constant");
    // New rows may lie close together: what matters is how far apart those were that were learnt.
    assertThat(seconds.numbers("time")).hasSize(60);
    // A program's rounding is no difference, nor are seconds among years.
    assertThat(csv("a\n0.3\n0.30000000000000004\n7\n").distinctNumbers("a")).hasSize(3);
    assertThat(csv("a\n1600000000\n1700000000\n1700000001\n").distinctNumbers("a")).hasSize(3);
    assertThat(csv("a\n100.01\n100.02\n100.02\n").distinctNumbers("a")).hasSize(3);
  }

  @Test
  void otherSeparatorsAreNamed() {
    String hint = "its header is 'a;b;y', and columns are separated by commas";
    refused(() -> csv("a;b;y\n1,5;2,0;3\n"), "line 2: 3 values for 1 column; " + hint);
    assertThatThrownBy(() -> csv("a;b;y\n1;2;3\n").column("y"))
        .hasMessageContaining("has one column; " + hint);
  }

  @Test
  void tablesThatTeachNothingAreRefused() {
    refused(() -> csv(""), "my.csv is empty");
    refused(() -> csv("a,b\n"), "no line after its header");
    refused(() -> csv("a,a\n1,2\n"), "line 1", "'a' again");
    refused(() -> csv("a,b\n1,2\n1,2,3\n"), "line 3: 3 values for 2 columns");
    refused(() -> Table.ofClasses("t", csv("a,b\n1,x\n2,x\n"), "b"), "column 'b'", "one class 'x'");
    refused(() -> Table.ofClasses("t", csv("b\nx\ny\n"), "b"), "no column besides");
    refused(() -> Table.ofLabels("t", csv("a,b\n1,0\n2,3\n"), List.of("b")), "line 3", "0 or 1");
    refused(() -> RowSplit.of(Table.ofClasses("t", csv("a,b\n1,x\n2,y\n"), "b"), 1), "2 rows");
  }

  @Test
  void splitsAreStratifiedAndFixed() {
    Table iris = DataSets.get(TableDataSet.class, "iris").read(DataHome.of(dir).offline());
    RowSplit split = RowSplit.of(iris, 1);
    int[] labels = ((Table.Classes) iris.target()).labels();
    for (int[] part : List.of(split.test(), split.validation())) {
      assertThat(part).hasSize(30);
      for (int c = 0; c < 3; c++) {
        int kind = c;
        assertThat(IntStream.of(part).filter(r -> labels[r] == kind).count()).isEqualTo(10);
      }
    }
    int[] all =
        IntStream.concat(
                IntStream.of(split.train()),
                IntStream.concat(IntStream.of(split.validation()), IntStream.of(split.test())))
            .sorted()
            .toArray();
    assertThat(all).isEqualTo(IntStream.range(0, 150).toArray());
    // What models/src/main/python/tables.py gives; a change would make published figures others.
    assertThat(Arrays.copyOf(RowSplit.of(1000, 7, 0.2, 0.1).test(), 5))
        .containsExactly(SPLIT_BY_PYTHON);
  }

  private static final int[] SPLIT_BY_PYTHON = {837, 984, 354, 427, 88};

  @Test
  void standardizesByTheTrainingRowsAlone() {
    List<float[]> rows = List.of(new float[] {1, 5}, new float[] {3, 5}, new float[] {100, 7});
    Standardizer s = Standardizer.of(rows, new int[] {0, 1});
    assertThat(s.apply(rows, new int[] {0, 1, 2})).containsExactly(-1, 0, 1, 0, 98, 2);
    assertThat(s.invert(0, 98)).isEqualTo(100);
  }

  /** Ratings without a header. */
  private static String tabs() {
    StringBuilder tabs = new StringBuilder();
    for (int i = 0; i < 120; i++) {
      tabs.append("%d\t%d\t%d\t0\n".formatted(i % 10 + 1, i / 10 + 50, i % 5 + 1));
    }
    return tabs.toString();
  }

  @Test
  void readsBothFormsOfMovieLens() throws IOException {
    StringBuilder csv = new StringBuilder("userId,movieId,rating,timestamp\n");
    for (int i = 0; i < 120; i++) {
      csv.append("%d,%d,%s,0%n".formatted(i % 10 + 1, i / 10 + 50, i % 5 + 0.5));
    }
    Ratings r = Ratings.read(Files.writeString(dir.resolve("ratings.csv"), csv));
    assertThat(r.userNames()).hasSize(10).startsWith("1", "2");
    assertThat(r.itemNames()).hasSize(12).startsWith("50");
    assertThat(r.highest()).isEqualTo(4.5f);
    assertThat(Ratings.read(Files.writeString(dir.resolve("u.data"), tabs())).lowest())
        .isEqualTo(1);
    String three = tabs().replace("\t0\n", "\n");
    for (String text : List.of("userId\tmovieId\trating\n" + three, three)) {
      Path file = Files.writeString(dir.resolve("mine.TSV"), text);
      assertThat(Ratings.read(file).itemNames()).hasSize(12).startsWith("50");
    }
    Path five = Files.writeString(dir.resolve("five.tsv"), "1\t2\t3\t4\t5\n");
    refused(() -> Ratings.read(five), "five.tsv, line 1: 5 values for 4 columns");
    Path broken = Files.writeString(dir.resolve("b.csv"), csv + "1,2,good,0\n");
    refused(() -> Ratings.read(broken), "b.csv, line 122, column 'rating'", "'good'");
    Path few = Files.writeString(dir.resolve("f.csv"), "userId,movieId,rating\n1,2,3\n");
    refused(() -> Ratings.read(few), "1 ratings");
  }

  /** A data frame of a factor and of numbers, as R 4 writes it. */
  static byte[] frame(boolean asPair) {
    ByteBuffer b = ByteBuffer.allocate(1000);
    b.put("X\n".getBytes(StandardCharsets.US_ASCII)).putInt(3).putInt(0x40201).putInt(0x30500);
    text(b.putInt(5), "UTF-8", false);
    if (asPair) {
      text(b.putInt(2 | 1 << 10).putInt(1), "frame", true);
    }
    b.putInt(19 | 1 << 9).putInt(2);
    b.putInt(13 | 1 << 9).putInt(3).putInt(1).putInt(2).putInt(1);
    text(b.putInt(2 | 1 << 10).putInt(1), "levels", true);
    text(text(b.putInt(16).putInt(2), "no", true), "yes", true).putInt(254);
    b.putInt(14).putInt(3).putDouble(0.5).putDouble(1.5).putDouble(-2);
    text(b.putInt(2 | 1 << 10).putInt(1), "names", true);
    text(text(b.putInt(16).putInt(2), "kind", true), "size", true).putInt(254);
    if (asPair) {
      b.putInt(254);
    }
    return Arrays.copyOf(b.array(), b.position());
  }

  private static ByteBuffer text(ByteBuffer b, String text, boolean item) {
    if (item) {
      b.putInt(9 | 1 << 18).putInt(text.length());
    }
    return b.put(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void readsDataFramesOfR() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new BZip2CompressorOutputStream(bytes)) {
      out.write("RDX3\n".getBytes(StandardCharsets.US_ASCII));
      out.write(frame(true));
    }
    Path file = Files.write(dir.resolve("f.rda"), bytes.toByteArray());
    RValue frame = RDataFile.rda(file, "frame");
    assertThat(frame.get("kind").classes()).containsExactly(0, 1, 0);
    assertThat(frame.get("kind").levels()).containsExactly("no", "yes");
    assertThat(frame.get("size").numbers()).containsExactly(0.5f, 1.5f, -2);
    RValue names = new RValue("f.rda", List.of("a", "kind"), Map.of());
    RValue empty = new RValue("f.rda", List.of(frame), Map.of("names", names));
    refused(() -> empty.get("kind"), "'kind' is the name of element 2 of 1");
    refused(() -> RDataFile.rda(file, "other"), "no object 'other'");
    Path other = Files.writeString(dir.resolve("g.rda"), "hello, this is no R file");
    refused(() -> RDataFile.rda(other, "x"), "RDX2");
  }

  @Test
  void damagedFilesOfRAreRefused() throws IOException {
    byte[] whole = frame(false);
    for (int n = 0; n < whole.length; n++) {
      byte[] part = Arrays.copyOf(whole, n);
      refused(() -> RValue.read("f", ByteBuffer.wrap(part)), "f ");
    }
    byte[] wrong = whole.clone();
    ByteBuffer.wrap(wrong).putInt(23, 19 | 1 << 9).putInt(27, Integer.MAX_VALUE);
    refused(() -> RValue.read("f", ByteBuffer.wrap(wrong)), "no room");
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new DeflaterOutputStream(packed)) {
      out.write(whole);
    }
    assertThat(packed.size()).isLessThan(whole.length);
  }
}
