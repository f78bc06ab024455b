package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.models.Figures;
import io.cortado.models.ValidationFile;
import io.cortado.models.data.PictureDrawings;
import io.cortado.models.data.RowSplit;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Trains {@code mlp} on tables, published and the user's own, and asks the weights about rows. */
final class TableMlpTest {

  @TempDir Path dir;

  /** Writes points of the plane; what is told of them depends on the sign of x y. */
  private Path points(String header, int rows, IntFunction<String> told) throws IOException {
    Random random = new Random(7);
    StringBuilder csv = new StringBuilder(header).append('\n');
    for (int r = 0; r < rows; r++) {
      double x = 2 * random.nextDouble() - 1;
      double y = 2 * random.nextDouble() - 1;
      csv.append(String.format(Locale.ROOT, "%.4f,%.4f,%s%n", x, y, told.apply(x * y > 0 ? 1 : 0)));
    }
    return Files.writeString(dir.resolve("points.csv"), csv);
  }

  private Figures figures(String... arguments) {
    AtomicReference<Figures> figures = new AtomicReference<>(Figures.NONE);
    CommandLine line = Cortado.commandLine(figures::set);
    StringWriter said = new StringWriter();
    line.setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
    assertThat(line.execute(arguments)).as(said.toString()).isZero();
    return figures.get();
  }

  private String refused(String... arguments) {
    Path out = dir.resolve("refused");
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--out";
    all[arguments.length + 1] = out.toString();
    Cli.Result r = Cli.run(all);
    assertThat(r.code()).as(r.out()).isEqualTo(2);
    assertThat(out).doesNotExist();
    return r.err();
  }

  private String trained(Path csv, String task, String target) {
    Path out = dir.resolve(task);
    Cli.Result r =
        Cli.run(
            "train",
            "mlp",
            "--task",
            task,
            "--data",
            csv.toString(),
            "--target",
            target,
            "--hidden",
            "32,32",
            "--epochs",
            "60",
            "--folds",
            "2",
            "--out",
            out.toString());
    assertThat(r.code()).as(r.err()).isZero();
    return out.resolve("weights.safetensors").toString();
  }

  private String told(String weights) throws IOException {
    Path rows = Files.writeString(dir.resolve("new.csv"), "y,x\n0.6,0.7\n0.6,-0.7\n");
    Cli.Result r = Cli.run("predict", weights, "--rows", rows.toString());
    assertThat(r.code()).as(r.err()).isZero();
    return r.out();
  }

  @Test
  void tellsClassesOfYourOwnFileAndOfNewRows() throws IOException {
    Path csv = points("x,y,sign", 600, positive -> positive == 1 ? "plus" : "minus");
    for (String task : new String[] {"binary", "multiclass"}) {
      assertThat(told(trained(csv, task, "sign")).lines())
          .satisfiesExactly(
              first -> assertThat(first).startsWith("row 1: plus (score "),
              second -> assertThat(second).startsWith("row 2: minus (score "));
    }
  }

  @Test
  void tellsLabelsAndNumbersOfYourOwnFile() throws IOException {
    Path csv = points("x,y,same,other", 600, positive -> positive + "," + (1 - positive));
    assertThat(told(trained(csv, "multilabel", "same,other")).lines())
        .satisfiesExactly(
            first -> assertThat(first).startsWith("row 1: same (score "),
            second -> assertThat(second).startsWith("row 2: other (score "));
    Path number = points("x,y,same", 600, positive -> String.valueOf(positive));
    String[] words = told(trained(number, "regression", "same")).split("\\s+");
    assertThat(Double.parseDouble(words[3])).isGreaterThan(0.7);
    assertThat(Double.parseDouble(words[7])).isLessThan(0.3);
  }

  @ParameterizedTest
  @CsvSource({
    "binary, 'bce,mse01,mse11', --loss, mse11's test accuracy, 0.93",
    "multiclass, 'ce,mse', --loss, mse's test accuracy, 0.9",
    "multilabel, 'mse01,mse11', --loss, mse11's micro F1, 0.6",
    "regression, 'linear,sigmoid,tanh', --output, tanh's test R2, 0.3"
  })
  void comparesLossesAndOutputs(
      String task, String names, String option, String figure, double floor) {
    Path out = dir.resolve("out");
    Figures figures =
        figures(
            "train",
            "mlp",
            "--task",
            task,
            option,
            names,
            "--epochs",
            "20",
            "--out",
            out.toString());
    assertThat(figures.get(figure)).isGreaterThan(floor);
    for (String name : names.split(",")) {
      assertThat(out.resolve(name + ".csv")).isNotEmptyFile();
    }
    assertThat(out.resolve("curve.png")).isNotEmptyFile();
  }

  private byte[] weightsOf(Path csv, String name, String... more) throws IOException {
    Path out = dir.resolve(name);
    String[] start = {
      "train", "mlp", "--task", "regression", "--target", "told", "--hidden", "8", "--epochs", "5"
    };
    String[] end = {"--data", csv.toString(), "--out", out.toString()};
    Cli.Result r =
        Cli.run(Stream.of(start, more, end).flatMap(Arrays::stream).toArray(String[]::new));
    assertThat(r.code()).as(r.err()).isZero();
    return Files.readAllBytes(out.resolve("weights.safetensors"));
  }

