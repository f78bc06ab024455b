package io.cortado.tck;

import io.cortado.Shape;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceShapes;
import java.util.Arrays;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sums, means and the index of the largest. */
public abstract class ReduceSuite extends BackendSuite {

  /** For subclasses. */
  protected ReduceSuite() {}

  static Stream<ReduceSpec> reductions() {
    return Arrays.stream(ReduceOp.values())
        .flatMap(op ->
            Stream.of(
                new ReduceSpec(op, Shape.of(1), Shape.scalar()),
                new ReduceSpec(op, Shape.of(127), Shape.of(1)),
                new ReduceSpec(op, Shape.of(300, 401), Shape.scalar()),
                new ReduceSpec(op, Shape.of(33, 17), Shape.of(33, 17)),
                new ReduceSpec(op, Shape.of(127, 33), Shape.of(33)),
                new ReduceSpec(op, Shape.of(127, 33), Shape.of(1, 33)),
                new ReduceSpec(op, Shape.of(127, 33), Shape.of(127, 1)),
                new ReduceSpec(op, Shape.of(1, 33), Shape.of(1, 33)),
                new ReduceSpec(op, Shape.of(3, 1000), Shape.of(3, 1)),
                new ReduceSpec(op, Shape.of(1000, 3), Shape.of(3)),
                new ReduceSpec(op, Shape.of(7, 13, 17), Shape.of(7, 1, 17)),
                new ReduceSpec(op, Shape.of(7, 13, 17), Shape.of(13, 1)),
                new ReduceSpec(op, Shape.of(5, 6, 7, 8), Shape.of(6, 1, 1)),
                new ReduceSpec(op, Shape.of(5, 6, 7, 8), Shape.of(5, 1, 7, 1)),
                new ReduceSpec(op, Shape.of(5, 6, 7, 8), Shape.of(1, 6, 1, 8)),
                new ReduceSpec(op, Shape.of(2, 3, 2, 3, 2, 3), Shape.of(3, 1, 3, 1, 3))));
  }

  @ParameterizedTest
  @MethodSource("reductions")
  void sumsAndMeans(ReduceSpec s) {
    float[] x = new Data(Data.seed(s)).signed(s.in().size());
    Expected expected =
        new Expected(
            ReferenceShapes.reduce(s, Numbers.doubles(x)),
            ReferenceShapes.reduce(s, Numbers.abs(Numbers.doubles(x))));
    for (float beta : BETAS) {
      try (Bench bench = bench(s.in().dim(0))) {
        Operand y = bench.target("y", s.out().size(), beta);
        backend().reduce(s, bench.input(x), beta, y.buffer());
        y.expect(expected, Tolerance.forReduction(s.count()));
      }
    }
  }

  static Stream<AxisSpec> axes() {
    return Stream.of(
        new AxisSpec(1, 1, 1),
        new AxisSpec(1, 127, 1),
        new AxisSpec(33, 10, 1),
        new AxisSpec(3, 17, 13),
        new AxisSpec(1, 7, 33),
        new AxisSpec(2, 1000, 1),
        new AxisSpec(3, 1537, 1),
        new AxisSpec(5, 1, 7));
  }

  @ParameterizedTest
  @MethodSource("axes")
  void argMax(AxisSpec s) {
    Data data = new Data(Data.seed(s));
    checkArgMax(s, data.signed(s.size()));
    checkArgMax(s, data.coarse(s.size()));
    checkArgMax(s, data.between(s.size(), -3e38, -1e38));
    float[] lowest = new float[(int) s.size()];
    Arrays.fill(lowest, Float.NEGATIVE_INFINITY);
    checkArgMax(s, lowest);
    float[] withNan = data.signed(s.size());
    for (int i = 0; i < withNan.length; i += 5) {
      withNan[i] = i % 10 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
    }
    checkArgMax(s, withNan);
  }

  @Test
  void argMaxOfSignedZerosIsTheFirst() {
    checkArgMax(new AxisSpec(2, 2, 1), new float[] {-0f, 0f, 0f, -0f});
  }

  private void checkArgMax(AxisSpec s, float[] x) {
    try (Bench bench = bench(s.extent())) {
      Operand y = bench.intOutput("y", s.outer() * s.inner());
      backend().argMax(s, bench.input(x), y.buffer());
      Assertions.assertThat(y.ints())
          .as("argMax over %s", s)
          .isEqualTo(ReferenceShapes.argMax(s, Numbers.doubles(x)));
    }
  }
}
