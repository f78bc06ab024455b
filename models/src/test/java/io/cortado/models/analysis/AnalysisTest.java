package io.cortado.models.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class AnalysisTest {

  private static final double SMALL = 1e-3;

  private static final double NMI = 0.5158037429793888;

  /** Points on a plane in five dimensions, and noise of deviation 0.1 in all five. */
  private static float[] plane(int n) {
    SplittableRandom random = new SplittableRandom(3);
    float[] rows = new float[5 * n];
    for (int i = 0; i < n; i++) {
      double a = 3 * random.nextGaussian();
      double b = 2 * random.nextGaussian();
      double[] row = {1 + a, 2 + b, a + b, 4, a - b};
      for (int k = 0; k < 5; k++) {
        rows[5 * i + k] = (float) (row[k] + 0.1 * random.nextGaussian());
      }
    }
    return rows;
  }

  @Test
  void twoComponentsTellAPlane() {
    float[] rows = plane(2000);
    try (Device device = Device.cpu()) {
      Pca two = Pca.fit(device, rows, 5, 2);
      assertThat(mse(rows, two.reconstruct(rows))).isCloseTo(0.01 * 3 / 5, within(SMALL));
      assertThat(mse(rows, Pca.fit(device, rows, 5, 1).reconstruct(rows))).isGreaterThan(1);
      assertThat(mse(rows, Pca.fit(device, rows, 5, 5).reconstruct(rows))).isLessThan(1e-9);
      assertThat(two.project(rows)).hasSize(2 * 2000);
      assertThatThrownBy(() -> Pca.fit(device, rows, 5, 6)).hasMessageContaining("1 to 5");
    }
  }

  /** As many components as the rows have numbers: the space is found at once, its axes are not. */
  @Test
  void componentsAreTheAxesOfTheLargestVariances() {
    SplittableRandom random = new SplittableRandom(4);
    int n = 4000;
    float[] rows = new float[3 * n];
    for (int i = 0; i < n; i++) {
      rows[3 * i] = (float) random.nextGaussian();
      rows[3 * i + 1] = (float) (3 * random.nextGaussian());
      rows[3 * i + 2] = (float) (2 * random.nextGaussian());
    }
    try (Device device = Device.cpu()) {
      for (int count = 1; count <= 3; count++) {
        float[] codes = Pca.fit(device, rows, 3, count).project(rows);
        double[] deviations = {3, 2, 1};
        for (int k = 0; k < count; k++) {
          double squares = 0;
          for (int i = 0; i < n; i++) {
            squares += codes[i * count + k] * codes[i * count + k];
          }
          assertThat(Math.sqrt(squares / n)).isCloseTo(deviations[k], within(0.1));
        }
      }
    }
  }

  private static double mse(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    }
    return sum / a.length;
  }

  @Test
  void clustersFarApartAreFound() {
    SplittableRandom random = new SplittableRandom(5);
    int[] classes = new int[300];
    float[] rows = new float[600];
    for (int i = 0; i < 300; i++) {
      classes[i] = i % 3;
      rows[2 * i] = (float) (10 * (i % 3) + random.nextGaussian());
      rows[2 * i + 1] = (float) (5 * (i % 3 == 1 ? 1 : -1) + random.nextGaussian());
    }
    try (Device device = Device.cpu()) {
      Clusters found = Clusters.compare(KMeans.cluster(device, rows, 2, 3, 1), classes);
      assertThat(found.purity()).isCloseTo(1, within(1e-9));
      assertThat(found.nmi()).isCloseTo(1, within(1e-9));
      assertThatThrownBy(() -> KMeans.cluster(device, new float[4], 2, 3, 1))
          .hasMessageContaining("3 clusters of 2 rows");
    }
  }

  /** The number is that of scikit-learn 1.2.1. */
  @Test
  void figuresAreThoseOfScikitLearn() {
    int[] classes = {0, 0, 1, 1, 2, 2};
    assertThat(Clusters.compare(new int[6], classes).nmi()).isCloseTo(0, within(1e-12));
    Clusters c = Clusters.compare(new int[] {0, 0, 0, 1, 1, 1}, classes);
    assertThat(c.purity()).isCloseTo(4.0 / 6, within(1e-12));
    assertThat(c.nmi()).isCloseTo(NMI, within(1e-9));
    assertThat(Clusters.compare(Arrays.copyOf(classes, 6), classes).nmi())
        .isCloseTo(1, within(1e-12));
  }
}
