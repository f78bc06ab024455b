package io.cortado.cpu.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.NormSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.Simd;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Batch norms of every cut beside sums in double precision, at numbers that are hard to sum. */
class BatchNormTest {

  private static final float EPS = 1e-5f;

  /** Relative: a float's own error, some sums of floats, and the squares'. */
  private static final double SUMMED = 2e-6;

  static Stream<Arguments> cases() {
    List<BatchNormSpec> specs =
        List.of(
            // One part and several groups; parts; parts and groups; runs beyond a sum's pieces.
            new BatchNormSpec(9, 1000, 1, EPS),
            new BatchNormSpec(5000, 37, 1, EPS),
            new BatchNormSpec(3000, 530, 1, EPS),
            new BatchNormSpec(70, 19, 49, EPS),
            new BatchNormSpec(2, 65, 1030, EPS),
            new BatchNormSpec(1, 3, 20_011, EPS),
            new BatchNormSpec(1025, 1, 1, EPS));
    return Stream.of(Simd.Choice.VECTOR_API, Simd.Choice.SCALAR)
        .flatMap(simd -> specs.stream().map(spec -> Arguments.of(simd, spec)));
  }

  /** What a batch norm of x gives, and its gradients for dy. */
  private record Result(float[] y, float[] mean, float[] invStd, float[] dx, float[] dGamma) {}

  private static Result run(Simd.Choice choice, BatchNormSpec s, float[] x, float[] dy) {
    Simd simd = Simd.choose(choice);
    int n = x.length;
    int channels = s.channels();
    Result r = new Result(nan(n), nan(channels), nan(channels), nan(n), nan(channels));
    try (Workers workers = new Workers(2)) {
      BatchNorm norm = new BatchNorm(simd.ops(), simd.norm(), workers);
      norm.train(s, 0.1f, x, 0, null, 0, null, 0, null, 0, null, 0, r.y, 0, r.mean, 0, r.invStd, 0);
      norm.backward(
          s, true, x, 0, null, 0, r.mean, 0, r.invStd, 0, dy, 0, 0, r.dx, 0, 0, r.dGamma, 0, 0,
          null, 0);
    }
    return r;
  }

  private static float[] nan(int n) {
    float[] values = new float[n];
    Arrays.fill(values, Float.NaN);
    return values;
  }

  private static int channel(BatchNormSpec s, int i) {
    return i / s.inner() % s.channels();
  }

  /** Millions of numbers: only one that is wrong is described. */
  private static void near(String what, int at, float actual, double expected, double tolerance) {
    if (!(Math.abs(actual - expected) <= tolerance)) {
      assertThat((double) actual).as("%s %d", what, at).isCloseTo(expected, within(tolerance));
    }
  }

  private static void check(BatchNormSpec s, float[] x, float[] dy, Result r) {
    double[] mean = new double[s.channels()];
    double[] variance = new double[s.channels()];
    double[] sum = new double[s.channels()];
    double[] dot = new double[s.channels()];
    for (int i = 0; i < x.length; i++) {
      mean[channel(s, i)] += (double) x[i] / s.count();
      sum[channel(s, i)] += (double) dy[i] / s.count();
    }
    for (int i = 0; i < x.length; i++) {
      double d = x[i] - mean[channel(s, i)];
      variance[channel(s, i)] += d * d / s.count();
      dot[channel(s, i)] += d * dy[i] / s.count();
    }
    for (int c = 0; c < s.channels(); c++) {
      double inverse = 1 / Math.sqrt(variance[c] + s.eps());
      near("mean", c, r.mean[c], mean[c], Math.ulp(r.mean[c]) + SUMMED / inverse);
      near("deviation", c, r.invStd[c], inverse, inverse * SUMMED);
    }
    for (int i = 0; i < x.length; i++) {
      int c = channel(s, i);
      double inverse = 1 / Math.sqrt(variance[c] + s.eps());
      double at = (x[i] - mean[c]) * inverse;
      // x itself has been rounded: what is left of a distance is as exact as the mean is.
      double lost = Math.ulp((float) mean[c]) * inverse;
      near("y", i, r.y[i], at, (1 + Math.abs(at)) * SUMMED + lost);
      double dx = inverse * (dy[i] - sum[c] - at * inverse * dot[c]);
      near("dx", i, r.dx[i], dx, inverse * (1 + Math.abs(at)) * (SUMMED + lost) * 4);
    }
  }

  private static float[] input(BatchNormSpec s) {
    int n = (int) s.count() * s.channels();
    return Arrays.copyOf(KernelCase.random(n, 1), n);
  }

  private static float[] gradient(int n) {
    return Arrays.copyOf(KernelCase.random(n, 2), n);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void asInDoublePrecision(Simd.Choice choice, BatchNormSpec s) {
    float[] x = input(s);
    check(s, x, gradient(x.length), run(choice, s, x, gradient(x.length)));
  }

  /** A mean of a thousand deviations, which differs from image to image. */
  @ParameterizedTest
  @MethodSource("cases")
  void farFromZero(Simd.Choice choice, BatchNormSpec s) {
    float[] x = input(s);
    for (int i = 0; i < x.length; i++) {
      x[i] += 1000 + 3 * channel(s, i);
    }
    check(s, x, gradient(x.length), run(choice, s, x, gradient(x.length)));
  }

  /** What the mean is guessed from is nothing like the rest, where there is a rest. */
  @ParameterizedTest
  @MethodSource("cases")
  void withFirstImagesFarFromTheOthers(Simd.Choice choice, BatchNormSpec s) {
    float[] x = input(s);
    for (int i = 0; i < x.length; i++) {
      int image = i / (s.channels() * s.inner());
      x[i] += image < 32 && i % s.inner() < 64 ? 5e5f : 0;
    }
    check(s, x, gradient(x.length), run(choice, s, x, gradient(x.length)));
  }

  /** Squares beyond floats. */
  @ParameterizedTest
  @MethodSource("cases")
  void ofHugeNumbers(Simd.Choice choice, BatchNormSpec s) {
    float[] x = input(s);
    for (int i = 0; i < x.length; i++) {
      x[i] *= 1e21f;
    }
    Result r = run(choice, s, x, new float[x.length]);
    check(s, x, new float[x.length], r);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aChannelOfOneNumberBecomesZero(Simd.Choice choice, BatchNormSpec s) {
    float[] x = new float[(int) s.count() * s.channels()];
    Arrays.fill(x, 1234.567f);
    assertThat(run(choice, s, x, new float[x.length]).y).containsOnly(0f);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void layerNormOfHugeNumbers(Simd.Choice choice, BatchNormSpec of) {
    int width = of.channels() + 1;
    float[] x = Arrays.copyOf(KernelCase.random(3 * width, 1), 3 * width);
    for (int i = 0; i < x.length; i++) {
      x[i] *= 1e21f;
    }
    float[] y = nan(x.length);
    Simd simd = Simd.choose(choice);
    try (Workers workers = new Workers(1)) {
      new Norm(simd.ops(), simd.norm(), workers)
          .forward(
              new NormSpec(3, 1, width, 1, true, EPS),
              x,
              0,
              null,
              0,
              null,
              0,
              y,
              0,
              new float[3],
              0,
              new float[3],
              0);
    }
    double squares = 0;
    for (float v : y) {
      squares += (double) v * v;
    }
    assertThat(squares / y.length).isCloseTo(1, within(SUMMED));
  }
}
