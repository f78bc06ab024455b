package io.cortado.tck;

import io.cortado.Shape;
import io.cortado.backend.spec.StridedSpec;
import io.cortado.backend.spec.TriangleSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceShapes;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Copies between regular arrangements of elements, and triangles. */
public abstract class CopySuite extends BackendSuite {

  /** For subclasses. */
  protected CopySuite() {}

  /**
   * A copy.
   *
   * @param name what it is
   * @param read how many elements there are to read
   * @param written how many there are to write
   * @param spec the copy
   */
  record Case(String name, int read, int written, StridedSpec spec) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case copy(
      String name, int read, int written, Shape e, long from, long[] in, long to, long[] out) {
    return new Case(name, read, written, new StridedSpec(e, from, boxed(in), to, boxed(out)));
  }

  private static List<Long> boxed(long[] steps) {
    return Arrays.stream(steps).boxed().toList();
  }

  private static long[] steps(long... steps) {
    return steps;
  }

  static Stream<Case> copies() {
    Shape matrix = Shape.of(7, 13);
    return Stream.of(
        copy("one", 1, 1, Shape.scalar(), 0, steps(), 0, steps()),
        copy("flat", 91, 91, matrix, 0, steps(13, 1), 0, steps(13, 1)),
        copy("flipped", 91, 91, matrix, 90, steps(-13, -1), 0, steps(13, 1)),
        copy("rows flipped", 91, 91, matrix, 78, steps(-13, 1), 0, steps(13, 1)),
        copy("repeated rows", 13, 91, matrix, 0, steps(0, 1), 0, steps(13, 1)),
        copy("repeated columns", 7, 91, matrix, 0, steps(1, 0), 0, steps(13, 1)),
        copy("one number", 1, 91, matrix, 0, steps(0, 0), 0, steps(13, 1)),
        copy("block", 91, 200, matrix, 0, steps(13, 1), 21, steps(17, 1)),
        copy("from a block", 200, 91, matrix, 21, steps(17, 1), 0, steps(13, 1)),
        copy("every third", 40, 13, Shape.of(13), 1, steps(3), 0, steps(1)),
        copy("to every third", 13, 40, Shape.of(13), 0, steps(1), 1, steps(3)),
        copy("diagonal", 49, 7, Shape.of(7), 0, steps(8), 0, steps(1)),
        copy("to a diagonal", 7, 49, Shape.of(7), 0, steps(1), 0, steps(8)),
        copy("windows", 20, 54, Shape.of(18, 3), 0, steps(1, 1), 0, steps(3, 1)),
        copy(
            "of many axes",
            240,
            480,
            Shape.of(2, 3, 1, 4, 2, 5),
            0,
            steps(120, 40, 7, 10, 5, 1),
            0,
            steps(1, 2, 0, 6, 24, 48)),
        copy("long", 70_000, 70_000, Shape.of(2, 35_000), 0, steps(1, 2), 0, steps(35_000, 1)));
  }

  @ParameterizedTest
  @MethodSource("copies")
  void strided(Case c) {
    float[] x = new Data(c.name().hashCode()).signed(c.read());
    float[] before = new Data(3).signed(c.written());
    for (float beta : BETAS) {
      double[] expected = Numbers.doubles(before);
      ReferenceShapes.stridedCopy(c.spec(), Numbers.doubles(x), beta, expected);
      try (Bench bench = bench(c.read())) {
        Operand y = bench.inPlace("y (beta " + beta + ")", before);
        backend().stridedCopy(c.spec(), bench.input(x), beta, y.buffer());
        y.expect(Expected.within(1, expected), beta == 0 ? Tolerance.EXACT : Tolerance.ELEMENTWISE);
      }
    }
    if (c.spec().extents().size() == c.written()) { // all of it is overwritten, whatever it held
      double[] expected = new double[c.written()];
      ReferenceShapes.stridedCopy(c.spec(), Numbers.doubles(x), 0, expected);
      try (Bench bench = bench(c.read())) {
        Operand y = bench.output("y", c.written());
        backend().stridedCopy(c.spec(), bench.input(x), 0, y.buffer());
        y.expect(Expected.relative(expected), Tolerance.EXACT);
      }
    }
  }

  static Stream<TriangleSpec> triangles() {
    return Stream.of(new TriangleSpec(1, 1, 1, 0, true), new TriangleSpec(3, 5, 7, 0, true))
        .flatMap(s ->
            Stream.of(-9, -5, -2, 0, 1, 6, 7, 20)
                .flatMap(d ->
                    Stream.of(true, false)
                        .map(u -> new TriangleSpec(s.batch(), s.rows(), s.cols(), d, u))));
  }

  @ParameterizedTest
  @MethodSource("triangles")
  void triangle(TriangleSpec s) {
    check(s, new Data(Data.seed(s)).signed(s.size()));
  }

  @Test
  void trianglesOfLargeMatrices() {
    TriangleSpec s = new TriangleSpec(2, 200, 300, 17, false);
    check(s, new Data(6).signed(s.size()));
  }

  private void check(TriangleSpec s, float[] x) {
    // What is cut off may be anything.
    for (int i = 0; i < x.length; i++) {
      if (!s.keeps(i / s.cols() % s.rows(), i % s.cols())) {
        x[i] = i % 2 == 0 ? Float.NaN : Float.NEGATIVE_INFINITY;
      }
    }
    double[] expected = ReferenceShapes.triangle(s, Numbers.doubles(x));
    for (float beta : BETAS) {
      try (Bench bench = bench(s.cols())) {
        Operand y = bench.target("y", s.size(), beta);
        backend().triangle(s, bench.input(x), beta, y.buffer());
        y.expect(Expected.within(1, expected), beta == 0 ? Tolerance.EXACT : Tolerance.ELEMENTWISE);
      }
    }
    try (Bench bench = bench()) {
      Operand y = bench.inPlace("y over x", x);
      backend().triangle(s, y.buffer(), 0, y.buffer());
      y.expect(Expected.relative(expected), Tolerance.EXACT);
    }
  }
}
