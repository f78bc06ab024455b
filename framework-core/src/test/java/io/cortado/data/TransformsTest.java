package io.cortado.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Shape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TransformsTest {

  private static final Shape SHAPE = Shape.of(new int[] {2, 3, 4});

  private static float[] image() {
    float[] x = new float[24];
    for (int i = 0; i < x.length; i++) {
      x[i] = i + 1;
    }
    return x;
  }

  private static float[] apply(Transform t, Shape shape, float[] x, int sample) {
    Dataset d = ArrayDataset.builder().floats("inputs", x, shape.toArray()).build().map(t);
    Row row = Row.of(d).at(5, 0, sample);
    Arrays.fill(row.floats(0), Float.NaN);
    d.read(0, row);
    return row.floats(0).clone();
  }

  @Test
  void randomCropMovesBothChannelsAlikeAndReachesEveryPlace() {
    Set<Integer> seen = new HashSet<>();
    for (int sample = 0; sample < 500; sample++) {
      float[] y = apply(Transforms.randomCrop(2, -1), SHAPE, image(), sample);
      int found = -1;
      for (int down = -2; down <= 2; down++) {
        for (int right = -2; right <= 2; right++) {
          if (Arrays.equals(y, moved(down, right))) {
            found = 5 * (down + 2) + right + 2;
          }
        }
      }
      assertThat(found).as("sample %d gave %s", sample, Arrays.toString(y)).isNotNegative();
      seen.add(found);
    }
    assertThat(seen).hasSize(25);
  }

  private static float[] moved(int down, int right) {
    float[] x = image();
    float[] y = new float[24];
    for (int c = 0; c < 2; c++) {
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 4; j++) {
          int si = i - down;
          int sj = j - right;
          boolean inside = si >= 0 && si < 3 && sj >= 0 && sj < 4;
          y[12 * c + 4 * i + j] = inside ? x[12 * c + 4 * si + sj] : -1;
        }
      }
    }
    return y;
  }

  @Test
  void flipMirrorsAboutHalfOfTheSamples() {
    float[] mirrored = {
      4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9, 16, 15, 14, 13, 20, 19, 18, 17, 24, 23, 22, 21
    };
    int flipped = 0;
    for (int sample = 0; sample < 1000; sample++) {
      float[] y = apply(Transforms.randomHorizontalFlip(0.5), SHAPE, image(), sample);
      boolean f = Arrays.equals(y, mirrored);
      assertThat(f || Arrays.equals(y, image())).isTrue();
      flipped += f ? 1 : 0;
    }
    assertThat(flipped).isBetween(440, 560); // 3.8 standard deviations
  }

  @Test
  void resizeIsTorchsBilinear() {
    float[] x = new float[12];
    for (int i = 0; i < 12; i++) {
      x[i] = i;
    }
    // torch.nn.functional.interpolate(arange(12).reshape(1, 1, 3, 4), (5, 3), mode="bilinear")
    float[] expected = {
      0.1666667f,
      1.5f,
      2.833333f,
      1.766667f,
      3.1f,
      4.433333f,
      4.166667f,
      5.5f,
      6.833333f,
      6.566667f,
      7.9f,
      9.233333f,
      8.166667f,
      9.5f,
      10.833333f
    };
    float[] y = apply(Transforms.resize(5, 3), Shape.of(new int[] {1, 3, 4}), x, 0);
    assertThat(y).hasSize(15);
    for (int i = 0; i < 15; i++) {
      assertThat(y[i]).as("element %d", i).isCloseTo(expected[i], within(1e-5f));
    }
  }

  @Test
  void affineWithoutFreedomChangesNothing() {
    assertThat(apply(Transforms.randomAffine(0, 0, 1, 1, -1), SHAPE, image(), 0))
        .isEqualTo(image());
  }

  @Test
  void affineScalesAboutTheCentre() {
    float[] x = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    float[] y =
        apply(Transforms.randomAffine(0, 0, 0.5, 0.5, 0), Shape.of(new int[] {1, 3, 3}), x, 0);
    assertThat(y).containsExactly(0, 0, 0, 0, 5, 0, 0, 0, 0); // pixel (0, 0) comes from (-1, -1)
  }

  @Test
  void rotationKeepsTheCentreAndDistances() {
    float[] x = new float[25 * 25];
    x[12 * 25 + 20] = 1; // eight pixels to the right of the centre
    Shape shape = Shape.of(new int[] {1, 25, 25});
    double least = 0;
    double most = 0;
    for (int sample = 0; sample < 200; sample++) {
      float[] y = apply(Transforms.randomRotation(30, 0), shape, x, sample);
      double sum = 0;
      double cx = 0;
      double cy = 0;
      for (int i = 0; i < y.length; i++) {
        sum += y[i];
        cx += y[i] * (i % 25 - 12);
        cy += y[i] * (i / 25 - 12);
      }
      assertThat(Math.hypot(cx / sum, cy / sum)).isCloseTo(8, within(0.35));
      double angle = Math.toDegrees(Math.atan2(cy, cx));
      least = Math.min(least, angle);
      most = Math.max(most, angle);
    }
    assertThat(least).isBetween(-33.0, -26.0);
    assertThat(most).isBetween(26.0, 33.0);
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transforms.randomHorizontalFlip(1.5))
        .withMessageContaining("1.5");
    assertThatIllegalArgumentException().isThrownBy(() -> Transforms.randomCrop(-1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Transforms.resize(0, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> Transforms.randomRotation(Double.NaN, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transforms.randomAffine(0, 0, 2, 1, 0))
        .withMessageContaining("2.0 to 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Transforms.normalize(new float[3], new float[] {1, 1, 1}).outputShape(SHAPE))
        .withMessage("normalize: 3 means for a field of shape [2, 3, 4]");
  }

  @Test
  void cropsAreWhatTheyAreCutOutOf() {
    assertThat(apply(Transforms.centerCrop(1, 2), SHAPE, image(), 0)).containsExactly(6, 7, 18, 19);
    // Halves go to even numbers: round(0.5) is 0 and round(1.5) is 2, for Python and torchvision.
    Shape line = Shape.of(new int[] {1, 1, 5});
    float[] five = {0, 1, 2, 3, 4};
    assertThat(apply(Transforms.centerCrop(1, 4), line, five, 0)).containsExactly(0, 1, 2, 3);
    assertThat(apply(Transforms.centerCrop(1, 2), line, five, 0)).containsExactly(2, 3);
    Set<Float> corners = new HashSet<>();
    for (int sample = 0; sample < 200; sample++) {
      float[] y = apply(Transforms.randomCropTo(2, 3), SHAPE, image(), sample);
      float first = y[0];
      corners.add(first);
      assertThat(y)
          .containsExactly(
              first,
              first + 1,
              first + 2,
              first + 4,
              first + 5,
              first + 6, //
              first + 12,
              first + 13,
              first + 14,
              first + 16,
              first + 17,
              first + 18);
    }
    assertThat(corners).containsExactlyInAnyOrder(1f, 2f, 5f, 6f);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> apply(Transforms.centerCrop(4, 4), SHAPE, image(), 0))
        .withMessageContaining("4 x 4 cannot be cut out of [2, 3, 4]");
  }

  @Test
  void aCropLiesWhereItIsAskedFor() {
    assertThat(apply(Transforms.crop(1, 2, 2, 2), SHAPE, image(), 0))
        .containsExactly(7, 8, 11, 12, 19, 20, 23, 24);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> apply(Transforms.crop(2, 0, 2, 4), SHAPE, image(), 0))
        .withMessageContaining("2 x 4 from row 2 and column 0 on do not lie within [2, 3, 4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transforms.crop(-1, 0, 2, 2))
        .withMessageContaining("top -1");
  }

  @Test
  void horizontalFlipMirrorsEverySample() {
    for (int sample = 0; sample < 50; sample++) {
      assertThat(apply(Transforms.horizontalFlip(), SHAPE, image(), sample))
          .startsWith(4, 3, 2, 1, 8)
          .endsWith(22, 21);
    }
  }

  @Test
  void cutoutFillsASquareInAllChannels() {
    Set<Integer> sizes = new HashSet<>();
    for (int sample = 0; sample < 300; sample++) {
      float[] y = apply(Transforms.cutout(2, -7), SHAPE, image(), sample);
      int filled = 0;
      for (int i = 0; i < 12; i++) {
        assertThat(y[i] == -7).isEqualTo(y[i + 12] == -7);
        assertThat(y[i] == -7 || y[i] == i + 1).isTrue();
        filled += y[i] == -7 ? 1 : 0;
      }
      sizes.add(filled);
    }
    assertThat(sizes).containsExactlyInAnyOrder(1, 2, 4); // in a corner, at an edge, inside
  }

  @Test
  void lightingAddsOneColorToAllPixels() {
    float[][] components = {{1, 2}, {0, 0}};
    double squares = 0;
    for (int sample = 0; sample < 2000; sample++) {
      float[] y = apply(Transforms.pcaLighting(components, 0.5), SHAPE, image(), sample);
      float much = y[0] - 1;
      squares += much * much;
      for (int i = 0; i < 24; i++) {
        assertThat(y[i]).isCloseTo(i + 1 + (i < 12 ? much : 2 * much), within(1e-5f));
      }
    }
    assertThat(squares / 2000).isCloseTo(0.25, within(0.03));
  }

  @Test
  void colorJitterWithoutChangesNothingAndKeepsGreyGrey() {
    Scaling scaling = Scaling.normalize(0.5f, 0.25f);
    Shape rgb = Shape.of(new int[] {3, 1, 2});
    float[] x = {-1, 1.5f, 0.2f, -0.4f, 0, 1};
    float[] same = apply(Transforms.colorJitter(0, 0, 0, scaling), rgb, x.clone(), 0);
    for (int i = 0; i < x.length; i++) {
      assertThat(same[i]).isCloseTo(x[i], within(1e-5f));
    }
    Scaling two = Scaling.normalize(new float[] {0, 0}, new float[] {1, 1});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transforms.colorJitter(0, 0, 0, two))
        .withMessageContainingAll("colorJitter", "2 channels", "3");
    boolean changed = false;
    for (int sample = 0; sample < 100; sample++) {
      float[] grey = {-1, 1, -1, 1, -1, 1};
      float[] y = apply(Transforms.colorJitter(0.5, 0.5, 1, scaling), rgb, grey, sample);
      changed |= Math.abs(y[1] - 1) > 0.1;
      for (int c = 1; c < 3; c++) {
        assertThat(y[2 * c]).isCloseTo(y[0], within(1e-5f));
        assertThat(y[2 * c + 1]).isCloseTo(y[1], within(1e-5f));
      }
      assertThat(y[0]).isBetween(-2.0001f, 2.0001f); // pixels stay between 0 and 1
    }
    assertThat(changed).isTrue();
  }

  @Test
  void mixupBlendsInputsAndClassesByTheSameShare() {
    int n = 4;
    float[] x = {0, 1, 2, 3};
    Dataset plain = ArrayDataset.of(x, new int[] {0, 1, 2, 3}, n, 1);
    Dataset mixed = plain.mixup(0.4);
    Row row = Row.of(mixed);
    double extreme = 0;
    for (int sample = 0; sample < 2000; sample++) {
      Arrays.fill(row.floats(0), Float.NaN);
      Arrays.fill(row.floats(1), Float.NaN);
      mixed.read(sample % n, row.at(3, sample / n, sample % n));
      float sum = 0;
      float blended = 0;
      for (int c = 0; c < n; c++) {
        sum += row.floats(1)[c];
        blended += row.floats(1)[c] * c;
      }
      assertThat(sum).isCloseTo(1, within(1e-6f));
      assertThat(row.floats(0)[0]).isCloseTo(blended, within(1e-5f));
      extreme += row.floats(1)[sample % n] > 0.9 || row.floats(1)[sample % n] < 0.1 ? 1 : 0;
    }
    // Beta(0.4, 0.4) has 0.53 of its mass below 0.1 and above 0.9; a quarter are blends with self.
    assertThat(extreme / 2000).isCloseTo(0.25 + 0.75 * 0.53, within(0.05));
    assertThatIllegalArgumentException().isThrownBy(() -> plain.mixup(0));
  }

  @Test
  void mixupRefusesAClassThatIsNone() {
    for (int wrong : new int[] {4, 5, -1}) {
      // Both samples have it, so that it is met as the other one's and as the own.
      Dataset mixed = ArrayDataset.of(new float[2], new int[] {wrong, wrong}, 4, 1).mixup(1);
      Row row = Row.of(mixed);
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> mixed.read(1, row.at(3, 0, 1)))
          .withMessageContainingAll("mixup", "sample", "class " + wrong, "4 classes");
    }
  }
}
