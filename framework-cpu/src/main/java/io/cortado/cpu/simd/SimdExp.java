package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static io.cortado.cpu.simd.SimdReduce.HAS_16;
import static io.cortado.cpu.simd.SimdReduce.HAS_8;
import static io.cortado.cpu.simd.SimdReduce.SWAP_1;
import static io.cortado.cpu.simd.SimdReduce.SWAP_2;
import static io.cortado.cpu.simd.SimdReduce.SWAP_4;
import static io.cortado.cpu.simd.SimdReduce.SWAP_8;
import static io.cortado.cpu.simd.VectorMath.EXPONENT_BIAS;
import static io.cortado.cpu.simd.VectorMath.EXP_1;
import static io.cortado.cpu.simd.VectorMath.EXP_2;
import static io.cortado.cpu.simd.VectorMath.EXP_3;
import static io.cortado.cpu.simd.VectorMath.EXP_4;
import static io.cortado.cpu.simd.VectorMath.EXP_5;
import static io.cortado.cpu.simd.VectorMath.EXP_6;
import static io.cortado.cpu.simd.VectorMath.EXP_MAX;
import static io.cortado.cpu.simd.VectorMath.EXP_MIN;
import static io.cortado.cpu.simd.VectorMath.EXP_NEAR;
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

/**
 * Exponentials and their sums by the Vector API.
 *
 * <p>Bound: memory where arrays are large; in a cache the multiply-add units, some 12 operations a
 * vector.
 *
 * <p>Each function has two loops. The first takes whole vectors whose numbers all lie where the
 * result is a normal number: no mask, no clamping, the exponent by one addition. The second, a
 * method of its own, takes the rest under masks: what is left at the end, and vectors with a number
 * far out, infinity or NaN, so that a row of minus infinities is no slower than that. Both give a
 * number the same bits. A store under a mask costs three times a plain one where lines come from
 * memory.
 *
 * <p>The exponential is written out, as {@link VectorMath#expNear} and {@link VectorMath#exp} have
 * it: see {@link SimdUnary}. So are these methods too long to be inlined themselves, as they should
 * be.
 */
final class SimdExp {

  private SimdExp() {}

