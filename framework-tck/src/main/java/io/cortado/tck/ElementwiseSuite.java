package io.cortado.tck;

import io.cortado.Shape;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.CopySpec;
import io.cortado.backend.spec.PermuteSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceShapes;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions of two numbers with broadcasting, scaled sums, and the moving about of elements. */
public abstract class ElementwiseSuite extends BackendSuite {

  /** For subclasses. */
  protected ElementwiseSuite() {}

  static Stream<BinarySpec> pairs() {
    return Arrays.stream(BinaryOp.values())
        .flatMap(op ->
            Stream.of(
                pair(op, Shape.of(1), Shape.of(1), Shape.of(1)),
                pair(op, Shape.scalar(), Shape.scalar(), Shape.scalar()),
                pair(op, Shape.of(127), Shape.of(127), Shape.of(127)),
                pair(op, Shape.of(33, 17), Shape.scalar(), Shape.of(33, 17)),
                pair(op, Shape.of(1, 1), Shape.of(33, 17), Shape.of(33, 17)),
                pair(op, Shape.of(33, 17), Shape.of(17), Shape.of(33, 17)),
                pair(op, Shape.of(33, 17), Shape.of(33, 1), Shape.of(33, 17)),
                pair(op, Shape.of(1, 17), Shape.of(33, 1), Shape.of(33, 17)),
                pair(op, Shape.of(3, 7, 5, 4), Shape.of(7, 1, 1), Shape.of(3, 7, 5, 4)),
                pair(op, Shape.of(3, 7, 5, 4), Shape.of(3, 1, 5, 1), Shape.of(3, 7, 5, 4)),
                pair(op, Shape.of(1, 7, 1, 4), Shape.of(3, 1, 5, 1), Shape.of(3, 7, 5, 4)),
                pair(op, Shape.of(5, 1), Shape.of(2, 3, 1, 13), Shape.of(2, 3, 5, 13)),
                pair(
                    op,
                    Shape.of(2, 1, 3, 1, 2, 3),
                    Shape.of(1, 2, 3, 2, 1, 3),
                    Shape.of(2, 2, 3, 2, 2, 3)),
                pair(op, Shape.of(70, 129), Shape.of(70, 129), Shape.of(70, 129))));
  }

