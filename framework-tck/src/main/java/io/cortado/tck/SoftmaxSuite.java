package io.cortado.tck;

import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceSoftmax;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Softmax, its logarithm, and their gradients. */
public abstract class SoftmaxSuite extends BackendSuite {

  /** For subclasses. */
  protected SoftmaxSuite() {}

  static Stream<SoftmaxSpec> specs() {
    return Stream.of(
            new AxisSpec(1, 1, 1),
            new AxisSpec(1, 127, 1),
            new AxisSpec(33, 10, 1),
            new AxisSpec(7, 3, 1),
            new AxisSpec(3, 17, 13),
            new AxisSpec(1, 7, 33),
            new AxisSpec(2, 1000, 1),
            new AxisSpec(5, 1, 7))
        .flatMap(axis -> Stream.of(new SoftmaxSpec(axis, false), new SoftmaxSpec(axis, true)));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void forward(SoftmaxSpec s) {
    Data data = new Data(Data.seed(s));
    for (double range : new double[] {1, 30, 1e4}) {
      float[] x = data.between(s.axis().size(), -range, range);
      double[] y = ReferenceSoftmax.forward(s, Numbers.doubles(x));
      // The distance from the maximum is rounded once, relative to the range; the exponential keeps
      // that error.
      Expected expected = s.log() ? Expected.within(1, y) : Expected.relative(y);
      Tolerance tolerance =
          s.log()
              ? Tolerance.forReduction(s.axis().extent())
              : Tolerance.forReduction(s.axis().extent()).times(1 + Math.min(range, 90) / 8);
      try (Bench bench = bench(s.axis().extent())) {
        Operand out = bench.output("y of +-" + range, x.length);
        backend().softmax(s, bench.input(x), out.buffer());
        out.expect(expected, tolerance);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("specs")
  void backward(SoftmaxSpec s) {
    Data data = new Data(Data.seed(s));
    double[] x = Numbers.doubles(data.between(s.axis().size(), -4, 4));
    float[] y = Numbers.floats(ReferenceSoftmax.forward(s, x));
    float[] dy = data.signed(y.length);
    double[] dx = ReferenceSoftmax.backward(s, Numbers.doubles(y), Numbers.doubles(dy));
    double bound = s.log() ? Math.sqrt(s.axis().extent()) : 1.0 / s.axis().extent();
    for (float beta : BETAS) {
      try (Bench bench = bench(s.axis().extent())) {
        Operand out = bench.target("dx", y.length, beta);
        backend().softmaxBackward(s, bench.input(y), bench.input(dy), beta, out.buffer());
        out.expect(Expected.within(bound, dx), Tolerance.forReduction(s.axis().extent()));
      }
    }
  }

  /** Masked elements: a row of nothing else is NaN, as PyTorch's. */
  @ParameterizedTest
  @MethodSource("specs")
  void ofMinusInfinity(SoftmaxSpec s) {
    Data data = new Data(Data.seed(s));
    float[] x = data.between(s.axis().size(), -4, 4);
    for (int i = 0; i < x.length; i += 3) {
      x[i] = Float.NEGATIVE_INFINITY;
    }
    double[] y = ReferenceSoftmax.forward(s, Numbers.doubles(x));
    Tolerance tolerance = Tolerance.forReduction(s.axis().extent()).times(2);
    float[] rounded = Numbers.floats(y);
    float[] dy = data.signed(y.length);
    double[] dx = ReferenceSoftmax.backward(s, Numbers.doubles(rounded), Numbers.doubles(dy));
    try (Bench bench = bench()) {
      Operand out = bench.output("y", x.length);
      backend().softmax(s, bench.input(x), out.buffer());
      out.expect(s.log() ? Expected.within(1, y) : Expected.relative(y), tolerance);
      Operand grad = bench.output("dx", x.length);
      backend().softmaxBackward(s, bench.input(rounded), bench.input(dy), 0, grad.buffer());
      double bound = s.log() ? Math.sqrt(s.axis().extent()) : 1.0 / s.axis().extent();
      grad.expect(Expected.within(bound, dx), tolerance);
    }
  }
}
