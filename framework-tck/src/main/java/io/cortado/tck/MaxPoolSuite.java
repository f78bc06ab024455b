package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.WindowAxis;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceMaxPool;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The largest elements of windows over three axes, and their places. */
public abstract class MaxPoolSuite extends BackendSuite {

  /** For subclasses. */
  protected MaxPoolSuite() {}

  private static WindowAxis regular(
      int in, int out, int kernel, int stride, int padding, int dilation) {
    return new WindowAxis(WindowAxis.Kind.REGULAR, in, out, kernel, stride, padding, dilation);
  }

  private static WindowAxis adaptive(int in, int out) {
    return new WindowAxis(WindowAxis.Kind.ADAPTIVE, in, out, 0, 1, 0, 1);
  }

  private static WindowAxis random(int in, int out, int kernel) {
    return WindowAxis.random(in, out, kernel);
  }

  static Stream<MaxPoolSpec> specs() {
    WindowAxis none = WindowAxis.none();
    return Stream.of(
        new MaxPoolSpec(1, none, none, none),
        new MaxPoolSpec(0, none, none, regular(4, 2, 2, 2, 0, 1)),
        new MaxPoolSpec(
            6, regular(6, 3, 2, 2, 0, 1), regular(8, 4, 2, 2, 0, 1), regular(10, 5, 2, 2, 0, 1)),
        new MaxPoolSpec(
            3, regular(7, 4, 3, 2, 1, 1), regular(5, 5, 3, 1, 1, 1), regular(33, 17, 3, 2, 1, 1)),
        // Dilated, and reaching beyond the input on both sides.
        new MaxPoolSpec(
            2, regular(9, 7, 2, 1, 0, 2), regular(7, 3, 3, 3, 1, 2), regular(5, 3, 2, 2, 1, 3)),
        new MaxPoolSpec(5, none, none, regular(127, 42, 3, 3, 0, 1)),
        // Enough for several blocks of work.
        new MaxPoolSpec(
            7, regular(9, 4, 3, 2, 0, 1), regular(31, 16, 3, 2, 1, 1), regular(29, 15, 3, 2, 1, 1)),
        new MaxPoolSpec(4, adaptive(5, 3), adaptive(7, 7), adaptive(3, 5)),
        new MaxPoolSpec(2, adaptive(13, 1), adaptive(1, 1), adaptive(17, 6)),
        new MaxPoolSpec(6, none, random(9, 4, 2), random(13, 7, 3)),
        new MaxPoolSpec(3, none, random(5, 1, 5), random(6, 5, 2)),
        new MaxPoolSpec(5, random(7, 3, 2), random(11, 5, 3), random(9, 8, 2)),
        new MaxPoolSpec(9, random(6, 3, 3), random(33, 17, 2), random(31, 13, 3)));
  }

  private static float[] samples(MaxPoolSpec s) {
    float[] samples = new Data(Data.seed(s)).between((long) s.planes() * s.randomAxes(), 0, 0.999);
    if (samples.length > 1) {
      samples[0] = 0;
      samples[1] = Math.nextDown(1f);
    }
    return samples;
  }

  @ParameterizedTest
  @MethodSource("specs")
  void ofDifferentNumbers(MaxPoolSpec s) {
    check(s, samples(s), new Data(5).signed(s.inputSize()));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void theFirstOfEqualNumbersCounts(MaxPoolSpec s) {
    check(s, samples(s), new Data(6).coarse(s.inputSize()));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void theFirstNanIsLargest(MaxPoolSpec s) {
    float[] x = new Data(7).coarse(s.inputSize());
    for (int i = 3; i < x.length; i += 5) {
      x[i] = i % 3 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
    }
    check(s, samples(s), x);
  }

  @Test
  void theMaximumOfMinusInfinitiesIsTheFirst() {
    WindowAxis a = regular(5, 3, 3, 2, 1, 1);
    MaxPoolSpec s = new MaxPoolSpec(2, a, a, a);
    float[] x = new float[(int) s.inputSize()];
    Arrays.fill(x, Float.NEGATIVE_INFINITY);
    check(s, new float[0], x);
  }

  private void check(MaxPoolSpec s, float[] samples, float[] xs) {
    double[] x = Numbers.doubles(xs);
    int[] at = ReferenceMaxPool.places(s, Numbers.doubles(samples), x);
    double[] values = ReferenceMaxPool.values(s, at, x);
    try (Bench bench = bench(s.planes())) {
      @Nullable Buffer drawn = s.randomAxes() == 0 ? null : bench.input(samples);
      Operand y = bench.output("y", values.length);
      Operand places = bench.intOutput("places", values.length);
      backend().maxPool(s, drawn, bench.input(xs), y.buffer(), places.buffer());
      y.expect(new Expected(values, new double[values.length]), Tolerance.EXACT);
      assertThat(places.ints()).as("places").isEqualTo(at);
    }
  }
}
