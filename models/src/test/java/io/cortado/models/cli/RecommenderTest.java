package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.models.data.RowSplit;
import io.cortado.models.onnx.OnnxFile;
import io.cortado.models.onnx.OnnxNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains recommenders on made-up ratings that biases cannot tell, and asks them. */
final class RecommenderTest {

  @TempDir Path dir;
  private Path ratings;

  /** Users and items have one of two tastes; alike gives 5, unalike 1, less or more by noise. */
  @BeforeEach
  void rate() throws IOException {
    Random random = new Random(1);
    StringBuilder csv = new StringBuilder("userId,movieId,rating,timestamp\n");
    for (int user = 0; user < 60; user++) {
      for (int item = 0; item < 40; item++) {
        if (random.nextInt(3) > 0) {
          boolean alike = user % 2 == item % 2;
          csv.append(
              "u%d,i%d,%d,0%n".formatted(user, item, alike ? 4 + item / 4 % 2 : 1 + user / 4 % 2));
        }
      }
    }
    ratings = Files.writeString(dir.resolve("ratings.csv"), csv);
  }

  private static double figure(String text, String name) {
    Matcher m = Pattern.compile(name + " +([0-9.]+)").matcher(text);
    assertThat(m.find()).as(text).isTrue();
    return Double.parseDouble(m.group(1));
  }

  private Path trained(String form) {
    Path out = dir.resolve(form);
    Cli.Result r =
        Cli.run(
            "train",
            "recommender",
            "--form",
            form,
            "--ratings",
            ratings.toString(),
            "--epochs",
            "150",
            "--factor-ridge",
            "1",
            "--out",
            out.toString());
    assertThat(r.code()).as("%s%n%s", r.out(), r.err()).isZero();
    assertThat(figure(r.out(), "test RMSE"))
        .isLessThan(0.5 * figure(r.out(), "ridge biases' RMSE"));
    assertThat(out.toFile().list())
        .containsExactlyInAnyOrder(
            "weights.safetensors",
            "log.csv",
            "validation.json",
            "curve.png",
            "items.png",
            "run.json",
            "checkpoints");
    return out.resolve("weights.safetensors");
  }

  @Test
  void bothFormsFindTastesAndSayWhoWillLikeWhat() {
    for (String form : new String[] {"mf", "neural"}) {
      String weights = trained(form).toString();
      Cli.Result top = Cli.run("predict", weights, "--user", "u3", "--top", "3");
      assertThat(top.code()).as(top.err()).isZero();
      assertThat(top.out().lines()).hasSize(4);
      assertThat(top.out().lines().skip(1))
          .allMatch(l -> l.matches("  i\\d*[13579] .*"), top.out());
    }
  }

  /** Rows 0 to 119 are of 12 users and 10 items, then 40 users and 40 items have one each. */
  private static String sparse() {
    StringBuilder csv = new StringBuilder("userId,movieId,rating\n");
    for (int i = 0; i < 120; i++) {
      csv.append("u%d,i%d,%d%n".formatted(i % 12, (i + i / 60) % 10, 1 + (i * i) % 5));
    }
    for (int i = 0; i < 40; i++) {
      csv.append("lone%d,i%d,%d%n".formatted(i, i % 10, 1 + i % 5));
    }
    for (int i = 0; i < 40; i++) {
      csv.append("u%d,rare%d,%d%n".formatted(i % 12, i, 1 + i % 5));
    }
    return csv.toString();
  }

