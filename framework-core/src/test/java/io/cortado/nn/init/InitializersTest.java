package io.cortado.nn.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Philox;
import io.cortado.RandomStream;
import io.cortado.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class InitializersTest {

  private static final Shape CONV = Shape.of(64, 32, 3, 3); // fan-in 288, fan-out 576

  private static float[] draw(Initializer init, Shape shape) {
    float[] v = new float[(int) shape.size()];
    java.util.Arrays.fill(v, Float.NaN);
    init.fill(v, shape, new Philox(1, RandomStream.INIT, 0, 0));
    return v;
  }

  private static double std(float[] v) {
    double mean = 0;
    for (float x : v) {
      mean += x;
    }
    mean /= v.length;
    double squares = 0;
    for (float x : v) {
      squares += (x - mean) * (x - mean);
    }
    return Math.sqrt(squares / v.length);
  }

  private static double largest(float[] v) {
    double m = 0;
    for (float x : v) {
      m = Math.max(m, Math.abs(x));
    }
    return m;
  }

  private static void isUniform(Initializer init, double bound) {
    float[] v = draw(init, CONV);
    assertThat(largest(v)).isBetween(0.999 * bound, bound);
    assertThat(std(v)).isCloseTo(bound / Math.sqrt(3), within(0.02 * bound));
  }

  private static void isNormal(Initializer init, double std) {
    float[] v = draw(init, CONV);
    assertThat(std(v)).isCloseTo(std, within(0.02 * std));
    assertThat(largest(v)).isGreaterThan(3 * std);
  }

  @Test
  void boundsAndDeviationsAreTorchs() {
    isUniform(Initializers.torchDefault(), 1 / Math.sqrt(288));
    isUniform(Initializers.torchDefaultBias(CONV), 1 / Math.sqrt(288));
    isUniform(Initializers.xavierUniform(2), 2 * Math.sqrt(6.0 / (288 + 576)));
    isUniform(
        Initializers.kaimingUniform(0, FanMode.FAN_OUT, Nonlinearity.RELU), Math.sqrt(6.0 / 576));
    isNormal(Initializers.xavierNormal(1), Math.sqrt(2.0 / (288 + 576)));
    isNormal(
        Initializers.kaimingNormal(0.2, FanMode.FAN_IN, Nonlinearity.LEAKY_RELU),
        Math.sqrt(2 / (1 + 0.04) / 288));
    isNormal(Initializers.normal(0, 0.3), 0.3);
  }

  @Test
  void truncatedNormalStaysInside() {
    float[] v = draw(Initializers.truncNormal(0, 1, -0.5, 2), CONV);
    for (float x : v) {
      assertThat(x).isBetween(-0.5f, 2f);
    }
    assertThat(std(v)).isLessThan(0.7);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Initializers.truncNormal(0, 1, 20, 21))
        .withMessageContaining("hardly anything");
  }

  /** Tails, one of them out of reach for the generator, and intervals of hardly any width. */
  @Test
  @Timeout(60)
  void truncatedNormalFollowsTheDensityWhereItIsRare() {
    isTruncated(0, 1, 7, 8);
    isTruncated(0, 1, 2.5, Double.POSITIVE_INFINITY);
    isTruncated(3, 2, -9, -4);
    isTruncated(0, 1, -1e-3, 2e-3);
    isTruncated(1, 0.5, 1.2, 1.2001);
    isTruncated(0, 1, 1.5, 6);
  }

  private static void isTruncated(double mean, double std, double low, double high) {
    float[] v = draw(Initializers.truncNormal(mean, std, low, high), CONV);
    double end = Math.min(high, low + 8 * std);
    double mass = 0;
    double first = 0;
    double second = 0;
    int cells = 100_000;
    for (int i = 0; i < cells; i++) {
      double x = low + (i + 0.5) / cells * (end - low);
      double density =
          Math.exp(((low - mean) * (low - mean) - (x - mean) * (x - mean)) / std / std / 2);
      mass += density;
      first += density * (x - low);
      second += density * (x - low) * (x - low);
    }
    double deviation = Math.sqrt(second / mass - first / mass * (first / mass));
    double sum = 0;
    for (float x : v) {
      assertThat((double) x).isBetween((double) (float) low, (double) (float) high);
      sum += x - low;
    }
    String what = mean + ", " + std + " in " + low + " to " + high;
    double error = deviation / Math.sqrt(v.length);
    assertThat(sum / v.length).as(what).isCloseTo(first / mass, within(4 * error));
    assertThat(std(v)).as(what).isCloseTo(deviation, within(0.03 * deviation));
  }

  @Test
  void orthogonalRowsOrColumnsAreOrthonormal() {
    for (Shape s : new Shape[] {Shape.of(5, 9), Shape.of(9, 5), Shape.of(8, 2, 2, 3)}) {
      int rows = s.dim(0);
      int cols = (int) (s.size() / rows);
      float[] v = draw(Initializers.orthogonal(2), s);
      int few = Math.min(rows, cols);
      for (int a = 0; a < few; a++) {
        for (int b = 0; b < few; b++) {
          double dot = 0;
          for (int k = 0; k < Math.max(rows, cols); k++) {
            dot +=
                rows <= cols
                    ? v[a * cols + k] * v[b * cols + k]
                    : v[k * cols + a] * v[k * cols + b];
          }
          assertThat(dot).as("%s: %d . %d", s, a, b).isCloseTo(a == b ? 4 : 0, within(1e-5));
        }
      }
    }
  }

  @Test
  void identitiesPassTheirInputThrough() {
    assertThat(draw(Initializers.eye(), Shape.of(2, 3))).containsExactly(1, 0, 0, 0, 1, 0);
    float[] dirac = draw(Initializers.dirac(2), Shape.of(4, 2, 3));
    for (int o = 0; o < 4; o++) {
      for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 3; k++) {
          assertThat(dirac[(o * 2 + i) * 3 + k]).isEqualTo(i == o % 2 && k == 1 ? 1 : 0);
        }
      }
    }
  }

  @Test
  void sparseColumnsHaveTheirShareOfZeros() {
    float[] v = draw(Initializers.sparse(0.3, 1), Shape.of(10, 4));
    for (int c = 0; c < 4; c++) {
      int zeros = 0;
      for (int r = 0; r < 10; r++) {
        zeros += v[r * 4 + c] == 0 ? 1 : 0;
      }
      assertThat(zeros).isEqualTo(3);
    }
  }

  @Test
  void fansNeedAMatrix() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> draw(Initializers.torchDefault(), Shape.of(7)))
        .withMessageContaining("[7]")
        .withMessageContaining("rank");
  }
}
