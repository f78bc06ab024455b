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
import static io.cortado.cpu.simd.VectorMath.SQRT_HALF_BITS;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** {@code e^x - 1} and {@code ln(1 + x)}, exact near 0, by the Vector API. */
final class SimdExponential {

  /** Below, the result is -1 as a float. */
  static final float LOWEST = -30;

  /** Above, it is infinite. */
  static final float HIGHEST = 89;

  /** From here on, ln(1 + x) is ln x in floats; 2^-k is a normal number below. */
  static final float FAR = 0x1p100f;

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
   * Computes ln(1 + x): with {@code 1 + x = (1 + m) 2^k}, of which k is read off the rounded sum, m
   * is {@code x 2^-k + (2^-k - 1)}, where nothing is lost to that rounding.
   */
  static void log1p(int n, float[] a, int ao, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector x = FloatVector.fromArray(SPECIES, a, ao + i);
      FloatVector u = x.add(1f);
      if (u.compare(GE, Float.MIN_NORMAL).and(u.compare(LT, FAR)).allTrue()) {
        IntVector k =
            u.reinterpretAsInts().sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA_BITS);
        FloatVector scale = scale(k);
        FloatVector m = x.fma(scale, scale.sub(1f));
        FloatVector v = VectorMath.logReduced(m, (FloatVector) k.convert(VectorOperators.I2F, 0));
        v.blend(x, x.compare(EQ, 0f)).intoArray(y, yo + i);
      } else {
        log1pFar(a, ao + i, y, yo + i);
      }
    }
  }

  private static FloatVector scale(IntVector k) {
    return IntVector.broadcast(Lanes.WORDS, EXPONENT_BIAS)
        .sub(k)
        .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
        .reinterpretAsFloats();
  }

  /** A vector in which some 1 + x is not positive, or so large that it has the logarithm of x. */
  private static void log1pFar(float[] a, int ao, float[] y, int yo) {
    FloatVector x = FloatVector.fromArray(SPECIES, a, ao);
    FloatVector u = x.add(1f);
    VectorMask<Float> near = u.compare(GE, Float.MIN_NORMAL).and(u.compare(LT, FAR));
    FloatVector far = VectorMath.log(u);
    FloatVector in = FloatVector.zero(SPECIES).blend(x, near);
    IntVector k =
        in.add(1f)
            .reinterpretAsInts()
            .sub(SQRT_HALF_BITS)
            .lanewise(VectorOperators.ASHR, MANTISSA_BITS);
    FloatVector scale = scale(k);
    FloatVector m = in.fma(scale, scale.sub(1f));
    FloatVector v = VectorMath.logReduced(m, (FloatVector) k.convert(VectorOperators.I2F, 0));
    far.blend(v.blend(x, x.compare(EQ, 0f)), near).intoArray(y, yo);
  }
}
