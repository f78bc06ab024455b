package io.cortado.models.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

/** How far outputs are apart. */
final class Differences {

  private Differences() {}

  /** Returns the largest difference of any output, relative to the largest number of that one. */
  static double largest(Map<String, float[]> expected, Map<String, float[]> actual) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    double worst = 0;
    for (Map.Entry<String, float[]> e : expected.entrySet()) {
      float[] y = actual.get(e.getKey());
      assertThat(y).as(e.getKey()).hasSameSizeAs(e.getValue());
      double size = 1e-30;
      double most = 0;
      for (int i = 0; i < y.length; i++) {
        assertThat(y[i]).as(e.getKey()).isFinite();
        size = Math.max(size, Math.abs(e.getValue()[i]));
        most = Math.max(most, Math.abs((double) y[i] - e.getValue()[i]));
      }
      worst = Math.max(worst, most / size);
    }
    return worst;
  }
}
