package io.cortado.tck;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.backend.spec.UnaryOp.Kind;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceUnary;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions of one number and their gradients. */
public abstract class UnarySuite extends BackendSuite {

  /** For subclasses. */
  protected UnarySuite() {}

  /**
   * A function and where to try it.
   *
   * @param op the function
   * @param low the smallest input
   * @param high the largest input
   */
  record Case(UnaryOp op, double low, double high) {}

  static Stream<Case> cases() {
    return Stream.of(
        new Case(UnaryOp.IDENTITY, -5, 5),
        new Case(UnaryOp.affine(-1.5f, 0.25f), -5, 5),
        new Case(UnaryOp.affine(0, 3), -5, 5),
        new Case(UnaryOp.EXP, -5, 5),
        new Case(UnaryOp.EXP, -87, 88),
        new Case(UnaryOp.LOG, 1e-3, 10),
        new Case(UnaryOp.LOG, 1e-30, 1e30),
        new Case(UnaryOp.SQRT, 1e-3, 10),
        new Case(UnaryOp.ABS, -5, 5),
        new Case(UnaryOp.SQUARE, -5, 5),
        new Case(UnaryOp.RECIPROCAL, 0.1, 5),
        new Case(UnaryOp.RECIPROCAL, -5, -0.1),
        new Case(UnaryOp.pow(2.5f), 0.1, 4),
        new Case(UnaryOp.pow(3), -4, 4),
        new Case(UnaryOp.pow(2), -4, 4),
        new Case(UnaryOp.pow(1), -4, 4),
        new Case(UnaryOp.pow(0), -4, 4),
        new Case(UnaryOp.pow(0.5f), 0.1, 4),
        new Case(UnaryOp.pow(-1.5f), 0.5, 4),
        new Case(UnaryOp.clamp(-1, 2), -5, 5),
        new Case(UnaryOp.RELU, -5, 5),
        new Case(UnaryOp.leakyRelu(0.01f), -5, 5),
        new Case(UnaryOp.leakyRelu(0), -5, 5),
        new Case(UnaryOp.leakyRelu(-0.5f), -5, 5),
        new Case(UnaryOp.SIGMOID, -5, 5),
        new Case(UnaryOp.SIGMOID, -80, 80),
        new Case(UnaryOp.TANH, -3, 3),
        new Case(UnaryOp.TANH, -1e-3, 1e-3),
        new Case(UnaryOp.TANH, -80, 80),
        new Case(UnaryOp.ERF, -3, 3),
        new Case(UnaryOp.ERF, -1e-3, 1e-3),
        new Case(UnaryOp.ERF, -8, 8),
        new Case(UnaryOp.LECUN_TANH, -3, 3),
        new Case(new UnaryOp(Kind.SCALED_TANH, 0.5f, 2), -3, 3));
  }

  @Test
  void everyFunctionIsTried() {
    Set<Kind> missing = EnumSet.allOf(Kind.class);
    cases().forEach(c -> missing.remove(c.op().kind()));
    if (!missing.isEmpty()) {
      throw new AssertionError("add cases for " + missing);
    }
  }

  /**
   * Returns the numbers to try: n of the range, its ends and, for n large enough, the kinks at 0
   * among them.
   */
  private static float[] inputs(Case c, int n) {
    float[] x = new Data(Data.seed(c) + n).between(n, c.low(), c.high());
    x[0] = (float) c.low();
    x[n - 1] = (float) c.high();
    if (n > 7 && c.low() < 0 && c.high() > 0) {
      x[3] = 0;
      x[5] = -0f;
    }
    if (n > 7 && c.op().kind() == Kind.CLAMP) {
      x[1] = c.op().a();
      x[2] = c.op().b();
    }
    return x;
  }