  /** Computes {@code y = e^(x - shift)} and returns the sum of y. */
  static double expSum(int n, float[] x, int xo, float shift, float[] y, int yo) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    double rest = 0;
    int i = 0;
    for (int end = n - 2 * LENGTH; i <= end; i += 2 * LENGTH) {
      FloatVector u = FloatVector.fromArray(SPECIES, x, xo + i).sub(shift);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i + LENGTH).sub(shift);
      if (u.abs().compare(LT, EXP_NEAR).and(v.abs().compare(LT, EXP_NEAR)).allTrue()) {
        FloatVector shifted0 =
            u.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
        FloatVector k0 = shifted0.sub(ROUND);
        FloatVector r0 = k0.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), u);
        r0 = k0.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r0);
        FloatVector p0 = FloatVector.broadcast(SPECIES, EXP_6);
        p0 = p0.fma(r0, FloatVector.broadcast(SPECIES, EXP_5));
        p0 = p0.fma(r0, FloatVector.broadcast(SPECIES, EXP_4));
        p0 = p0.fma(r0, FloatVector.broadcast(SPECIES, EXP_3));
        p0 = p0.fma(r0, FloatVector.broadcast(SPECIES, EXP_2));
        p0 = p0.fma(r0, FloatVector.broadcast(SPECIES, EXP_1));
        p0 = p0.fma(r0.mul(r0), r0).add(1f);
        IntVector power0 = shifted0.reinterpretAsInts().lanewise(LSHL, MANTISSA_BITS);
        p0 = p0.reinterpretAsInts().add(power0).reinterpretAsFloats();
        p0.intoArray(y, yo + i);
        s0 = s0.add(p0);
        FloatVector shifted1 =
            v.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
        FloatVector k1 = shifted1.sub(ROUND);
        FloatVector r1 = k1.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), v);
        r1 = k1.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r1);
        FloatVector p1 = FloatVector.broadcast(SPECIES, EXP_6);
        p1 = p1.fma(r1, FloatVector.broadcast(SPECIES, EXP_5));
        p1 = p1.fma(r1, FloatVector.broadcast(SPECIES, EXP_4));
        p1 = p1.fma(r1, FloatVector.broadcast(SPECIES, EXP_3));
        p1 = p1.fma(r1, FloatVector.broadcast(SPECIES, EXP_2));
        p1 = p1.fma(r1, FloatVector.broadcast(SPECIES, EXP_1));
        p1 = p1.fma(r1.mul(r1), r1).add(1f);
        IntVector power1 = shifted1.reinterpretAsInts().lanewise(LSHL, MANTISSA_BITS);
        p1 = p1.reinterpretAsInts().add(power1).reinterpretAsFloats();
        p1.intoArray(y, yo + i + LENGTH);
        s1 = s1.add(p1);
      } else {
        rest += expSumMasked(2 * LENGTH, x, xo + i, shift, y, yo + i);
      }
    }
    if (i < n) {
      rest += expSumMasked(n - i, x, xo + i, shift, y, yo + i);
    }
    // Lanes as SimdReduce adds them.
    FloatVector sum = s0.add(s1);
    sum = sum.add(sum.rearrange(SWAP_8), HAS_16);
    sum = sum.add(sum.rearrange(SWAP_4), HAS_8);
    sum = sum.add(sum.rearrange(SWAP_2));
    return rest + sum.add(sum.rearrange(SWAP_1)).lane(0);
  }

  private static double expSumMasked(int n, float[] x, int xo, float shift, float[] y, int yo) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, m).sub(shift);
      FloatVector in = v.blend(EXP_MIN, v.compare(LT, EXP_MIN));
      in = in.blend(EXP_MAX, in.compare(GT, EXP_MAX));
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
      half = half.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS);
      rest = rest.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS);
      FloatVector e = p.mul(half.reinterpretAsFloats()).mul(rest.reinterpretAsFloats());
      e.intoArray(y, yo + i, m);
      sum = sum.add(e, m);
    }
    // The same as lanes(sum), which would not be inlined any more here.
    sum = sum.add(sum.rearrange(SWAP_8), HAS_16);
    sum = sum.add(sum.rearrange(SWAP_4), HAS_8);
    sum = sum.add(sum.rearrange(SWAP_2));
    return sum.add(sum.rearrange(SWAP_1)).lane(0);
  }

  /** Returns the sum of {@code e^(x - shift)}. */
  static double sumExp(int n, float[] x, int xo, float shift) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    double rest = 0;
    int i = 0;
    for (int end = n - 2 * LENGTH; i <= end; i += 2 * LENGTH) {
      FloatVector u = FloatVector.fromArray(SPECIES, x, xo + i).sub(shift);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i + LENGTH).sub(shift);
      if (u.abs().compare(LT, EXP_NEAR).and(v.abs().compare(LT, EXP_NEAR)).allTrue()) {
        FloatVector shifted0 =
            u.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
        FloatVector k0 = shifted0.sub(ROUND);
        FloatVector r0 = k0.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), u);
        r0 = k0.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r0);
        FloatVector p0 = FloatVector.broadcast(SPECIES, EXP_6);
        p0 = p0.fma(r0, FloatVector.broadcast(SPECIES, EXP_5));
        p0 = p0.fma(r0, FloatVector.broadcast(SPECIES, EXP_4));
        p0 = p0.fma(r0, FloatVector.broadcast(SPECIES, EXP_3));
        p0 = p0.fma(r0, FloatVector.broadcast(SPECIES, EXP_2));
        p0 = p0.fma(r0, FloatVector.broadcast(SPECIES, EXP_1));
        p0 = p0.fma(r0.mul(r0), r0).add(1f);
        IntVector power0 = shifted0.reinterpretAsInts().lanewise(LSHL, MANTISSA_BITS);
        p0 = p0.reinterpretAsInts().add(power0).reinterpretAsFloats();
        s0 = s0.add(p0);
        FloatVector shifted1 =
            v.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
        FloatVector k1 = shifted1.sub(ROUND);
        FloatVector r1 = k1.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), v);
        r1 = k1.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r1);
        FloatVector p1 = FloatVector.broadcast(SPECIES, EXP_6);
        p1 = p1.fma(r1, FloatVector.broadcast(SPECIES, EXP_5));
        p1 = p1.fma(r1, FloatVector.broadcast(SPECIES, EXP_4));
        p1 = p1.fma(r1, FloatVector.broadcast(SPECIES, EXP_3));
        p1 = p1.fma(r1, FloatVector.broadcast(SPECIES, EXP_2));
        p1 = p1.fma(r1, FloatVector.broadcast(SPECIES, EXP_1));
        p1 = p1.fma(r1.mul(r1), r1).add(1f);
        IntVector power1 = shifted1.reinterpretAsInts().lanewise(LSHL, MANTISSA_BITS);
        p1 = p1.reinterpretAsInts().add(power1).reinterpretAsFloats();
        s1 = s1.add(p1);
      } else {
        rest += sumExpMasked(2 * LENGTH, x, xo + i, shift);
      }
    }
    if (i < n) {
      rest += sumExpMasked(n - i, x, xo + i, shift);
    }
    // Lanes as SimdReduce adds them.
    FloatVector sum = s0.add(s1);
    sum = sum.add(sum.rearrange(SWAP_8), HAS_16);
    sum = sum.add(sum.rearrange(SWAP_4), HAS_8);
    sum = sum.add(sum.rearrange(SWAP_2));
    return rest + sum.add(sum.rearrange(SWAP_1)).lane(0);
  }

  private static double sumExpMasked(int n, float[] x, int xo, float shift) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, m).sub(shift);
      FloatVector in = v.blend(EXP_MIN, v.compare(LT, EXP_MIN));
      in = in.blend(EXP_MAX, in.compare(GT, EXP_MAX));
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
      half = half.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS);
      rest = rest.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS);
      FloatVector e = p.mul(half.reinterpretAsFloats()).mul(rest.reinterpretAsFloats());
      sum = sum.add(e, m);
    }
    // The same as lanes(sum), which would not be inlined any more here.
    sum = sum.add(sum.rearrange(SWAP_8), HAS_16);
    sum = sum.add(sum.rearrange(SWAP_4), HAS_8);
    sum = sum.add(sum.rearrange(SWAP_2));
    return sum.add(sum.rearrange(SWAP_1)).lane(0);
  }

  /** Computes {@code dx = dy - s e^y + beta * dx}. */
  static void logSoftmaxBackward(
      int n, float[] y, int yo, float[] dy, int dyo, float s, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, y, yo + i);
      if (v.abs().compare(LT, EXP_NEAR).allTrue()) {
        FloatVector shifted =
            v.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
        FloatVector k = shifted.sub(ROUND);
        FloatVector r = k.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), v);
        r = k.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
        FloatVector p = FloatVector.broadcast(SPECIES, EXP_6);
        p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_5));
        p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_4));
        p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_3));
        p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_2));
        p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_1));
        p = p.fma(r.mul(r), r).add(1f);
        IntVector power = shifted.reinterpretAsInts().lanewise(LSHL, MANTISSA_BITS);
        p = p.reinterpretAsInts().add(power).reinterpretAsFloats();
        FloatVector old = FloatVector.fromArray(SPECIES, dx, dxo + i, add);
        FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i);
        g.sub(p.mul(s)).add(old).intoArray(dx, dxo + i);
      } else {
        logSoftmaxBackwardMasked(LENGTH, y, yo + i, dy, dyo + i, s, beta, dx, dxo + i);
      }
    }
    if (i < n) {
      logSoftmaxBackwardMasked(n - i, y, yo + i, dy, dyo + i, s, beta, dx, dxo + i);
    }
  }

  private static void logSoftmaxBackwardMasked(
      int n, float[] y, int yo, float[] dy, int dyo, float s, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, y, yo + i, m);
      FloatVector in = v.blend(EXP_MIN, v.compare(LT, EXP_MIN));
      in = in.blend(EXP_MAX, in.compare(GT, EXP_MAX));
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
      half = half.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS);
      rest = rest.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS);
      FloatVector e = p.mul(half.reinterpretAsFloats()).mul(rest.reinterpretAsFloats());
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector old = FloatVector.fromArray(SPECIES, dx, dxo + i, add.and(m));
      g.sub(e.mul(s)).add(old).intoArray(dx, dxo + i, m);
    }
  }
}
