package io.cortado.models.pictures;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;

final class PicturesTest {

  private static final List<String> DIGITS =
      IntStream.range(0, 10).mapToObj(Integer::toString).toList();

  @TempDir Path dir;

  private static int count(BufferedImage image, int rgb) {
    int n = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        n += (image.getRGB(x, y) & 0xffffff) == rgb ? 1 : 0;
      }
    }
    return n;
  }

  /** No ink may touch the picture's edge: it would be a label that is cut off. */
  private static void assertNothingIsCut(BufferedImage image) {
    int w = image.getWidth();
    int h = image.getHeight();
    for (int x = 0; x < w; x++) {
      assertThat(image.getRGB(x, 0) & 0xffffff).isEqualTo(0xffffff);
      assertThat(image.getRGB(x, h - 1) & 0xffffff).isEqualTo(0xffffff);
    }
    for (int y = 0; y < h; y++) {
      assertThat(image.getRGB(0, y) & 0xffffff).isEqualTo(0xffffff);
      assertThat(image.getRGB(w - 1, y) & 0xffffff).isEqualTo(0xffffff);
    }
  }

  @Test
  void curvesHaveTheirColours() throws IOException {
    Path file = dir.resolve("curve.png");
    double[] falling = {0.9, 0.4, 0.2};
    double[] above = {0.8, 0.5, 0.4};
    CurvePicture.write(
        file,
        "a title",
        new CurvePicture.Panel("loss", falling, above),
        new CurvePicture.Panel("accuracy", above, falling));
    BufferedImage image = ImageIO.read(file.toFile());
    assertThat(image.getWidth()).isEqualTo(1120);
    assertThat(count(image, 0x1f77b4)).isGreaterThan(500);
    assertThat(count(image, 0xd65f0e)).isGreaterThan(500);
    assertNothingIsCut(image);
  }

  @Test
  void aCurveWithoutNumbersIsLeftOut() throws IOException {
    Path file = dir.resolve("diverged.png");
    double[] nan = {Double.NaN, Double.POSITIVE_INFINITY};
    double[] fine = {0.1, 0.1};
    CurvePicture.write(file, "diverged", new CurvePicture.Panel("loss", nan, fine));
    assertThat(count(ImageIO.read(file.toFile()), 0xd65f0e)).isGreaterThan(100);
  }

  /** XChart looks for labels that differ without an end where the pattern makes them all alike. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void curvesAndFunctionsThatHardlyChangeAreDrawn() throws IOException {
    double[] flat = {0.50001, 0.500013, 0.500016};
    CurvePicture.write(dir.resolve("flat.png"), "flat", new CurvePicture.Panel("loss", flat, flat));
    float[] x = {1.0001f, 1.0002f, 1.0003f};
    FunctionPicture.write(
        dir.resolve("function.png"),
        List.of(
            new FunctionPicture.Panel(
                "flat",
                "x",
                x,
                0.0003,
                List.of(new FunctionPicture.Curve("y", new float[] {1e-4f, 2e-4f, 3e-4f})))));
    assertThat(dir.resolve("flat.png")).isNotEmptyFile();
    assertThat(dir.resolve("function.png")).isNotEmptyFile();
  }

  /** Labels of all the data's points would run together. */
  @Test
  void axesAreLabelledAtRoundNumbers() {
    double[] losses = IntStream.range(0, 75).mapToDouble(i -> 1.0 / (i + 1)).toArray();
    XYChart curve = CurvePicture.chart(new CurvePicture.Panel("loss", losses, losses), 360, 300);
    assertThat(labels(curve)).contains(20.0, 40.0).allMatch(label -> label % 5 == 0 || label == 1);
    float[] x = new float[161];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (-4 + i / 20.0);
    }
    XYChart function =
        FunctionPicture.chart(
            new FunctionPicture.Panel(
                "f", "x", x, 5, List.of(new FunctionPicture.Curve("y", new float[161]))));
    assertThat(labels(function)).contains(-2.0, 0.0, 2.0).allMatch(label -> label % 1 == 0);
  }

  /**
   * Draws, and returns the numbers that were considered for the lower axis, and where it begins and
   * ends.
   */
  private static List<Double> labels(XYChart chart) {
    List<Double> asked = new ArrayList<>();
    chart
        .getStyler()
        .setXAxisTickLabelsFormattingFunction(number -> {
          asked.add(number);
          return String.valueOf(number);
        });
    assertThat(BitmapEncoder.getBufferedImage(chart)).isNotNull();
    return asked;
  }

  @Test
  void confusionIsDarkWhereTheCountsAre() throws IOException {
    for (List<String> classes : List.of(DIGITS, longNames())) {
      long[][] counts = new long[10][10];
      for (int i = 0; i < 10; i++) {
        counts[i][i] = 100;
      }
      Path file = dir.resolve("confusion.png");
      ConfusionPicture.write(file, "all right", counts, classes);
      BufferedImage image = ImageIO.read(file.toFile());
      assertThat(count(image, 0x1b6e3c)).isGreaterThan(10 * 40 * 40);
      assertNothingIsCut(image);
    }
  }

  @Test
  void misreadPicturesAreShownEnlarged() throws IOException {
    List<MisreadPicture.Misread> misread = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      float[] pixels = new float[784];
      java.util.Arrays.fill(pixels, i % 2 == 0 ? 1 : 0.2f);
      misread.add(
          new MisreadPicture.Misread(pixels, 28, 28, longNames().get(i % 10), "Bag", 0.876f));
    }
    Path file = dir.resolve("misread.png");
    MisreadPicture.write(file, "50 misread", misread);
    BufferedImage image = ImageIO.read(file.toFile());
    assertThat(count(image, 0x333333)).isBetween(20 * 84 * 84, 20 * 84 * 84 + 400);
    assertNothingIsCut(image);
    MisreadPicture.write(file, String.format(Locale.ROOT, "none"), List.of());
    assertThat(ImageIO.read(file.toFile()).getHeight()).isGreaterThan(40);
  }

  private static List<String> longNames() {
    return List.of(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot");
  }
}
