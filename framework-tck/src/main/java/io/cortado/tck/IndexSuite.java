package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.DType;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.IndexSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceIndexing;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Elements by their numbers along an axis, and sums of what comes to one place. */
public abstract class IndexSuite extends BackendSuite {

  /** For subclasses. */
  protected IndexSuite() {}

  private static IndexSpec of(int outer, int extent, int count, int inner, boolean shared) {
    return new IndexSpec("aLookUp", outer, extent, count, inner, shared);
  }

  static Stream<IndexSpec> specs() {
    return Stream.of(
        of(1, 1, 1, 1, false),
        of(1, 7, 5, 1, false),
        of(3, 7, 13, 1, false),
        of(3, 7, 5, 4, false),
        of(2, 3, 300, 1, false),
        of(1, 1, 97, 3, false),
        of(17, 33, 33, 65, false),
        of(1, 70_001, 9000, 1, false),
        of(4, 3, 0, 2, false),
        of(1, 5, 7, 3, true),
        of(3, 5, 7, 1, true),
        of(3, 5, 7, 4, true),
        of(5, 2, 200, 3, true),
        of(2, 40, 127, 130, true),
        of(2, 3, 0, 2, true));
  }

  private static int[] indices(IndexSpec s) {
    int[] indices = new Data(Data.seed(s)).indices(s.indices(), s.extent());
    if (indices.length > 1) {
      indices[indices.length / 2] = s.extent() - 1;
      indices[indices.length - 1] = 0;
    }
    return indices;
  }

  @ParameterizedTest
  @MethodSource("specs")
  void gather(IndexSpec s) {
    int[] indices = indices(s);
    float[] x = new Data(2).signed(s.size());
    double[] expected = ReferenceIndexing.gather(s, indices, Numbers.doubles(x));
    for (float beta : BETAS) {
      try (Bench bench = bench(s.count())) {
        Operand y = bench.target("y", s.picked(), beta);
        backend().gather(s, bench.input(indices), bench.input(x), beta, y.buffer());
        y.expect(Expected.within(1, expected), beta == 0 ? Tolerance.EXACT : Tolerance.ELEMENTWISE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("specs")
  void scatterAdd(IndexSpec s) {
    int[] indices = indices(s);
    float[] src = new Data(3).signed(s.picked());
    double[] expected = ReferenceIndexing.scatterAdd(s, indices, Numbers.doubles(src));
    double[] scale = ReferenceIndexing.scatterAdd(s, indices, Numbers.abs(Numbers.doubles(src)));
    for (float beta : BETAS) {
      try (Bench bench = bench(s.count())) {
        Operand y = bench.target("y", s.size(), beta);
        backend().scatterAdd(s, bench.input(indices), bench.input(src), beta, y.buffer());
        y.expect(new Expected(expected, scale), Tolerance.forReduction(s.count()));
      }
    }
  }

  /** The order of the sums is not left to chance. */
  @Test
  void sumsAreTheSameEachTime() {
    for (boolean shared : new boolean[] {false, true}) {
      IndexSpec s = of(3, 5, 700, 11, shared);
      float[] src = new Data(4).signed(s.picked());
      try (Bench bench = bench()) {
        Operand first = bench.output("first", s.size());
        Operand again = bench.output("again", s.size());
        var i = bench.input(indices(s));
        var x = bench.input(src);
        backend().scatterAdd(s, i, x, 0, first.buffer());
        backend().scatterAdd(s, i, x, 0, again.buffer());
        assertThat(again.floats()).isEqualTo(first.floats());
      }
    }
  }

  /** What is not of the axis is told, or is NaN and goes nowhere; all else is what it should be. */
  @Test
  void anIndexOutsideIsNoPlace() {
    for (boolean shared : new boolean[] {false, true}) {
      IndexSpec s = of(1, 4, 3, 1, shared);
      for (int wrong : new int[] {-1, 4, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
        int[] indices = {2, wrong, 2};
        float[] x = {1, 2, 3, 4};
        check(
            s,
            wrong,
            bench -> {
              Operand y = bench.output("y", 3);
              backend().gather(s, bench.input(indices), bench.input(x), 0, y.buffer());
              y.expect(Expected.relative(new double[] {3, Double.NaN, 3}), Tolerance.EXACT);
            });
        float[] src = {1, 20, 300};
        check(
            s,
            wrong,
            bench -> {
              Operand y = bench.inPlace("y", x);
              backend().scatterAdd(s, bench.input(indices), bench.input(src), 1, y.buffer());
              y.expect(Expected.relative(new double[] {1, 2, 304, 4}), Tolerance.EXACT);
            });
      }
    }
  }

  /** The first finding is kept; the last index counts as much as the first. */
  @Test
  void oneIndexOutsideIsFound() {
    int[] none = new int[4];
    assertThat(found(none, 0, 3, 1)).isEqualTo(none);
    assertThat(found(none)).isEqualTo(none);
    int[] many = new int[5000];
    many[4999] = 4;
    assertThat(found(none, many)).containsExactly(1, 7, 4, 4);
    many[4999] = -1;
    assertThat(found(none, many)).containsExactly(1, 7, -1, 4);
    int[] before = {1, 3, 9, 8};
    assertThat(found(before, many)).isEqualTo(before);
    assertThat(found(none, Integer.MIN_VALUE, 9))
        .containsAnyOf(Integer.MIN_VALUE, 9)
        .startsWith(1, 7)
        .endsWith(4);
  }

  private int[] found(int[] before, int... indices) {
    try (Bench bench = bench()) {
      Buffer found = backend().allocate(DType.INT32, before.length);
      backend().upload(before, 0, found, 0, before.length);
      backend().findOutside(7, 4, indices.length, bench.input(indices), found);
      int[] after = new int[before.length];
      backend().download(found, 0, after, 0, after.length);
      backend().release(found);
      return after;
    }
  }

  private interface Call {
    void on(Bench bench);
  }

  private void check(IndexSpec s, int wrong, Call call) {
    try (Bench bench = bench()) {
      call.on(bench);
    } catch (IllegalArgumentException e) {
      assertThat(e)
          .hasMessageContainingAll(
              s.operation(), String.valueOf(wrong), String.valueOf(s.extent()));
    }
  }

  /** Many lines, so that what is one line's does not get into another. */
  @Test
  void linesAreApart() {
    IndexSpec s = of(1000, 2, 2, 1, false);
    int[] indices = new int[2000];
    Arrays.setAll(indices, i -> i % 2);
    float[] src = new Data(5).signed(2000);
    try (Bench bench = bench()) {
      Operand y = bench.output("y", 2000);
      backend().scatterAdd(s, bench.input(indices), bench.input(src), 0, y.buffer());
      y.expect(Expected.relative(Numbers.doubles(src)), Tolerance.EXACT);
    }
  }
}
