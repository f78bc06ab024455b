package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.spec.EmbeddingSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceEmbedding;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows of a table by their numbers, and the table's gradient. */
public abstract class EmbeddingSuite extends BackendSuite {

  /** For subclasses. */
  protected EmbeddingSuite() {}

  static Stream<EmbeddingSpec> specs() {
    return Stream.of(
        new EmbeddingSpec(1, 1, 1, -1),
        new EmbeddingSpec(3, 7, 5, -1),
        new EmbeddingSpec(13, 33, 64, 0),
        new EmbeddingSpec(17, 16, 31, 16),
        new EmbeddingSpec(2, 5, 300, -1),
        new EmbeddingSpec(1, 3, 97, -1),
        new EmbeddingSpec(127, 130, 513, 3),
        new EmbeddingSpec(5000, 3, 33, 7),
        new EmbeddingSpec(70_001, 1, 9000, -1),
        new EmbeddingSpec(4, 3, 0, -1));
  }

  private static int[] indices(EmbeddingSpec s) {
    int[] indices = new Data(Data.seed(s)).indices(s.count(), s.rows());
    if (s.count() > 2) {
      indices[s.count() / 2] = s.rows() - 1;
      indices[s.count() - 1] = Math.max(0, s.paddingIndex());
    }
    return indices;
  }

  @ParameterizedTest
  @MethodSource("specs")
  void rows(EmbeddingSpec s) {
    int[] indices = indices(s);
    float[] table = new Data(2).signed(s.tableSize());
    double[] expected = ReferenceEmbedding.forward(s, indices, Numbers.doubles(table));
    try (Bench bench = bench(s.width())) {
      Operand y = bench.output("y", s.outputSize());
      backend().embedding(s, bench.input(indices), bench.input(table), y.buffer());
      y.expect(Expected.relative(expected), Tolerance.EXACT);
    }
  }

  @ParameterizedTest
  @MethodSource("specs")
  void gradient(EmbeddingSpec s) {
    int[] indices = indices(s);
    float[] dy = new Data(3).signed(s.outputSize());
    double[] expected = ReferenceEmbedding.backward(s, indices, Numbers.doubles(dy));
    double[] scale = ReferenceEmbedding.backward(s, indices, Numbers.abs(Numbers.doubles(dy)));
    long most = Arrays.stream(counts(s, indices)).max().orElse(0);
    for (float beta : BETAS) {
      try (Bench bench = bench(s.width())) {
        Operand dTable = bench.target("dTable", s.tableSize(), beta);
        backend()
            .embeddingBackward(s, bench.input(indices), bench.input(dy), beta, dTable.buffer());
        dTable.expect(new Expected(expected, scale), Tolerance.forReduction(most));
      }
    }
  }

  /** Rows and zeros, a row more than once, and no row that is not named. */
  @ParameterizedTest
  @MethodSource("specs")
  void stored(EmbeddingSpec s) {
    int[] indices = indices(s);
    float[] table = new Data(7).signed(s.tableSize());
    double[] named = ReferenceEmbedding.forward(s, indices, Numbers.doubles(table));
    for (int i = 0; i < named.length; i++) {
      named[i] = named[i] / 2;
    }
    for (boolean zeros : new boolean[] {false, true}) {
      double[] y = zeros ? new double[named.length] : named;
      double[] expected = ReferenceEmbedding.store(s, indices, y, Numbers.doubles(table));
      try (Bench bench = bench(s.width())) {
        Operand t = bench.inPlace("table", table);
        backend()
            .embeddingStore(
                s,
                bench.input(indices),
                zeros ? null : bench.input(Numbers.floats(named)),
                t.buffer());
        t.expect(Expected.relative(expected), Tolerance.EXACT);
      }
    }
  }

  private static long[] counts(EmbeddingSpec s, int[] indices) {
    long[] counts = new long[s.rows()];
    for (int i : indices) {
      counts[i]++;
    }
    return counts;
  }

  /** The order of the sums is not left to chance. */
  @Test
  void gradientIsTheSameEachTime() {
    EmbeddingSpec s = new EmbeddingSpec(5, 33, 700, -1);
    int[] indices = indices(s);
    float[] dy = new Data(4).signed(s.outputSize());
    try (Bench bench = bench()) {
      Operand first = bench.output("first", s.tableSize());
      Operand again = bench.output("again", s.tableSize());
      var i = bench.input(indices);
      var g = bench.input(dy);
      backend().embeddingBackward(s, i, g, 0, first.buffer());
      backend().embeddingBackward(s, i, g, 0, again.buffer());
      assertThat(again.floats()).isEqualTo(first.floats());
    }
  }

  /** What is not in the table is told, or is NaN; the other rows are what they should be. */
  @Test
  void anIndexOutsideIsNoRow() {
    EmbeddingSpec s = new EmbeddingSpec(4, 3, 3, -1);
    float[] table = new Data(5).signed(s.tableSize());
    for (int wrong : new int[] {-1, 4, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      try (Bench bench = bench()) {
        Operand y = bench.output("y", s.outputSize());
        var indices = bench.input(new int[] {2, wrong, 0});
        try {
          backend().embedding(s, indices, bench.input(table), y.buffer());
        } catch (IllegalArgumentException e) {
          assertThat(e)
              .hasMessageContainingAll(
                  "embedding", String.valueOf(wrong), String.valueOf(s.rows()));
          continue;
        }
        double[] expected = new double[9];
        for (int j = 0; j < 3; j++) {
          expected[j] = table[6 + j];
          expected[3 + j] = Double.NaN;
          expected[6 + j] = table[j];
        }
        y.expect(Expected.relative(expected), Tolerance.EXACT);
      }
    }
  }

  /** What is not in the table is told, or changes no row of it. */
  @Test
  void anIndexOutsideGivesNoGradient() {
    EmbeddingSpec s = new EmbeddingSpec(4, 3, 3, 1);
    float[] dy = new Data(6).signed(s.outputSize());
    for (int wrong : new int[] {-1, 4, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      try (Bench bench = bench()) {
        Operand dTable = bench.target("dTable", s.tableSize(), 1);
        float[] before = dTable.floats();
        var indices = bench.input(new int[] {2, wrong, 0});
        try {
          backend().embeddingBackward(s, indices, bench.input(dy), 1, dTable.buffer());
        } catch (IllegalArgumentException e) {
          assertThat(e)
              .hasMessageContainingAll(
                  "embedding", String.valueOf(wrong), String.valueOf(s.rows()));
          assertThat(dTable.floats()).as("left as it was").isEqualTo(before);
          continue;
        }
        double[] expected = new double[12];
        for (int j = 0; j < 3; j++) {
          expected[j] = dy[6 + j];
          expected[6 + j] = dy[j];
        }
        dTable.expect(Expected.within(1, expected), Tolerance.ELEMENTWISE);
      }
    }
  }
}