  private static Expected expectedForward(UnaryOp op, float[] x) {
    double[] y = ReferenceUnary.forward(op, Numbers.doubles(x));
    double[] scale = Numbers.abs(y);
    for (int i = 0; i < y.length; i++) {
      switch (op.kind()) {
        case AFFINE -> scale[i] = Math.abs(op.a() * x[i]) + Math.abs(op.b());
        // Near their zeros these may be off by a rounding of the larger numbers that they are made
        // of.
        case TANH, SCALED_TANH -> scale[i] = Math.max(scale[i], 1e-2);
        case LOG -> scale[i] = Math.max(scale[i], 1);
        default -> {}
      }
    }
    return new Expected(y, scale);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void forward(Case c) {
    for (int n : new int[] {1, 3, 17, 127, 1000}) {
      float[] x = inputs(c, n);
      Expected y = expectedForward(c.op(), x);
      try (Bench bench = bench(n)) {
        Operand out = bench.output("y", n);
        backend().unary(c.op(), n, bench.input(x), out.buffer());
        out.expect(y, Tolerance.ELEMENTWISE);
        Operand inPlace = bench.inPlace("y over x", x);
        backend().unary(c.op(), n, inPlace.buffer(), inPlace.buffer());
        inPlace.expect(y, Tolerance.ELEMENTWISE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void backward(Case c) {
    UnaryOp op = c.op();
    for (int n : new int[] {1, 3, 17, 127, 1000}) {
      float[] x = inputs(c, n);
      float[] y = Numbers.floats(ReferenceUnary.forward(op, Numbers.doubles(x)));
      float[] dy = new Data(n).signed(n);
      double[] values =
          ReferenceUnary.backward(op, Numbers.doubles(x), Numbers.doubles(y), Numbers.doubles(dy));
      double[] scale = Numbers.abs(values);
      for (int i = 0; i < n; i++) {
        scale[i] = Math.max(scale[i], Math.abs(dy[i]) * termOfDerivative(op));
      }
      Expected dx = new Expected(values, scale);
      for (float beta : BETAS) {
        try (Bench bench = bench(n)) {
          @Nullable Buffer xs = op.backwardNeedsInput() ? bench.input(x) : null;
          @Nullable Buffer ys = op.backwardNeedsOutput() ? bench.input(y) : null;
          Operand out = bench.target("dx", n, beta);
          backend().unaryBackward(op, n, xs, ys, bench.input(dy), beta, out.buffer());
          out.expect(dx, Tolerance.ELEMENTWISE);
          if (beta == 0) {
            Operand inPlace = bench.inPlace("dx over dy", dy);
            backend().unaryBackward(op, n, xs, ys, inPlace.buffer(), beta, inPlace.buffer());
            inPlace.expect(dx, Tolerance.ELEMENTWISE);
          }
        }
      }
    }
  }

  /** Returns the size of the terms whose difference the derivative is. */
  private static double termOfDerivative(UnaryOp op) {
    return switch (op.kind()) {
      case TANH -> 1;
      case SCALED_TANH -> Math.abs(op.a() * op.b());
      default -> 0;
    };
  }

  @Test
  void infinitiesAndNanGoThrough() {
    float inf = Float.POSITIVE_INFINITY;
    checkSpecial(UnaryOp.RELU, Float.NaN, inf, -inf);
    checkSpecial(UnaryOp.clamp(-1, 1), Float.NaN, inf, -inf);
    checkSpecial(UnaryOp.leakyRelu(0.1f), Float.NaN, inf, -inf);
    checkSpecial(UnaryOp.EXP, Float.NaN, inf, -inf, 100, -200);
    checkSpecial(UnaryOp.LOG, Float.NaN, inf, 0, -1);
    checkSpecial(UnaryOp.SQRT, Float.NaN, inf, 0, -1);
    checkSpecial(UnaryOp.ABS, Float.NaN, inf, -inf);
    checkSpecial(UnaryOp.SQUARE, Float.NaN, inf, -inf, 1e30f);
    checkSpecial(UnaryOp.RECIPROCAL, Float.NaN, inf, 0);
    checkSpecial(UnaryOp.SIGMOID, Float.NaN, inf, -inf, 1000, -1000);
    checkSpecial(UnaryOp.TANH, Float.NaN, inf, -inf, 1000, -1000);
    checkSpecial(UnaryOp.ERF, Float.NaN, inf, -inf, 1000, -1000);
    checkSpecial(UnaryOp.LECUN_TANH, Float.NaN, inf, -inf, 1000, -1000);
  }

  /** Puts other bits of NaN beside the usual ones, which Java cannot tell apart. */
  private static float[] withEveryNan(float... specials) {
    float[] all = Arrays.copyOf(specials, specials.length + Data.NAN.length);
    System.arraycopy(Data.NAN, 0, all, specials.length, Data.NAN.length);
    return all;
  }

  /**
   * Every number stands in a run of its own, long enough for any vector, and once more at the end
   * of one.
   */
  private void checkSpecial(UnaryOp op, float... specials) {
    for (float special : withEveryNan(specials)) {
      float[] x = new float[37];
      Arrays.fill(x, special);
      x[7] = 0.5f;
      try (Bench bench = bench()) {
        Operand out = bench.output(op + " of " + special, x.length);
        backend().unary(op, x.length, bench.input(x), out.buffer());
        out.expect(expectedForward(op, x), Tolerance.ELEMENTWISE);
      }
    }
  }

  /** The kinds' own points, where a wrong choice or a lost lane shows, and both ways beyond. */
  private static final float[] POINTS = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, -0f, 2, -2, 200, -200
  };

  private static final float[] UPSTREAM = {
    1, -0.5f, 0, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN
  };

  static Stream<UnaryOp> functions() {
    return cases().map(Case::op).distinct();
  }

  /**
   * Where a function only chooses, what is not chosen counts for nothing, whatever it is; elsewhere
   * NaN stays NaN, and zeros keep their signs.
   */
  @ParameterizedTest
  @MethodSource("functions")
  void backwardOfInfinitiesNanAndZeros(UnaryOp op) {
    int n = 37;
    float[] dy = new float[n];
    for (int i = 0; i < n; i++) {
      dy[i] = UPSTREAM[i % UPSTREAM.length];
    }
    for (float point : withEveryNan(POINTS)) {
      // There the derivative is a difference of roundings: 0, or next to it.
      if (op.kind() == Kind.SCALED_TANH && Math.abs(point) > 2) {
        continue;
      }
      float[] x = new float[n];
      Arrays.fill(x, point);
      x[7] = 0.5f;
      float[] y = Numbers.floats(ReferenceUnary.forward(op, Numbers.doubles(x)));
      Expected dx =
          Expected.within(
              termOfDerivative(op),
              ReferenceUnary.backward(
                  op, Numbers.doubles(x), Numbers.doubles(y), Numbers.doubles(dy)));
      for (float beta : BETAS) {
        try (Bench bench = bench()) {
          @Nullable Buffer xs = op.backwardNeedsInput() ? bench.input(x) : null;
          @Nullable Buffer ys = op.backwardNeedsOutput() ? bench.input(y) : null;
          Operand out = bench.target("dx at " + point, n, beta);
          backend().unaryBackward(op, n, xs, ys, bench.input(dy), beta, out.buffer());
          out.expect(dx, Tolerance.ELEMENTWISE);
          if (beta == 0) {
            out.expectZeros(dx);
          }
        }
      }
    }
  }
}
