package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.ScanSpec;
import io.cortado.backend.spec.SortSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceOrder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sorts, and running sums and products. */
public abstract class OrderSuite extends BackendSuite {

  /** For subclasses. */
  protected OrderSuite() {}

  static Stream<AxisSpec> axes() {
    return Stream.of(
        new AxisSpec(1, 1, 1),
        new AxisSpec(1, 127, 1),
        new AxisSpec(33, 10, 1),
        new AxisSpec(3, 17, 13),
        new AxisSpec(2, 64, 1),
        new AxisSpec(3, 257, 1),
        new AxisSpec(2, 700, 3),
        new AxisSpec(1, 9001, 1),
        new AxisSpec(5, 1, 7));
  }

  static Stream<SortSpec> sorts() {
    return axes()
        .flatMap(a ->
            Stream.of(
                new SortSpec(a, a.extent(), false),
                new SortSpec(a, a.extent(), true),
                new SortSpec(a, (a.extent() + 2) / 3, true)));
  }

  @ParameterizedTest
  @MethodSource("sorts")
  void sort(SortSpec s) {
    Data data = new Data(Data.seed(s));
    check(s, data.signed(s.axis().size()));
    check(s, data.coarse(s.axis().size()));
    float[] special = data.coarse(s.axis().size());
    float[] numbers = {
      Float.NaN,
      Float.NEGATIVE_INFINITY,
      -0f,
      Float.POSITIVE_INFINITY,
      Float.MIN_VALUE,
      0f,
      -Float.NaN,
      -3e38f,
      Float.intBitsToFloat(0xFFC00001)
    };
    for (int i = 0; i < special.length; i += 2) {
      special[i] = numbers[i / 2 % numbers.length];
    }
    check(s, special);
  }

  private void check(SortSpec s, float[] x) {
    int[] places = ReferenceOrder.sort(s, Numbers.doubles(x));
    double[] sorted = ReferenceOrder.sorted(s, Numbers.doubles(x), places);
    try (Bench bench = bench(s.k())) {
      Operand values = bench.output("values", s.outputSize());
      Operand indices = bench.intOutput("indices", s.outputSize());
      backend().sort(s, bench.input(x), values.buffer(), indices.buffer());
      assertThat(indices.ints()).as("places").isEqualTo(places);
      values.expect(Expected.relative(sorted), Tolerance.EXACT);
    }
  }

  static Stream<ScanSpec> scans() {
    return axes()
        .flatMap(a ->
            Stream.of(ScanSpec.Op.values())
                .flatMap(op ->
                    Stream.of(
                        new ScanSpec(a, op, false, false),
                        new ScanSpec(a, op, true, false),
                        new ScanSpec(a, op, false, true),
                        new ScanSpec(a, op, true, true))));
  }

  @ParameterizedTest
  @MethodSource("scans")
  void scan(ScanSpec s) {
    boolean sum = s.op() == ScanSpec.Op.SUM;
    Data data = new Data(Data.seed(s));
    // Products of numbers around 1, so that long ones neither vanish nor overflow.
    float[] x = sum ? data.signed(s.axis().size()) : data.between(s.axis().size(), 0.9, 1.1);
    double[] expected = ReferenceOrder.scan(s, Numbers.doubles(x));
    double[] scale = ReferenceOrder.scan(s, Numbers.abs(Numbers.doubles(x)));
    for (float beta : BETAS) {
      try (Bench bench = bench(s.axis().extent())) {
        Operand y = bench.target("y", s.axis().size(), beta);
        backend().scan(s, bench.input(x), beta, y.buffer());
        y.expect(new Expected(expected, scale), Tolerance.forReduction(s.axis().extent()));
      }
    }
  }

  @Test
  void productsOfZerosAreZero() {
    AxisSpec a = new AxisSpec(1, 4, 1);
    float[] x = {2, 0, 3, 0};
    double[][] expected = {{1, 2, 0, 0}, {0, 0, 0, 1}};
    for (boolean reverse : new boolean[] {false, true}) {
      ScanSpec s = new ScanSpec(a, ScanSpec.Op.PRODUCT, reverse, true);
      try (Bench bench = bench()) {
        Operand y = bench.output("y", 4);
        backend().scan(s, bench.input(x), 0, y.buffer());
        y.expect(Expected.relative(expected[reverse ? 1 : 0]), Tolerance.EXACT);
      }
    }
  }
}
