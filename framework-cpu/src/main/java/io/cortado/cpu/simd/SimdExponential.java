package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static io.cortado.cpu.simd.VectorMath.EXPONENT_BIAS;
import static io.cortado.cpu.simd.VectorMath.LN2_HIGH;
import static io.cortado.cpu.simd.VectorMath.LN2_LOW;
import static io.cortado.cpu.simd.VectorMath.LOG2_E;
import static io.cortado.cpu.simd.VectorMath.MANTISSA_BITS;
import static io.cortado.cpu.simd.VectorMath.ROUND;
import static io.cortado.cpu.simd.VectorMath.ROUND_BITS;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@code e^x - 1} and {@code ln(1 + x)}, exact near 0, by the Vector API. */
final class SimdExponential {

  /** Below, the result is -1 as a float. */
  static final float LOWEST = -30;

  /** Above, it is infinite. */
  static final float HIGHEST = 89;

  private SimdExponential() {}

  /**
   * Computes e^x - 1: with {@code x = n ln 2 + r}, it is {@code 2^n (e^r - 1) + (2^n - 1)}.
   *
   * <p>Half of it is computed and doubled, because 2^n alone is too large for the largest x.
   */
  static void expm1(int n, float[] a, int ao, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector x = FloatVector.fromArray(SPECIES, a, ao + i);
      x = x.blend(LOWEST, x.compare(LT, LOWEST));
      x = x.blend(HIGHEST, x.compare(GT, HIGHEST));
      FloatVector shifted =
          x.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
      FloatVector whole = shifted.sub(ROUND);
      FloatVector r = whole.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), x);
      r = whole.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
      FloatVector half =
          shifted
              .reinterpretAsInts()
              .sub(ROUND_BITS - EXPONENT_BIAS + 1)
              .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
              .reinterpretAsFloats();
      FloatVector p = VectorMath.expm1Reduced(r);
      p.fma(half, half.sub(0.5f)).mul(2f).intoArray(y, yo + i);
    }
  }

  /**
   * Computes ln(1 + x) as {@code ln u * x / (u - 1)} with u = 1 + x rounded: the quotient makes up
   * for the digits that the rounding lost (Kahan).
   */
  static void log1p(int n, float[] a, int ao, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector x = FloatVector.fromArray(SPECIES, a, ao + i);
      FloatVector u = x.add(1f);
      FloatVector rounded = u.sub(1f);
      FloatVector v = VectorMath.log(u).mul(x.div(rounded));
      v = v.blend(x, rounded.compare(EQ, 0f));
      v.blend(x, x.compare(EQ, Float.POSITIVE_INFINITY)).intoArray(y, yo + i);
    }
  }
}