  private static BinarySpec pair(BinaryOp op, Shape a, Shape b, Shape out) {
    return new BinarySpec(op, a, b, out);
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void binary(BinarySpec s) {
    Data data = new Data(Data.seed(s));
    float[] a = data.signed(s.a().size());
    float[] b = data.between(s.b().size(), 0.5, 2);
    double[] values = ReferenceShapes.binary(s, Numbers.doubles(a), Numbers.doubles(b));
    BinarySpec magnitudes = s.op() == BinaryOp.SUB ? pair(BinaryOp.ADD, s.a(), s.b(), s.out()) : s;
    double[] scale =
        ReferenceShapes.binary(
            magnitudes, Numbers.abs(Numbers.doubles(a)), Numbers.abs(Numbers.doubles(b)));
    Expected expected = new Expected(values, scale);
    for (float beta : BETAS) {
      try (Bench bench = bench((int) s.out().size())) {
        Operand out = bench.target("out", s.out().size(), beta);
        backend().binary(s, bench.input(a), bench.input(b), beta, out.buffer());
        out.expect(expected, Tolerance.ELEMENTWISE);
      }
    }
    try (Bench bench = bench()) {
      if (s.a().equals(s.out())) {
        Operand inPlace = bench.inPlace("out over a", a);
        backend().binary(s, inPlace.buffer(), bench.input(b), 0, inPlace.buffer());
        inPlace.expect(expected, Tolerance.ELEMENTWISE);
      }
      if (s.b().equals(s.out())) {
        Operand inPlace = bench.inPlace("out over b", b);
        backend().binary(s, bench.input(a), inPlace.buffer(), 0, inPlace.buffer());
        inPlace.expect(expected, Tolerance.ELEMENTWISE);
      }
    }
  }

  /** An output that is overwritten is not a 0 that is added to: -0 + 0 would be 0. */
  @ParameterizedTest
  @EnumSource(BinaryOp.class)
  void zerosKeepTheirSigns(BinaryOp op) {
    float[] numbers = {0, -0f, 1, -1};
    float[] a = new float[37];
    float[] b = new float[37];
    for (int i = 0; i < a.length; i++) {
      a[i] = numbers[i % 4];
      b[i] = numbers[i / 4 % 4];
    }
    Shape row = Shape.of(37);
    checkZeros(pair(op, row, row, row), a, b);
    for (float number : numbers) {
      checkZeros(pair(op, row, Shape.scalar(), row), a, number);
      checkZeros(pair(op, Shape.scalar(), row, row), new float[] {number}, b);
      checkZeros(pair(op, Shape.scalar(), Shape.scalar(), row), new float[] {number}, numbers[1]);
    }
  }

  private void checkZeros(BinarySpec s, float[] a, float... b) {
    Expected expected =
        Expected.relative(ReferenceShapes.binary(s, Numbers.doubles(a), Numbers.doubles(b)));
    try (Bench bench = bench()) {
      Operand out = bench.output("out", s.out().size());
      backend().binary(s, bench.input(a), bench.input(b), 0, out.buffer());
      out.expect(expected, Tolerance.EXACT);
      out.expectZeros(expected);
    }
  }

  @Test
  void aScaledZeroKeepsItsSign() {
    float[] x = new float[37];
    Arrays.fill(x, 3, 29, -0f);
    for (float alpha : new float[] {1, -1, 0}) {
      double[] scaled = Numbers.doubles(x);
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] *= alpha;
      }
      try (Bench bench = bench()) {
        Operand out = bench.output("y", x.length);
        backend().axpby(x.length, alpha, bench.input(x), 0, out.buffer());
        out.expectZeros(Expected.relative(scaled));
      }
    }
  }

  @Test
  void scaledSum() {
    float[][] factors = {{1, 0}, {1, 1}, {-0.5f, 0.25f}, {2, -1}, {0, 0.5f}, {0, 0}};
    for (int n : new int[] {1, 3, 7, 13, 16, 17, 33, 64, 127, 5000}) {
      Data data = new Data(n);
      float[] x = data.signed(n);
      float[] y = data.signed(n);
      for (float[] f : factors) {
        double[] scaled = new double[n];
        for (int i = 0; i < n; i++) {
          scaled[i] = (double) f[0] * x[i];
        }
        float[] before = y.clone();
        if (f[1] == 0) {
          Arrays.fill(before, Float.NaN);
        }
        try (Bench bench = bench(n)) {
          Operand out = bench.inPlace("y", before);
          backend().axpby(n, f[0], bench.input(x), f[1], out.buffer());
          out.expect(Expected.relative(scaled).plus(f[1], y), Tolerance.ELEMENTWISE);
        }
      }
    }
  }

  static Stream<PermuteSpec> permutations() {
    return Stream.of(
        new PermuteSpec(Shape.of(17), List.of(0)),
        new PermuteSpec(Shape.of(1, 1), List.of(1, 0)),
        new PermuteSpec(Shape.of(3, 7), List.of(1, 0)),
        new PermuteSpec(Shape.of(127, 33), List.of(1, 0)),
        new PermuteSpec(Shape.of(64, 64), List.of(1, 0)),
        new PermuteSpec(Shape.of(300, 150), List.of(1, 0)),
        new PermuteSpec(Shape.of(5000, 9), List.of(1, 0)),
        new PermuteSpec(Shape.of(13, 17), List.of(0, 1)),
        new PermuteSpec(Shape.of(3, 5, 7), List.of(2, 0, 1)),
        new PermuteSpec(Shape.of(3, 5, 7), List.of(1, 2, 0)),
        new PermuteSpec(Shape.of(5, 33, 17), List.of(0, 2, 1)),
        new PermuteSpec(Shape.of(5, 33, 17), List.of(1, 0, 2)),
        new PermuteSpec(Shape.of(7, 20, 9, 33), List.of(0, 2, 1, 3)),
        new PermuteSpec(Shape.of(2, 3, 5, 7), List.of(0, 2, 3, 1)),
        new PermuteSpec(Shape.of(2, 5, 7, 3), List.of(0, 3, 1, 2)),
        new PermuteSpec(Shape.of(2, 3, 5, 7), List.of(3, 2, 1, 0)),
        new PermuteSpec(Shape.of(3, 20, 2, 37), List.of(2, 3, 0, 1)),
        new PermuteSpec(Shape.of(2, 17, 3, 65), List.of(3, 0, 2, 1)),
        new PermuteSpec(Shape.of(2, 3, 1, 4, 5), List.of(4, 1, 3, 0, 2)));
  }

  @ParameterizedTest
  @MethodSource("permutations")
  void permute(PermuteSpec s) {
    float[] x = new Data(5).signed(s.in().size());
    Expected expected = Expected.relative(ReferenceShapes.permute(s, Numbers.doubles(x)));
    for (float beta : BETAS) {
      try (Bench bench = bench(s.in().dim(0))) {
        Operand y = bench.target("y", x.length, beta);
        backend().permute(s, bench.input(x), beta, y.buffer());
        y.expect(expected, beta == 0 ? Tolerance.EXACT : Tolerance.ELEMENTWISE);
      }
    }
  }

  static Stream<CopySpec> blocks() {
    return Stream.of(
        new CopySpec(1, 1, 0, 1, 0, 1),
        new CopySpec(1, 127, 0, 127, 0, 127),
        new CopySpec(7, 13, 0, 13, 0, 13),
        new CopySpec(7, 13, 5, 17, 0, 13),
        new CopySpec(7, 13, 0, 13, 3, 33),
        new CopySpec(33, 1, 2, 7, 1, 3),
        new CopySpec(3, 64, 64, 200, 128, 192),
        new CopySpec(127, 3, 1, 4, 6, 9));
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void copyBlock(CopySpec s) {
    int srcLength = (int) (s.srcOffset() + (s.rows() - 1) * s.srcStride() + s.width());
    int dstLength = (int) (s.dstOffset() + (s.rows() - 1) * s.dstStride() + s.width()) + 11;
    Data data = new Data(Data.seed(s));
    float[] src = data.signed(srcLength);
    float[] dst = data.signed(dstLength);
    for (float beta : BETAS) {
      float[] before = dst.clone();
      for (int r = 0; beta == 0 && r < s.rows(); r++) {
        int row = (int) (s.dstOffset() + r * s.dstStride());
        Arrays.fill(before, row, row + (int) s.width(), Float.NaN);
      }
      double[] after = Numbers.doubles(dst);
      ReferenceShapes.copyBlock(s, Numbers.doubles(src), beta, after);
      try (Bench bench = bench((int) s.rows())) {
        Operand out = bench.inPlace("dst", before);
        backend().copyBlock(s, bench.input(src), beta, out.buffer());
        out.expect(
            Expected.within(beta == 0 ? 0 : 1, after),
            beta == 0 ? Tolerance.EXACT : Tolerance.ELEMENTWISE);
      }
    }
  }
}