  @Test
  void testRowsChooseNothing() throws IOException {
    Path csv = points("x,y,told", 200, String::valueOf);
    byte[] before = weightsOf(csv, "before");
    byte[] split = weightsOf(csv, "split", "--folds", "1");
    List<String> lines = new ArrayList<>(Files.readAllLines(csv));
    for (int row : RowSplit.of(200, 1, 0.2, 0.2).test()) {
      lines.set(row + 1, row + "," + -row + "," + row);
    }
    Files.write(csv, lines);
    assertThat(weightsOf(csv, "after")).isEqualTo(before);
    assertThat(weightsOf(csv, "split-after", "--folds", "1")).isEqualTo(split).isNotEqualTo(before);
  }

  @Test
  void foldsTellTheirMeanAndItIsWhatRunsAreComparedBy() throws IOException {
    Path out = dir.resolve("out");
    Cli.Result r =
        Cli.run(
            "train",
            "mlp",
            "--task",
            "multiclass",
            "--epochs",
            "10",
            "--folds",
            "3",
            "--out",
            out.toString());
    assertThat(r.code()).as(r.err()).isZero();
    assertThat(r.out()).contains("120 rows train and validate in 3 folds, 30 test", "ce: 3 folds");
    ValidationFile.Best best = ValidationFile.read(out.resolve("validation.json"));
    assertThat(best.figure()).isEqualTo("val_accuracy");
    assertThat(best.higherIsBetter()).isTrue();
    String[] means = Files.readAllLines(out.resolve("ce.csv")).get(best.epoch()).split(",");
    assertThat(Double.parseDouble(means[3])).isEqualTo(best.value());
    double sum = 0;
    for (int fold = 1; fold <= 3; fold++) {
      sum += Double.parseDouble(means[3 + fold]);
    }
    assertThat(best.value()).isCloseTo(sum / 3, Offset.offset(1e-9));
  }

  @Test
  void classesOfFewRowsMakeFewerFolds() throws IOException {
    StringBuilder csv = new StringBuilder("a,c\n");
    for (int i = 0; i < 40; i++) {
      csv.append(i % 7).append(i < 5 ? ",rare\n" : ",usual\n");
    }
    String[] start = {
      "train", "mlp", "--task", "binary", "--target", "c", "--epochs", "1", "--data", file(csv + "")
    };
    String[] out = Arrays.copyOf(start, start.length + 2);
    out[start.length] = "--out";
    out[start.length + 1] = dir.resolve("few").toString();
    Cli.Result r = Cli.run(out);
    assertThat(r.code()).as(r.err()).isZero();
    assertThat(r.out()).contains("in 4 folds");
    out[start.length] = "--folds";
    out[start.length + 1] = "5";
    assertThat(refused(out)).contains("only 4 rows of class 'rare'", "--folds 5", "1 to 4");
  }

  @Test
  void weightsOfClassesFindMoreOfARareOne() throws IOException {
    Path csv = points("x,y,sign", 2000, positive -> positive == 1 ? "plus" : "minus");
    String[] arguments = {
      "train",
      "mlp",
      "--task",
      "binary",
      "--data",
      csv.toString(),
      "--target",
      "sign",
      "--thin",
      "20",
      "--hidden",
      "8",
      "--epochs",
      "20",
      "--folds",
      "2",
      "--out",
      dir.resolve("plain").toString()
    };
    double plain = figures(arguments).get("recall");
    String[] weighted = Arrays.copyOf(arguments, arguments.length + 1);
    weighted[arguments.length] = "--class-weights";
    weighted[arguments.length - 1] = dir.resolve("weighted").toString();
    assertThat(figures(weighted).get("recall")).isGreaterThan(plain + 0.2);
  }

  @Test
  void aFolderOfPicturesIsNoTable() throws IOException {
    Path pictures = dir.resolve("pictures");
    PictureDrawings.crossesAndRings(pictures, 10);
    Files.writeString(pictures.resolve("ring/notes.txt"), "rings");
    String out = dir.resolve("run").toString();
    String[] args = {"train", "mlp", "--data", pictures + "/", "--image-size", "8"};
    Cli.Result r = Cli.run(with(args, "--batch-size", "4", "--steps", "2", "--out", out));
    assertThat(r.code()).as(r.err()).isZero();
    assertThat(r.out())
        .contains(
            "pictures: ", "4 test images; without 1 file of another kind" + System.lineSeparator());
  }