  @Test
  void whatIsRatedIsNotRecommendedAndWhatIsNotLearntIsNotTold() throws IOException {
    String csv = sparse();
    Files.writeString(ratings, csv);
    Path out = dir.resolve("out");
    Cli.Result r =
        Cli.run(
            "train",
            "recommender",
            "--ratings",
            ratings.toString(),
            "--form",
            "mf",
            "--epochs",
            "2",
            "--seed",
            "3",
            "--out",
            out.toString());
    assertThat(r.code()).as(r.err()).isZero();
    String weights = out.resolve("weights.safetensors").toString();
    int[] test = RowSplit.of(200, 3, 0.2, 0.1).test();
    int lone = IntStream.of(test).filter(row -> row >= 120 && row < 160).findFirst().orElseThrow();
    Cli.Result unknown = Cli.run("predict", weights, "--user", "lone" + (lone - 120));
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err())
        .contains("nothing is known of the user 'lone" + (lone - 120) + "'", "held for the test");
    Cli.Result top = Cli.run("predict", weights, "--user", "u1", "--top", "100");
    assertThat(top.code()).as(top.err()).isZero();
    Set<String> rated =
        csv.lines()
            .filter(l -> l.startsWith("u1,"))
            .map(l -> l.split(",")[1])
            .collect(Collectors.toSet());
    List<String> rare =
        IntStream.of(test).filter(row -> row >= 160).mapToObj(row -> "rare" + (row - 160)).toList();
    long leftOut = rare.stream().filter(i -> !rated.contains(i)).count();
    assertThat(leftOut).isPositive();
    assertThat(top.out()).contains("left out: " + leftOut + " of which nothing is known");
    List<String> told = top.out().lines().skip(2).map(l -> l.strip().split(" ")[0]).toList();
    assertThat(told)
        .hasSize(50 - rated.size() - (int) leftOut)
        .doesNotContainAnyElementsOf(rated)
        .doesNotContainAnyElementsOf(rare);
    Path onnx = dir.resolve("r.onnx");
    assertThat(Cli.run("export", weights, "--onnx", onnx.toString()).code()).isZero();
    int[] users = {1, 12 + lone - 120, 1, 1};
    int[] items = {0, 0, 1, Integer.parseInt(rare.getFirst().substring(4)) + 10};
    try (Device device = Device.cpu()) {
      OnnxNetwork network = OnnxFile.read(onnx, device);
      try (Step step = device.inference()) {
        float[] said =
            network
                .run(Map.of("user", step.tensor(users, 4), "item", step.tensor(items, 4)))
                .get("output")
                .toFloatArray();
        assertThat(said[0]).isFinite();
        assertThat(said[1]).isNaN();
        assertThat(said[2]).isFinite();
        assertThat(said[3]).isNaN();
      }
    }
  }

  @Test
  void askingTheWrongThingIsSaid() {
    String weights = trained("mf").toString();
    Cli.Result unknown = Cli.run("predict", weights, "--user", "u99");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("no user 'u99'", "60", "('u0', 'u1', 'u2', ...)");
    assertThat(Cli.run("predict", weights).err()).contains("recommender", "--user");
    assertThat(Cli.run("predict", weights, "a.png").err()).contains("takes no IMAGE", "--user");
    assertThat(Cli.run("predict", weights, "--user", "u1", "--all").err())
        .contains("takes no --all");
    Path digits = dir.resolve("digits");
    Cli.run("train", "mlp", "--data", "digits", "--epochs", "1", "--out", digits.toString());
    String mlp = digits.resolve("weights.safetensors").toString();
    assertThat(Cli.run("predict", mlp, "--user", "u1").err()).contains("mlp", "takes no --user");
    assertThat(Cli.run("predict", mlp).err()).contains("give pictures");
  }

  @Test
  void badRatingsAreRefusedBeforeAnythingIsWritten() throws IOException {
    Files.writeString(ratings, Files.readString(ratings) + "u1,i1,good,0\n");
    Path out = dir.resolve("out");
    Cli.Result r =
        Cli.run("train", "recommender", "--ratings", ratings.toString(), "--out", out.toString());
    assertThat(r.code()).isEqualTo(2);
    assertThat(r.err()).contains("ratings.csv, line", "column 'rating'", "'good' is no number");
    assertThat(out).doesNotExist();
    assertThat(Cli.run("train", "recommender", "--form", "svd").err()).contains("no form 'svd'");
  }
}
