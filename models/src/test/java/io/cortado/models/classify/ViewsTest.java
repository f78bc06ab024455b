package io.cortado.models.classify;

import static io.cortado.nn.Layers.flatten;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.data.Row;
import io.cortado.data.Scaling;
import io.cortado.nn.Layer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ViewsTest {

  private static final float BLACK = -2;

  /** Two pictures of 8 x 8 pixels with numbers of their own. */
  private static final Dataset PICTURES =
      ArrayDataset.of(ramp(2 * 64), new int[] {0, 1}, 2, 1, 8, 8);

  private static float[] ramp(int count) {
    float[] x = new float[count];
    IntStream.range(0, count).forEach(i -> x[i] = i + 1);
    return x;
  }

  private static ImageModel model(int side) {
    return new ImageModel(
        "alexnet",
        "cifar",
        "pictures",
        Shape.of(1, side, side),
        0,
        List.of("a", "b"),
        Scaling.normalize(new float[] {0.5f}, new float[] {0.25f}));
  }

  private static float[] first(Dataset set) {
    Row row = Row.of(set).at(1, 0, 0);
    set.read(0, row);
    return row.floats(0).clone();
  }

  @Test
  void cornersAreThoseOfTheLargerPicture() {
    List<Dataset> seen = Views.TEN.of(PICTURES, model(6));

    assertThat(seen).hasSize(10).allSatisfy(v -> assertThat(v.labels()).containsExactly(0, 1));
    // the first pixel's number tells the place: one row is 8 numbers
    assertThat(seen.stream().map(v -> first(v)[0]))
        .containsExactly(10f, 15f, 1f, 6f, 3f, 8f, 17f, 22f, 19f, 24f);
  }

  @Test
  void wholePicturesGetAnEdgeOfBlack() {
    List<Dataset> seen = Views.TEN.of(PICTURES, model(8));

    assertThat(first(seen.getFirst())).isEqualTo(first(PICTURES));
    float[] corner = first(seen.get(2)); // top left: the picture moved down and right
    assertThat(Arrays.copyOf(corner, 8 * Views.EDGE)).containsOnly(BLACK);
    assertThat(corner[9 * Views.EDGE]).isEqualTo(1);
    float[] opposite = first(seen.get(8));
    assertThat(opposite[0]).isEqualTo(9 * Views.EDGE + 1);
    assertThat(opposite[63]).isEqualTo(BLACK);
  }

  @Test
  void oneViewIsThePictureAndTwoAreMirroredToo() {
    assertThat(Views.ONE.of(PICTURES, model(8)))
        .singleElement()
        .satisfies(v -> assertThat(first(v)).isEqualTo(first(PICTURES)));
    assertThat(Views.TWO.of(PICTURES, model(8)).stream().map(v -> first(v)[0]))
        .containsExactly(1f, 8f);
  }

  @Test
  void probabilitiesOfAllViewsAreAveraged() {
    try (Device device = Device.cpu()) {
      Layer network = sequential(flatten(), linear(36, 2)).init(device, 3);
      List<Dataset> seen = Views.TEN.of(PICTURES, model(6));

      TestResult all = TestResult.of(network, seen);

      for (int sample = 0; sample < 2; sample++) {
        double[] mean = new double[2];
        for (Dataset view : seen) {
          TestResult one = TestResult.of(network, view);
          mean[one.predicted(sample)] += one.probability(sample) / seen.size();
          mean[1 - one.predicted(sample)] += (1 - one.probability(sample)) / seen.size();
        }
        int best = mean[1] > mean[0] ? 1 : 0;
        assertThat(all.predicted(sample)).isEqualTo(best);
        assertThat((double) all.probability(sample)).isCloseTo(mean[best], within(1e-5));
      }
    }
  }
}
