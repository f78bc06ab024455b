package io.cortado.tck;

import io.cortado.backend.spec.LrnSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceLrn;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Local response normalisation, and its gradient. */
public abstract class LrnSuite extends BackendSuite {

  /** For subclasses. */
  protected LrnSuite() {}

  /** Some cases are beyond the limits of cuDNN: sizes over 16, k below 1e-5, beta below 0.01. */
  static Stream<LrnSpec> specs() {
    return Stream.of(
        new LrnSpec(1, 1, 1, 5, 1e-4f, 0.75f, 2),
        new LrnSpec(3, 7, 1, 3, 0.5f, 0.75f, 1),
        new LrnSpec(2, 13, 33, 5, 0.7f, 0.75f, 2),
        new LrnSpec(2, 3, 5, 7, 1, 0.5f, 1),
        new LrnSpec(2, 7, 17, 2, 1, 0.75f, 1),
        new LrnSpec(1, 17, 13, 4, 2, 1.5f, 0.5f),
        new LrnSpec(2, 5, 7, 1, 1, 1, 1),
        new LrnSpec(1, 33, 3, 16, 1, 0.75f, 1),
        new LrnSpec(1, 33, 3, 15, 1, 0.75f, 1),
        new LrnSpec(1, 64, 127, 5, 1e-4f, 0.75f, 2),
        new LrnSpec(1, 23, 1300, 5, 0.3f, 0.75f, 1),
        new LrnSpec(2, 33, 7, 17, 1, 0.75f, 1),
        new LrnSpec(2, 7, 7, 3, 1, 0.75f, 1e-6f),
        new LrnSpec(2, 7, 7, 3, 1, 0.005f, 1),
        new LrnSpec(0, 7, 7, 3, 1, 0.75f, 1));
  }

  /** Bounds of the power, which magnifies the rounding of its base by the exponent. */
  private static Tolerance tolerance(LrnSpec s) {
    return Tolerance.forReduction(s.size()).times(1 + s.beta());
  }

  @ParameterizedTest
  @MethodSource("specs")
  void forward(LrnSpec s) {
    float[] x = new Data(Data.seed(s)).between(s.count(), -2, 3);
    double[] expected = ReferenceLrn.forward(s, Numbers.doubles(x));
    try (Bench bench = bench(s.channels())) {
      Operand y = bench.output("y", x.length);
      backend().lrn(s, bench.input(x), y.buffer());
      y.expect(Expected.relative(expected), tolerance(s));
    }
  }

  @ParameterizedTest
  @MethodSource("specs")
  void backward(LrnSpec s) {
    Data data = new Data(Data.seed(s));
    float[] x = data.between(s.count(), -2, 3);
    float[] dy = data.signed(s.count());
    float[] y = Numbers.floats(ReferenceLrn.forward(s, Numbers.doubles(x)));
    double[] expected = ReferenceLrn.backward(s, Numbers.doubles(x), Numbers.doubles(dy));
    // Of k = 1e-6 and small x, what is subtracted is as large as the terms' bases are small.
    double largest = 1;
    for (double e : expected) {
      largest = Math.max(largest, Math.abs(e));
    }
    for (float beta : BETAS) {
      try (Bench bench = bench(s.channels())) {
        Operand dx = bench.target("dx", x.length, beta);
        backend()
            .lrnBackward(s, bench.input(x), bench.input(y), bench.input(dy), beta, dx.buffer());
        dx.expect(Expected.within(largest, expected), tolerance(s).times(2));
      }
    }
  }
}
