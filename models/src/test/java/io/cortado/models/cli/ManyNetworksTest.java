package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.models.Figures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Trains the models that compare many small networks in one picture. */
final class ManyNetworksTest {

  @TempDir Path dir;

  private Figures figures(String... arguments) {
    AtomicReference<Figures> figures = new AtomicReference<>(Figures.NONE);
    CommandLine line = Cortado.commandLine(figures::set);
    StringWriter said = new StringWriter();
    line.setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
    assertThat(line.execute(arguments)).as(said.toString()).isZero();
    return figures.get();
  }

  @Test
  void linesCannotPartAChessboardAndNetworksCan() throws IOException {
    Path out = dir.resolve("board");
    Figures figures =
        figures(
            "train",
            "checkerboard",
            "--squares",
            "2",
            "--points",
            "800",
            "--depths",
            "0,2",
            "--widths",
            "16",
            "--losses",
            "mse,bce",
            "--activations",
            "tanh",
            "--epochs",
            "40",
            "--out",
            out.toString());
    assertThat(figures.get("mean at depth 0")).isBetween(0.3, 0.7);
    assertThat(figures.get("mean at depth 2")).isGreaterThan(0.93);
    BufferedImage picture = ImageIO.read(out.resolve("regions.png").toFile());
    Set<Integer> colors = new HashSet<>();
    for (int x = 0; x < picture.getWidth(); x += 3) {
      colors.add(picture.getRGB(x, picture.getHeight() / 2));
    }
    assertThat(colors).as("both classes' colors and some between").hasSizeGreaterThan(4);
  }

  @Test
  void remediesHelpWhatLearnsByHeart() {
    Path out = dir.resolve("curves");
    Figures figures = figures("train", "overfitting", "--epochs", "60", "--out", out.toString());
    for (String remedy : new String[] {"dropout", "weight decay", "early stopping", "all three"}) {
      assertThat(figures.get(remedy + "'s test loss"))
          .as(remedy)
          .isLessThan(figures.get("depth 4's test loss"));
    }
    assertThat(out.resolve("curves.png")).isNotEmptyFile();
  }

  @Test
  void wrongSettingsAreRefused() {
    String out = dir.resolve("refused").toString();
    assertThat(err("train", "checkerboard", "--losses", "l1", "--out", out))
        .contains("no loss 'l1'");
    assertThat(err("train", "checkerboard", "--activations", "x", "--out", out))
        .contains("no activation 'x'");
    assertThat(err("train", "checkerboard", "--squares", "1", "--out", out)).contains("2 to 16");
    assertThat(err("train", "checkerboard", "--depths", "-1", "--out", out)).contains("0 or more");
    assertThat(err("train", "overfitting", "--data", "iris", "--out", out))
        .contains("no numbers to tell");
    assertThat(err("train", "overfitting", "--data", "none", "--out", out)).contains("no data set");
    assertThat(dir.resolve("refused")).doesNotExist();
  }

  private static String err(String... arguments) {
    Cli.Result r = Cli.run(arguments);
    assertThat(r.code()).isEqualTo(2);
    return r.err();
  }
}
