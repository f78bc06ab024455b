package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** The error function and its gradient by the Vector API: two polynomials and an exponential. */
final class SimdErf {

  /** Below this magnitude e^(-x^2) is a normal number. */
  private static final float GAUSS_NEAR = 9.3f;

  /** From here on e^(-x^2) rounds to 0. */
  private static final float GAUSS_ZERO = 10.25f;

  private static final float TWO_OVER_SQRT_PI = 1.12837917f;

  private SimdErf() {}

  /** Computes {@code y = erf(x)}. */
  static void erf(int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      VectorMath.erf(FloatVector.fromArray(SPECIES, x, xo + i)).intoArray(y, yo + i);
    }
    if (i < n) {
      erfMasked(n - i, x, xo + i, y, yo + i);
    }
  }

  private static void erfMasked(int n, float[] x, int xo, float[] y, int yo) {
    VectorMask<Float> m = SPECIES.indexInRange(0, n);
    VectorMath.erf(FloatVector.fromArray(SPECIES, x, xo, m)).intoArray(y, yo, m);
  }

  /** Computes {@code dx = dy 2 / sqrt(pi) e^(-x^2) + beta * dx}. */
  static void erfBackward(
      int n, float[] x, int xo, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i);
      if (v.abs().compare(LT, GAUSS_NEAR).allTrue()) {
        FloatVector square = v.mul(v);
        FloatVector e = VectorMath.expNear(square.neg());
        // What is lost when the square is rounded comes back by the first term of the series.
        FloatVector lost = v.fma(v, square.neg());
        FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i).mul(TWO_OVER_SQRT_PI);
        FloatVector old = FloatVector.fromArray(SPECIES, dx, dxo + i, add);
        g.mul(e.neg().fma(lost, e)).add(old).intoArray(dx, dxo + i);
      } else {
        erfBackwardMasked(LENGTH, x, xo + i, dy, dyo + i, add, dx, dxo + i);
      }
    }
    if (i < n) {
      erfBackwardMasked(n - i, x, xo + i, dy, dyo + i, add, dx, dxo + i);
    }
  }

  private static void erfBackwardMasked(
      int n,
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      VectorMask<Float> add,
      float[] dx,
      int dxo) {
    VectorMask<Float> m = SPECIES.indexInRange(0, n);
    FloatVector v = FloatVector.fromArray(SPECIES, x, xo, m).abs();
    v = v.blend(GAUSS_ZERO, v.compare(GT, GAUSS_ZERO));
    FloatVector square = v.mul(v);
    FloatVector e = VectorMath.exp(square.neg());
    FloatVector lost = v.fma(v, square.neg());
    FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo, m).mul(TWO_OVER_SQRT_PI);
    FloatVector old = FloatVector.fromArray(SPECIES, dx, dxo, add.and(m));
    g.mul(e.neg().fma(lost, e)).add(old).intoArray(dx, dxo, m);
  }
}
