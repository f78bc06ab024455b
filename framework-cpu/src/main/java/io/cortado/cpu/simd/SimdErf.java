package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static io.cortado.cpu.simd.VectorMath.ERF_NEAR;
import static io.cortado.cpu.simd.VectorMath.ERF_ONE;
import static io.cortado.cpu.simd.VectorMath.EXPONENT_BIAS;
import static io.cortado.cpu.simd.VectorMath.EXP_1;
import static io.cortado.cpu.simd.VectorMath.EXP_2;
import static io.cortado.cpu.simd.VectorMath.EXP_3;
import static io.cortado.cpu.simd.VectorMath.EXP_4;
import static io.cortado.cpu.simd.VectorMath.EXP_5;
import static io.cortado.cpu.simd.VectorMath.EXP_6;
import static io.cortado.cpu.simd.VectorMath.EXP_MIN;
import static io.cortado.cpu.simd.VectorMath.LN2_HIGH;
import static io.cortado.cpu.simd.VectorMath.LN2_LOW;
import static io.cortado.cpu.simd.VectorMath.LOG2_E;
import static io.cortado.cpu.simd.VectorMath.MANTISSA_BITS;
import static io.cortado.cpu.simd.VectorMath.ROUND;
import static io.cortado.cpu.simd.VectorMath.ROUND_BITS;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** The error function and its gradient by the Vector API: two polynomials and an exponential. */
final class SimdErf {

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

  /** The same for less than a vector; written out, so that it is too long to be inlined above. */
  private static void erfMasked(int n, float[] x, int xo, float[] y, int yo) {
    VectorMask<Float> m = SPECIES.indexInRange(0, n);
    FloatVector v = FloatVector.fromArray(SPECIES, x, xo, m);
    FloatVector t = v.abs();
    t = t.blend(ERF_ONE, t.compare(GT, ERF_ONE));
    FloatVector z = t.mul(t);
    FloatVector q =
        t.fma(
            FloatVector.broadcast(SPECIES, -1.72853470e-5f),
            FloatVector.broadcast(SPECIES, 3.83197126e-4f));
    FloatVector low =
        t.fma(
            FloatVector.broadcast(SPECIES, -3.88396438e-3f),
            FloatVector.broadcast(SPECIES, 2.42546219e-2f));
    q = q.fma(z, low);
    q = q.fma(t, FloatVector.broadcast(SPECIES, -1.06777877e-1f));
    q = q.fma(t, FloatVector.broadcast(SPECIES, -6.34846687e-1f));
    q = q.fma(t, FloatVector.broadcast(SPECIES, -1.28717512e-1f));
    FloatVector in = q.fma(t, t.neg());
    FloatVector shifted =
        in.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
    FloatVector k = shifted.sub(ROUND);
    FloatVector r = k.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), in);
    r = k.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
    FloatVector e = FloatVector.broadcast(SPECIES, EXP_6);
    e = e.fma(r, FloatVector.broadcast(SPECIES, EXP_5));
    e = e.fma(r, FloatVector.broadcast(SPECIES, EXP_4));
    e = e.fma(r, FloatVector.broadcast(SPECIES, EXP_3));
    e = e.fma(r, FloatVector.broadcast(SPECIES, EXP_2));
    e = e.fma(r, FloatVector.broadcast(SPECIES, EXP_1));
    e = e.fma(r.mul(r), r).add(1f);
    IntVector power = shifted.reinterpretAsInts().lanewise(LSHL, MANTISSA_BITS);
    e = e.reinterpretAsInts().add(power).reinterpretAsFloats();
    FloatVector far = FloatVector.broadcast(SPECIES, 1f).sub(e);
    IntVector sign = v.reinterpretAsInts().and(Integer.MIN_VALUE);
    far = far.reinterpretAsInts().or(sign).reinterpretAsFloats();
    FloatVector p =
        z.fma(
            FloatVector.broadcast(SPECIES, -5.96761703e-4f),
            FloatVector.broadcast(SPECIES, 4.99119423e-3f));
    p = p.fma(z, FloatVector.broadcast(SPECIES, -2.67681349e-2f));
    p = p.fma(z, FloatVector.broadcast(SPECIES, 1.12819925e-1f));
    p = p.fma(z, FloatVector.broadcast(SPECIES, -3.76125336e-1f));
    p = p.fma(z, FloatVector.broadcast(SPECIES, 1.28379166e-1f));
    p.fma(v, v).blend(far, t.compare(GT, ERF_NEAR)).intoArray(y, yo, m);
  }

  /** Computes {@code dx = dy 2 / sqrt(pi) e^(-x^2) + beta * dx}. */
  static void erfBackward(
      int n, float[] x, int xo, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i).abs();
      v = v.blend(GAUSS_ZERO, v.compare(GT, GAUSS_ZERO));
      FloatVector square = v.mul(v);
      FloatVector e = VectorMath.exp(square.neg());
      // What is lost when the square is rounded comes back by the first term of the series.
      FloatVector slope = e.neg().fma(v.fma(v, square.neg()), e);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i).mul(TWO_OVER_SQRT_PI);
      FloatVector old = FloatVector.fromArray(SPECIES, dx, dxo + i);
      g.mul(slope).add(old, add).intoArray(dx, dxo + i);
    }
    if (i < n) {
      erfBackwardMasked(n - i, x, xo + i, dy, dyo + i, beta, dx, dxo + i);
    }
  }

  /** The same for less than a vector; written out, so that it is too long to be inlined above. */
  private static void erfBackwardMasked(
      int n, float[] x, int xo, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    VectorMask<Float> m = SPECIES.indexInRange(0, n);
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    FloatVector v = FloatVector.fromArray(SPECIES, x, xo, m).abs();
    v = v.blend(GAUSS_ZERO, v.compare(GT, GAUSS_ZERO));
    FloatVector square = v.mul(v);
    FloatVector in = square.neg();
    in = in.blend(EXP_MIN, in.compare(LT, EXP_MIN));
    FloatVector shifted =
        in.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
    FloatVector k = shifted.sub(ROUND);
    FloatVector r = k.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), in);
    r = k.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
    FloatVector p = FloatVector.broadcast(SPECIES, EXP_6);
    p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_5));
    p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_4));
    p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_3));
    p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_2));
    p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_1));
    p = p.fma(r.mul(r), r).add(1f);
    IntVector whole = shifted.reinterpretAsInts().sub(ROUND_BITS);
    IntVector half = whole.lanewise(VectorOperators.ASHR, 1);
    IntVector rest = whole.sub(half);
    half = half.add(EXPONENT_BIAS).lanewise(LSHL, MANTISSA_BITS);
    rest = rest.add(EXPONENT_BIAS).lanewise(LSHL, MANTISSA_BITS);
    FloatVector e = p.mul(half.reinterpretAsFloats()).mul(rest.reinterpretAsFloats());
    FloatVector slope = e.neg().fma(v.fma(v, square.neg()), e);
    FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo, m).mul(TWO_OVER_SQRT_PI);
    g.mul(slope).add(FloatVector.fromArray(SPECIES, dx, dxo, m), add).intoArray(dx, dxo, m);
  }
}
