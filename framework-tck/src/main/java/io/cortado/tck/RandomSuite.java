package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.RandomSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.Philox;
import io.cortado.tck.reference.ReferenceRandom;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random numbers: the same on every backend, to the bit. */
public abstract class RandomSuite extends BackendSuite {

  /** For subclasses. */
  protected RandomSuite() {}

  /**
   * One run of random numbers.
   *
   * @param key the key
   * @param stepLow the step's low word
   * @param stepHigh the step's high word
   */
  record Run(RandomKey key, int stepLow, int stepHigh) {}

  static Stream<Run> runs() {
    return Stream.of(
        new Run(new RandomKey(0, 0, 0), 0, 0),
        new Run(new RandomKey(42, 1, 0), 1, 0),
        new Run(new RandomKey(0x123456789ABCDEFL, 7, 3), 1000, 0),
        new Run(new RandomKey(-1, 255, Integer.MAX_VALUE), -1, 5),
        new Run(new RandomKey(Long.MIN_VALUE, 128, 17), 0x7FFFFFFF, 0x12ABCDEF));
  }

  @ParameterizedTest
  @MethodSource("runs")
  void dropout(Run run) {
    for (float p : new float[] {0, 0.1f, 0.5f, 0.9f, 1}) {
      for (int n : new int[] {1, 3, 7, 16, 33, 127, 1001}) {
        for (float beta : BETAS) {
          check(run, p, n, beta);
        }
      }
    }
  }

  @Test
  void dropoutOfLongRuns() {
    check(new Run(new RandomKey(7, 2, 1), 3, 0), 0.3f, 200_003, 0);
  }

  private static final int[] COUNTS = {1, 3, 7, 16, 33, 127, 1001, 20_003};

  static Stream<RandomSpec> distributions() {
    return Stream.of(
        new RandomSpec(RandomSpec.Kind.UNIFORM, 0, 0, 1),
        new RandomSpec(RandomSpec.Kind.UNIFORM, 0, -3.3f, 7.7f),
        new RandomSpec(RandomSpec.Kind.NORMAL, 0, 0, 1),
        new RandomSpec(RandomSpec.Kind.NORMAL, 0, 5.1f, 0.3f),
        new RandomSpec(RandomSpec.Kind.BERNOULLI, 0, 0, 0),
        new RandomSpec(RandomSpec.Kind.BERNOULLI, 0, 0.3f, 0),
        new RandomSpec(RandomSpec.Kind.BERNOULLI, 0, 1, 0),
        new RandomSpec(RandomSpec.Kind.SORT_KEY, 0, 0, 0),
        new RandomSpec(RandomSpec.Kind.GUMBEL, 0, 0, 1),
        new RandomSpec(RandomSpec.Kind.GUMBEL, 0, -2.2f, 0.7f));
  }

  /** The same bits as everywhere. */
  @ParameterizedTest
  @MethodSource("distributions")
  void numbers(RandomSpec distribution) {
    for (Run run : runs().toList()) {
      for (int n : COUNTS) {
        RandomSpec s = new RandomSpec(distribution.kind(), n, distribution.a(), distribution.b());
        float[] expected = ReferenceRandom.numbers(s, run.key(), run.stepLow(), run.stepHigh());
        try (Bench bench = bench(n)) {
          Operand y = bench.output("y", n);
          int[] step = {run.stepLow(), run.stepHigh()};
          backend().random(s, run.key(), bench.input(step), y.buffer());
          assertThat(y.floats()).as("%s of %s", s, run).isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("runs")
  void integers(Run run) {
    int[][] ranges = {{0, 1}, {0, 10}, {-5, 11}, {Integer.MIN_VALUE, 0}, {-7, 0x80000003}};
    for (int[] range : ranges) {
      for (int n : COUNTS) {
        int[] expected =
            ReferenceRandom.integers(
                run.key(), run.stepLow(), run.stepHigh(), range[0], range[1], n);
        try (Bench bench = bench(n)) {
          Operand y = bench.intOutput("y", n);
          int[] step = {run.stepLow(), run.stepHigh()};
          backend().randomInts(run.key(), bench.input(step), range[0], range[1], n, y.buffer());
          assertThat(y.ints()).as("%s %s", range[0], range[1]).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void dropoutKeepsTheSignOfZero() {
    RandomKey key = new RandomKey(1, 2, 3);
    float[] x = new float[37];
    Arrays.fill(x, -0f);
    double[] expected = Philox.dropout(key, 0, 0, 0.5f, Numbers.doubles(x));
    try (Bench bench = bench()) {
      Operand y = bench.output("y", x.length);
      backend()
          .dropout(key, bench.input(new int[2]), 0.5f, x.length, bench.input(x), 0, y.buffer());
      y.expectZeros(Expected.relative(expected));
    }
  }

  private void check(Run run, float p, int n, float beta) {
    // No element is 0, so that the mask shows in the output's zeros.
    float[] x = new Data(n).between(n, 0.5, 2);
    double[] expected =
        Philox.dropout(run.key(), run.stepLow(), run.stepHigh(), p, Numbers.doubles(x));
    int[] step = {run.stepLow(), run.stepHigh()};
    try (Bench bench = bench(n)) {
      Operand y = bench.target("y at p = " + p, n, beta);
      backend().dropout(run.key(), bench.input(step), p, n, bench.input(x), beta, y.buffer());
      y.expect(Expected.relative(expected), Tolerance.ELEMENTWISE);
    }
    if (beta == 0) {
      try (Bench bench = bench(n)) {
        Operand y = bench.inPlace("y over x at p = " + p, x);
        backend().dropout(run.key(), bench.input(step), p, n, y.buffer(), beta, y.buffer());
        y.expect(Expected.relative(expected), Tolerance.ELEMENTWISE);
      }
    }
  }
}
