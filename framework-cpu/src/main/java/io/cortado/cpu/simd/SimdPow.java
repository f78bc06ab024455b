package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Powers {@code x^a} of one exponent, and their gradients, by the Vector API.
 *
 * <p>{@code 2^(a log2 x)} in double precision, so that what is multiplied by a has digits to spare:
 * the result is a float rounded once, within 0.51 ulp. Bound: some fifty operations on doubles for
 * half a vector of floats. A group in which a number is not positive, normal and finite goes to
 * {@link ScalarMath}, which knows every special case.
 */
final class SimdPow {

  private static final VectorSpecies<Double> WIDE = SPECIES.withLanes(double.class);
  private static final int LENGTH = WIDE.length();

  /** Floats, as many as there are doubles in a vector. */
  private static final VectorSpecies<Float> NARROW =
      VectorSpecies.of(float.class, VectorShape.forBitSize(SPECIES.vectorBitSize() / 2));

  private static final long SQRT_HALF_BITS = Double.doubleToRawLongBits(0.7071067811865476);
  private static final int MANTISSA_BITS = 52;

  /** Adding 1.5 * 2^52 rounds to an integer, which then stands in the low bits. */
  private static final double ROUND = 0x1.8p52;

  private static final long ROUND_BITS = Double.doubleToRawLongBits(ROUND);
  private static final long BIAS = 1023;

  /** Beyond these, a power of two is 0 or infinite as a float. */
  private static final double LOWEST = -160;

  private static final double HIGHEST = 160;
  private static final double LN_2 = 0.6931471805599453;

  /** 2 / ln 2, the factor of the logarithm's series in {@code (m - 1) / (m + 1)}. */
  private static final double SERIES = 2.8853900817779268;

  private SimdPow() {}

  static void pow(float exponent, int n, float[] x, int xo, float[] y, int yo) {
    double a = exponent;
    int i = 0;
    for (; i + LENGTH <= n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(NARROW, x, xo + i);
      if (!ordinary(v)) {
        ScalarMath.pow(exponent, LENGTH, x, xo + i, y, yo + i);
        continue;
      }
      DoubleVector d = (DoubleVector) v.convertShape(VectorOperators.F2D, WIDE, 0);
      DoubleVector p = exp2(log2(d).mul(a));
      ((FloatVector) p.convertShape(VectorOperators.D2F, NARROW, 0)).intoArray(y, yo + i);
    }
    ScalarMath.pow(exponent, n - i, x, xo + i, y, yo + i);
  }

  static void powBackward(
      float exponent,
      int n,
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      float beta,
      float[] dx,
      int dxo) {
    double a = exponent;
    VectorMask<Float> add = NARROW.maskAll(beta != 0f);
    int i = 0;
    for (; i + LENGTH <= n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(NARROW, x, xo + i);
      if (exponent == 0 || !ordinary(v)) {
        ScalarMath.powBackward(exponent, LENGTH, x, xo + i, dy, dyo + i, beta, dx, dxo + i);
        continue;
      }
      DoubleVector d = (DoubleVector) v.convertShape(VectorOperators.F2D, WIDE, 0);
      DoubleVector slope = exp2(log2(d).mul(a - 1)).mul(a);
      FloatVector g = FloatVector.fromArray(NARROW, dy, dyo + i);
      DoubleVector product =
          ((DoubleVector) g.convertShape(VectorOperators.F2D, WIDE, 0)).mul(slope);
      ((FloatVector) product.convertShape(VectorOperators.D2F, NARROW, 0))
          .add(FloatVector.fromArray(NARROW, dx, dxo + i), add)
          .intoArray(dx, dxo + i);
    }
    ScalarMath.powBackward(exponent, n - i, x, xo + i, dy, dyo + i, beta, dx, dxo + i);
  }

  /** Says whether every number is positive, normal and finite. */
  private static boolean ordinary(FloatVector v) {
    return v.compare(GE, Float.MIN_NORMAL).and(v.compare(LT, Float.POSITIVE_INFINITY)).allTrue();
  }

  /** Returns the logarithm to the base 2 of positive normal numbers, to a relative 2^-38. */
  private static DoubleVector log2(DoubleVector x) {
    LongVector bits = x.reinterpretAsLongs();
    // The exponent e that leaves a mantissa between sqrt(1/2) and sqrt(2).
    LongVector e = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA_BITS);
    DoubleVector m =
        bits.sub(e.lanewise(VectorOperators.LSHL, MANTISSA_BITS)).reinterpretAsDoubles();
    DoubleVector s = m.sub(1).div(m.add(1));
    DoubleVector z = s.mul(s);
    DoubleVector p = DoubleVector.broadcast(WIDE, SERIES / 13);
    p = p.fma(z, DoubleVector.broadcast(WIDE, SERIES / 11));
    p = p.fma(z, DoubleVector.broadcast(WIDE, SERIES / 9));
    p = p.fma(z, DoubleVector.broadcast(WIDE, SERIES / 7));
    p = p.fma(z, DoubleVector.broadcast(WIDE, SERIES / 5));
    p = p.fma(z, DoubleVector.broadcast(WIDE, SERIES / 3));
    p = p.fma(z, DoubleVector.broadcast(WIDE, SERIES));
    // e + 1.5 * 2^52 stands in the bits of a double: no conversion of longs is needed.
    DoubleVector whole = e.add(ROUND_BITS).reinterpretAsDoubles().sub(ROUND);
    return p.fma(s, whole);
  }

  /** Returns 2^t, to a relative 2^-36; infinite or 0 as a float where t is out of range. */
  private static DoubleVector exp2(DoubleVector t) {
    DoubleVector in = t.blend(LOWEST, t.compare(LT, LOWEST));
    in = in.blend(HIGHEST, in.compare(GE, HIGHEST));
    DoubleVector shifted = in.add(ROUND);
    DoubleVector r = in.sub(shifted.sub(ROUND)).mul(LN_2);
    DoubleVector p = DoubleVector.broadcast(WIDE, 1.0 / 362880);
    p = p.fma(r, DoubleVector.broadcast(WIDE, 1.0 / 40320));
    p = p.fma(r, DoubleVector.broadcast(WIDE, 1.0 / 5040));
    p = p.fma(r, DoubleVector.broadcast(WIDE, 1.0 / 720));
    p = p.fma(r, DoubleVector.broadcast(WIDE, 1.0 / 120));
    p = p.fma(r, DoubleVector.broadcast(WIDE, 1.0 / 24));
    p = p.fma(r, DoubleVector.broadcast(WIDE, 1.0 / 6));
    p = p.fma(r, DoubleVector.broadcast(WIDE, 0.5));
    p = p.fma(r, DoubleVector.broadcast(WIDE, 1));
    p = p.fma(r, DoubleVector.broadcast(WIDE, 1));
    LongVector n = shifted.reinterpretAsLongs().sub(ROUND_BITS).add(BIAS);
    return p.mul(n.lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsDoubles());
  }
}
