package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
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
import static io.cortado.cpu.simd.VectorMath.TANH_ONE;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Sigmoid and tanh by the Vector API: an exponential and a division a vector.
 *
 * <p>Two loops for each, as {@link SimdExp} explains. The loops of whole vectors take one a turn:
 * the second would be past the size up to which the compiler inlines what is ours (see {@link
 * SimdUnary}; measured: six times as slow).
 */
final class SimdSigmoid {

  private SimdSigmoid() {}

  /** Computes {@code y = 1 / (1 + e^-x)}. */
  static void sigmoid(int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i);
      if (v.abs().compare(LT, EXP_NEAR).allTrue()) {
        FloatVector e = VectorMath.expNear(v.abs().neg());
        e.blend(1f, v.compare(GE, 0f)).div(e.add(1f)).intoArray(y, yo + i);
      } else {
        sigmoidMasked(LENGTH, x, xo + i, y, yo + i);
      }
    }
    if (i < n) {
      sigmoidMasked(n - i, x, xo + i, y, yo + i);
    }
  }

  private static void sigmoidMasked(int n, float[] x, int xo, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, m);
      // e^-|v| cannot overflow; for negative v the numerator is it instead of 1.
      FloatVector w = v.abs().neg();
      FloatVector in = w.blend(EXP_MIN, w.compare(LT, EXP_MIN));
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
      FloatVector numerator = e.blend(1f, v.compare(GE, 0f));
      numerator.div(e.add(1f)).intoArray(y, yo + i, m);
    }
  }

  /** Computes {@code y = tanh(x)}. */
  static void tanh(int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i);
      if (v.abs().compare(LT, TANH_ONE).allTrue()) {
        VectorMath.tanhNear(v).intoArray(y, yo + i);
      } else {
        tanhMasked(1f, 1f, LENGTH, x, xo + i, y, yo + i);
      }
    }
    if (i < n) {
      tanhMasked(1f, 1f, n - i, x, xo + i, y, yo + i);
    }
  }

  /** Computes {@code y = a tanh(b x)}. */
  static void tanh(float a, float b, int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i).mul(b);
      if (v.abs().compare(LT, TANH_ONE).allTrue()) {
        VectorMath.tanhNear(v).mul(a).intoArray(y, yo + i);
      } else {
        tanhMasked(a, b, LENGTH, x, xo + i, y, yo + i);
      }
    }
    if (i < n) {
      tanhMasked(a, b, n - i, x, xo + i, y, yo + i);
    }
  }

  private static void tanhMasked(float a, float b, int n, float[] x, int xo, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, m).mul(b);
      // With t = e^(2|v|) - 1, tanh |v| = t / (t + 2): exact in the limit of small v.
      FloatVector magnitude = v.abs();
      FloatVector in = magnitude.blend(TANH_ONE, magnitude.compare(GT, TANH_ONE));
      in = in.add(in);
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
      p = p.fma(r.mul(r), r);
      IntVector whole = shifted.reinterpretAsInts().sub(ROUND_BITS).add(EXPONENT_BIAS);
      FloatVector scale = whole.lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsFloats();
      FloatVector t = p.fma(scale, scale.sub(1f));
      IntVector sign = v.reinterpretAsInts().and(Integer.MIN_VALUE);
      FloatVector result = t.div(t.add(2f)).reinterpretAsInts().or(sign).reinterpretAsFloats();
      result.mul(a).intoArray(y, yo + i, m);
    }
  }
}