  @Test
  void badTablesAreRefusedBeforeAnythingIsWritten() throws IOException {
    String[] start = {"train", "mlp", "--task", "binary", "--target", "c", "--data"};
    assertThat(refused(with(start, file("a,c\n1,x\n,y\n"))))
        .contains("line 3, column 'a'", "there is no value");
    assertThat(refused(with(start, file("a,c\n1,x\nmany,y\n"))))
        .contains("line 3, column 'a'", "'many' is no number");
    assertThat(refused(with(start, file("a,c\n1,x\n2,x\n"))))
        .contains("column 'c'", "one class 'x'");
    assertThat(refused(with(start, file("a,c\n")))).contains("has no line after its header");
    assertThat(refused(with(start, file("")))).contains("is empty");
    assertThat(refused(with(start, file("a,d\n1,2\n")))).contains("no column", "'c'");
    assertThat(refused(with(start, file("a,c\n1,x\n2,y\n3,z\n"))))
        .contains("one of 3 classes", "--task multiclass");
    assertThat(refused(with(start, file("a,c\n1,x\n2,x\n3,x\n4,x\n5,x\n6,x\n7,y\n"))))
        .contains("too few rows of class 'y', 1", "at least 5");
    String[] many = {"train", "mlp", "--task", "multiclass", "--target", "c", "--data"};
    assertThat(refused(with(many, file("a,c\n" + "1,x\n2,y\n".repeat(9) + "3,rare\n".repeat(4)))))
        .contains("too few rows of class 'rare', 4", "join the class");
    assertThat(
            refused(
                with(
                    many,
                    file(
                        IntStream.range(0, 30)
                            .mapToObj(i -> "1,4." + i + "\n")
                            .collect(Collectors.joining("", "a,c\n", ""))))))
        .contains("30 different values in 30 rows", "--task regression");
    assertThat(refused(with(start, file("a;c\n1;x\n"))))
        .contains("has one column", "its header is 'a;c'", "separated by commas");
    String same = "a,c\n" + "1,5\n".repeat(20);
    assertThat(
            refused("train", "mlp", "--task", "regression", "--target", "c", "--data", file(same)))
        .contains("column 'c'", "nothing to tell");
    assertThat(
            refused(
                "train",
                "mlp",
                "--task",
                "multilabel",
                "--target",
                "c",
                "--data",
                file("a,c\n1,0\n2,2\n")))
        .contains("line 3, column 'c'", "a label is 0 or 1");
  }

  @Test
  void optionsThatDoNotGoTogetherAreRefused() {
    assertThat(refused("train", "mlp", "--folds", "3")).contains("--folds", "go with --task");
    assertThat(refused("train", "mlp", "--task", "binary", "--folds", "0")).contains("'0'");
    assertThat(refused("train", "mlp", "--task", "multiclass", "--folds", "41"))
        .contains("only 40 rows of class 'setosa'", "give --folds 1 to 40");
    assertThat(refused("train", "mlp", "--folds", "3")).contains("go with --task");
    assertThat(refused("train", "mlp", "--label-smoothing", "-0.1"))
        .contains("--label-smoothing", "at least 0");
    assertThat(refused("train", "mlp", "--warm-up", "15", "--epochs", "15"))
        .contains("--warm-up is 15", "fewer");
    assertThat(refused("train", "mlp", "--task", "binary", "--label-smoothing", "1"))
        .contains("--label-smoothing", "less than 1");
    assertThat(refused("train", "mlp", "--task", "regression", "--label-smoothing", "0.1"))
        .contains("bce or ce");
    assertThat(refused("train", "mlp", "--task", "ranking")).contains("no task 'ranking'");
    assertThat(refused("train", "mlp", "--data", "iris")).contains("--task");
    assertThat(refused("train", "mlp", "--hidden", "8")).contains("go with --task");
    assertThat(refused("train", "mlp", "--task", "binary", "--data", "iris"))
        .contains("3 classes", "--task multiclass");
    assertThat(refused("train", "mlp", "--task", "binary", "--data", "x.csv")).contains("--target");
    assertThat(refused("train", "mlp", "--task", "binary", "--target", "c")).contains("--target");
    assertThat(refused("train", "mlp", "--task", "binary", "--loss", "ce")).contains("bce, mse01");
    assertThat(refused("train", "mlp", "--task", "binary", "--output", "tanh"))
        .contains("regression");
    assertThat(refused("train", "mlp", "--task", "binary", "--loss", "mse01", "--class-weights"))
        .contains("bce or ce");
    assertThat(refused("train", "mlp", "--task", "multiclass", "--thin", "3")).contains("binary");
    assertThat(refused("train", "mlp", "--task", "binary", "--hidden", "8,x")).contains("64,32");
    assertThat(refused("train", "mlp", "--task", "binary", "--dropout", "1")).contains("--dropout");
    assertThat(refused("train", "mlp", "--task", "binary", "--activation", "gelu"))
        .contains("no activation 'gelu'");
    for (String option : List.of("--variant relu", "--augment shift", "--views 2", "--ema 0.9")) {
      String[] words = ("train mlp --task binary " + option).split(" ");
      assertThat(refused(words)).contains(words[4] + " is for pictures");
    }
    assertThat(refused("train", "mlp", "--ema", "1")).contains("--ema is 1.0", "less than 1");
  }

  private String file(String text) throws IOException {
    return Files.writeString(dir.resolve("bad.csv"), text).toString();
  }

  private static String[] with(String[] arguments, String... last) {
    String[] all = Arrays.copyOf(arguments, arguments.length + last.length);
    System.arraycopy(last, 0, all, arguments.length, last.length);
    return all;
  }
}
