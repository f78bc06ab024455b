package io.cortado.cpu.simd;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.spec.UnaryOp;
import io.cortado.tck.reference.ReferenceUnary;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Holds the accuracy that {@link VectorMath} and {@link SimdPow} promise, over a dense sweep of the
 * floats.
 *
 * <p>All of them: {@code mvn -pl framework-cpu -am test-compile surefire:test@simd-512
 * -Dtest=VectorMathTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dtest.jvm.args=-Dcortado.test.sweepStride=1}.
 */
@Tag("width")
@ExtendWith(OnProcessorsThatHaveIt.class)
final class VectorMathTest {

  /** A prime, so that the sweep meets all mantissas; every float is swept where it is set to 1. */
  private static final int STRIDE = Integer.getInteger("cortado.test.sweepStride", 509);

  private static final float[] SPECIAL = {
    0f,
    -0f,
    1f,
    -1f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    -Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
    88.72283f,
    88.72284f,
    -87.3f,
    -103.2f,
    -103.97f,
    -103.98f,
    9.01f,
    9.02f,
    -9.03f,
    0.70710677f,
    0.7071068f,
    1e-20f,
    -1e-20f
  };

  private enum Function {
    EXP(UnaryOp.EXP, 1.1, Math::exp),
    TANH(UnaryOp.TANH, 2.5, Math::tanh),
    SIGMOID(UnaryOp.SIGMOID, 2.5, Function::sigmoid),
    ERF(UnaryOp.ERF, 1.2, ReferenceUnary::erf),
    LOG(UnaryOp.LOG, 1.0, Math::log),
    POW(UnaryOp.pow(2.5f), 0.51, x -> Math.pow(x, 2.5)),
    INVERSE_POW(UnaryOp.pow(-0.75f), 0.51, x -> Math.pow(x, -0.75));

    private final UnaryOp op;
    private final double bound;
    private final DoubleUnaryOperator exact;

    Function(UnaryOp op, double bound, DoubleUnaryOperator exact) {
      this.op = op;
      this.bound = bound;
      this.exact = exact;
    }

    private static double sigmoid(double x) {
      double e = Math.exp(-Math.abs(x));
      return x < 0 ? e / (1 + e) : 1 / (1 + e);
    }
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void staysWithinItsBound(Function f) {
    float[] x = new float[4096];
    double worst = 0;
    double sum = 0;
    long count = 0;
    float worstAt = 0;
    long bits = Integer.MIN_VALUE;
    while (bits <= Integer.MAX_VALUE) {
      int n = 0;
      for (; n < x.length && bits <= Integer.MAX_VALUE; bits += STRIDE) {
        x[n++] = Float.intBitsToFloat((int) bits);
      }
      float[] y = new float[x.length];
      new SimdVectorOps().unary(f.op, n, x, 0, y, 0);
      for (int i = 0; i < n; i++) {
        double error = ulps(y[i], f.exact.applyAsDouble(x[i]));
        if (!Float.isNaN(y[i])) {
          sum += error;
          count++;
        }
        if (!(error <= worst)) {
          worst = error;
          worstAt = x[i];
        }
      }
    }
    IO.println(
        "%s, %s, every %dth float: max %.3f ulp at %s, mean %.4f"
            .formatted(f, new SimdVectorOps().description(), STRIDE, worst, worstAt, sum / count));
    assertThat(worst).as("%s at %s", f, worstAt).isLessThanOrEqualTo(f.bound);
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void isRightAtTheEdges(Function f) {
    float[] y = new float[SPECIAL.length];
    new SimdVectorOps().unary(f.op, SPECIAL.length, SPECIAL, 0, y, 0);
    for (int i = 0; i < y.length; i++) {
      float exact = (float) f.exact.applyAsDouble(SPECIAL[i]);
      if (exact == 0 || Float.isNaN(exact) || Float.isInfinite(exact) || Math.abs(exact) == 1) {
        assertThat(Float.valueOf(y[i]))
            .as("%s of %s", f, SPECIAL[i])
            .isEqualTo(Float.valueOf(exact));
      } else {
        assertThat(ulps(y[i], exact)).as("%s of %s", f, SPECIAL[i]).isLessThanOrEqualTo(f.bound);
      }
    }
  }

  /** A number's bits do not depend on its neighbours: near or far out, at the end or before. */
  @ParameterizedTest
  @EnumSource(Function.class)
  void givesTheSameBitsAmongAnyNeighbours(Function f) {
    VectorOps ops = new SimdVectorOps();
    int n = 1024;
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = 8.5f * (float) Math.sin(i);
    }
    float[] y = new float[n];
    ops.unary(f.op, n, x, 0, y, 0);
    float[] alone = new float[1];
    float[] among = x.clone();
    for (int i = 0; i < n; i += 4) {
      among[i] = i % 8 == 0 ? Float.NEGATIVE_INFINITY : 1e9f;
    }
    float[] z = new float[n];
    ops.unary(f.op, n, among, 0, z, 0);
    for (int i = 0; i < n; i++) {
      ops.unary(f.op, 1, x, i, alone, 0);
      assertThat(Float.valueOf(alone[0]))
          .as("%s of %s alone", f, x[i])
          .isEqualTo(Float.valueOf(y[i]));
      if (i % 4 != 0) {
        assertThat(Float.valueOf(z[i]))
            .as("%s of %s among others", f, x[i])
            .isEqualTo(Float.valueOf(y[i]));
      }
    }
  }

  /**
   * The distance in units of the last place of the rounded result; 0 where both are NaN or equal.
   */
  private static double ulps(float y, double exact) {
    float rounded = (float) exact;
    if (y == rounded || (Float.isNaN(y) && Float.isNaN(rounded))) {
      return Float.isFinite(rounded) ? Math.abs(y - exact) / Math.ulp(rounded) : 0;
    }
    return Float.isFinite(rounded) && Float.isFinite(y)
        ? Math.abs(y - exact) / Math.ulp(rounded)
        : Double.POSITIVE_INFINITY;
  }
}
