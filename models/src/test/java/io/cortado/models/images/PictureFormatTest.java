package io.cortado.models.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cortado.data.Dataset;
import io.cortado.data.Row;
import io.cortado.data.Scaling;
import io.cortado.models.InputException;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.Digits;
import io.cortado.models.data.Mnist;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

final class PictureFormatTest {

  private static final Color CLEAR = new Color(0, 0, 0, 0);
  private static final int RGB = BufferedImage.TYPE_INT_RGB;

  private static float[] mnist(BufferedImage image) {
    return PictureFormat.MNIST.convert(image, "test").values();
  }

  private static double meanDifference(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum / a.length;
  }

  @Test
  void theSameDigitInAnySizePlaceAndColoursComesOutTheSame() {
    float[] reference =
        mnist(Drawings.digit('3', RGB, 400, 400, 90, 70, 250, Color.WHITE, Color.BLACK));
    BufferedImage[] others = {
      Drawings.digit('3', RGB, 400, 400, 90, 70, 250, Color.BLACK, Color.WHITE),
      Drawings.digit('3', RGB, 1500, 900, 700, 20, 800, Color.WHITE, Color.BLACK),
      Drawings.digit('3', RGB, 90, 120, 8, 50, 60, new Color(0xf4ecd8), new Color(0x10306a)),
      Drawings.digit('3', BufferedImage.TYPE_BYTE_GRAY, 64, 64, 10, 5, 50, Color.BLACK, Color.GRAY),
      Drawings.digit('3', BufferedImage.TYPE_INT_ARGB, 300, 300, 60, 30, 200, CLEAR, Color.BLACK),
      Drawings.digit('3', BufferedImage.TYPE_INT_ARGB, 300, 300, 60, 30, 200, CLEAR, Color.WHITE),
    };
    for (int i = 0; i < others.length; i++) {
      assertThat(meanDifference(reference, mnist(others[i]))).as("picture %d", i).isLessThan(0.012);
    }
    float[] seven =
        mnist(Drawings.digit('7', RGB, 400, 400, 90, 70, 250, Color.WHITE, Color.BLACK));
    assertThat(meanDifference(reference, seven)).isGreaterThan(0.1);
  }

  @Test
  void smallPicturesAreEnlargedSmoothly() {
    float[] reference =
        mnist(Drawings.digit('3', RGB, 400, 400, 90, 70, 250, Color.WHITE, Color.BLACK));
    float[] small = mnist(Drawings.digit('3', RGB, 16, 16, 3, 2, 12, Color.WHITE, Color.BLACK));
    assertThat(meanDifference(reference, small)).isLessThan(0.06);
  }

  @Test
  void theInkFillsTwentyPixelsAndItsMassIsCentred() {
    GreyImage out =
        PictureFormat.MNIST.convert(
            Drawings.digit('7', RGB, 500, 300, 300, 20, 180, Color.WHITE, Color.BLACK), "test");
    int top = 28;
    int bottom = 0;
    for (int y = 0; y < 28; y++) {
      for (int x = 0; x < 28; x++) {
        if (out.at(x, y) > 0.25) {
          top = Math.min(top, y);
          bottom = Math.max(bottom, y + 1);
        }
      }
    }
    assertThat(bottom - top).isBetween(20, 21);
    assertThat(out.centreOfMass().x()).isCloseTo(14, within(0.1));
    assertThat(out.centreOfMass().y()).isCloseTo(14, within(0.1));
  }

  @Test
  void noiseAndShadowOfAPhotoDoNotMoveTheDigit() {
    BufferedImage photo = Drawings.digit('3', RGB, 400, 400, 90, 70, 250, Color.WHITE, Color.BLACK);
    float[] reference = mnist(photo);
    java.util.Random random = new java.util.Random(1);
    for (int y = 0; y < 400; y++) {
      for (int x = 0; x < 400; x++) {
        int v = photo.getRGB(x, y) & 255;
        int grey = Math.clamp((int) (v * 0.8) + 20 + random.nextInt(14), 0, 255);
        photo.setRGB(x, y, grey << 16 | grey << 8 | grey);
      }
    }
    assertThat(meanDifference(reference, mnist(photo))).isLessThan(0.02);
  }

  @Test
  void picturesOfTheDataSetsThemselvesAreTakenAsTheyAre() {
    assertThat(changed(PictureFormat.MNIST, new Mnist().test(DataHome.standard().offline())))
        .isLessThan(10);
    assertThat(changed(PictureFormat.DIGITS, new Digits().test(DataHome.standard().offline())))
        .isZero();
  }

  /** Counts those of the first 400 pictures that come out otherwise. */
  private static int changed(PictureFormat format, Dataset set) {
    int side = set.inputShape().dim(1);
    Scaling scaling = side == 28 ? new Mnist().info().scaling() : new Digits().info().scaling();
    Row row = Row.of(set);
    int changed = 0;
    for (int i = 0; i < 400; i++) {
      set.read(i, row.at(0, 0, i));
      BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
      float[] pixels = new float[side * side];
      float white = 0;
      for (int k = 0; k < pixels.length; k++) {
        int v = scaling.invert(0, row.floats(0)[k]);
        image.getRaster().setSample(k % side, k / side, 0, v);
        pixels[k] = v / 255f;
        white = Math.max(white, pixels[k]);
      }
      for (int k = 0; k < pixels.length; k++) {
        pixels[k] /= white;
      }
      float[] out = format.convert(image, "test").values();
      changed += meanDifference(pixels, out) < 0.002 ? 0 : 1;
    }
    return changed;
  }

  @Test
  void clothesFillTheFieldAndKeepTheirGreyLevels() {
    BufferedImage shirt = new BufferedImage(200, 300, RGB);
    Graphics2D g = shirt.createGraphics();
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, 200, 300);
    g.setColor(Color.GRAY);
    g.fillRect(50, 30, 100, 200);
    g.dispose();
    GreyImage out = PictureFormat.FASHION_MNIST.convert(shirt, "test");
    assertThat(out.at(14, 14)).isCloseTo(127 / 255f, within(0.02f));
    assertThat(out.at(14, 1)).isGreaterThan(0.4f);
    assertThat(out.at(14, 26)).isGreaterThan(0.4f);
    assertThat(out.at(5, 14)).isZero();
  }

  @Test
  void anEmptyPictureIsRefused() {
    BufferedImage blank = new BufferedImage(50, 50, RGB);
    assertThatThrownBy(() -> PictureFormat.MNIST.convert(blank, "blank.png"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("blank.png")
        .hasMessageContaining("empty");
  }
}
