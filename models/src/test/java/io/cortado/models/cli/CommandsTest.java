package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.models.images.Drawings;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains real models on real images, in seconds, and uses them. */
final class CommandsTest {

  private static final Pattern ACCURACY = Pattern.compile("test accuracy +([0-9.]+) %");

  @TempDir Path dir;

  private static double accuracy(String text) {
    Matcher m = ACCURACY.matcher(text);
    assertThat(m.find()).as(text).isTrue();
    return Double.parseDouble(m.group(1));
  }

  private static Cli.Result good(String... args) {
    Cli.Result r = Cli.run(args);
    assertThat(r.code()).as("%s%n%s", r.out(), r.err()).isZero();
    return r;
  }

  @Test
  void helpAndVersion() {
    assertThat(good("--help").out())
        .contains("train", "eval", "predict", "models", "data", "Examples:");
    for (String command : List.of("train", "eval", "predict", "models", "data")) {
      assertThat(good(command, "--help").out()).contains("Example", "cortado " + command);
    }
    assertThat(good("--version").out()).contains("cortado", "Java");
    assertThat(good().out()).contains("Usage: cortado");
  }

  @Test
  void aRunThatEndsWithinItsFirstEpochClaimsNone() {
    String none = "none: no epoch was finished (ended after step 3)";
    String weights = "the weights after the last step; no epoch was finished";
    assertThat(threeSteps("mlp --data digits").out())
        .contains("best epoch     " + none, weights)
        .doesNotContain("epoch 0");
    assertThat(threeSteps("forecast").out()).contains("best epoch   " + none);
    assertThat(threeSteps("recommender --data tastes").out()).contains("best epoch " + none);
    assertThat(threeSteps("mlp --task regression --data diabetes").out())
        .contains("best epoch none, no epoch was finished");
    assertThat(threeSteps("lstm --data shakespeare-sample --hidden 8").out())
        .contains("the weights after the last step")
        .doesNotContain("the last epoch");
    assertThat(threeSteps("overfitting").out())
        .contains("after   0 epochs: training -, validation -")
        .doesNotContain("NaN");
  }

  private Cli.Result threeSteps(String model) {
    String out = dir.resolve(model.replace(' ', '_')).toString();
    return good(("train " + model + " --steps 3 --out " + out).split(" "));
  }

  @Test
  void oneCoreIsNamedInTheSingular() throws IOException {
    assertThat(Machine.describe(1)).startsWith("1 core ");
    assertThat(Machine.describe(2)).startsWith("2 cores ");
  }

  @Test
  void listsModelsAndData() {
    assertThat(good("models").out())
        .contains("lenet5", "variants: 1998, modern", "mlp", "on digits");
    assertThat(good("data", "list").out()).contains("mnist", "fashion-mnist", "digits", "BSD-3");
    assertThat(good("data", "fetch", "mnist", "digits").out()).contains("mnist is complete");
  }

  @Test
  void mlpTrainsOnDigitsAndIsTheSameInEval() throws IOException {
    Path out = dir.resolve("run");
    Cli.Result trained =
        good("train", "mlp", "--data", "digits", "--epochs", "25", "--out", out.toString());
    assertThat(accuracy(trained.out())).isGreaterThan(92);
    assertThat(trained.out())
        .contains(
            "Linear(64, 256)",
            "cpu",
            "824 training, 74 validation, 899 test",
            "25/25",
            "predicted");
    assertThat(trained.err()).isEmpty();
    assertThat(out.toFile().list())
        .containsExactlyInAnyOrder(
            "weights.safetensors",
            "log.csv",
            "curve.png",
            "confusion.png",
            "misread.png",
            "run.json",
            "validation.json",
            "checkpoints");
    assertThat(Files.readAllLines(out.resolve("log.csv"))).hasSize(26);
    for (String picture : List.of("curve.png", "confusion.png", "misread.png")) {
      BufferedImage image = ImageIO.read(out.resolve(picture).toFile());
      assertThat(image.getWidth()).as(picture).isGreaterThan(400);
    }
    Cli.Result tested = good("eval", "mlp", out.resolve("weights.safetensors").toString());
    assertThat(accuracy(tested.out())).isEqualTo(accuracy(trained.out()));
  }

  @Test
  void theSameSeedGivesTheSameWeightsWithAnyNumberOfThreads() throws IOException {
    String[] seeds = {"7", "7", "8"};
    byte[][] weights = new byte[3][];
    for (int i = 0; i < 3; i++) {
      Path out = dir.resolve("run" + i);
      good(
          "train",
          "mlp",
          "--data",
          "digits",
          "--epochs",
          "2",
          "--seed",
          seeds[i],
          "--threads",
          Integer.toString(i + 1),
          "--out",
          out.toString());
      weights[i] = Files.readAllBytes(out.resolve("weights.safetensors"));
    }
    assertThat(weights[1]).isEqualTo(weights[0]);
    assertThat(weights[2]).isNotEqualTo(weights[0]);
  }

  @Test
  void patienceEndsATraining() {
    Cli.Result r =
        good(
            "train",
            "mlp",
            "--data",
            "digits",
            "--lr",
            "1e-12",
            "--patience",
            "2",
            "--out",
            dir.resolve("run").toString());
    assertThat(r.out()).contains(" 3/60").doesNotContain(" 4/60").contains("has not become better");
  }

  @Test
  void lenet5LearnsMnistAndReadsDrawnDigits() throws IOException {
    Path out = dir.resolve("run");
    Cli.Result trained =
        good("train", "lenet5", "--variant", "modern", "--epochs", "1", "--out", out.toString());
    assertThat(accuracy(trained.out())).isGreaterThan(96.5);
    Path three = dir.resolve("three.jpg");
    ImageIO.write(
        Drawings.digit(
            '3', BufferedImage.TYPE_INT_RGB, 640, 480, 200, 40, 380, Color.WHITE, Color.BLUE),
        "jpg",
        three.toFile());
    Path seven = dir.resolve("seven.png");
    ImageIO.write(
        Drawings.digit(
            '7', BufferedImage.TYPE_BYTE_GRAY, 40, 50, 8, 6, 36, Color.BLACK, Color.WHITE),
        "png",
        seven.toFile());
    Cli.Result said =
        good(
            "predict",
            out.resolve("weights.safetensors").toString(),
            three.toString(),
            seven.toString());
    List<String> lines = said.out().lines().toList();
    assertThat(lines).hasSize(8);
    assertThat(lines.get(0)).isEqualTo(three.toString());
    assertThat(lines.get(1)).startsWith("  3 ");
    assertThat(lines.get(4)).isEqualTo(seven.toString());
    assertThat(lines.get(5)).startsWith("  7 ");
    Cli.Result all =
        good("predict", out.resolve("weights.safetensors").toString(), "--all", three.toString());
    assertThat(all.out().lines()).hasSize(11);
  }
}
