package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static io.cortado.cpu.simd.VectorMath.DENORMAL_EXPONENT;
import static io.cortado.cpu.simd.VectorMath.DENORMAL_SCALE;
import static io.cortado.cpu.simd.VectorMath.MANTISSA_BITS;
import static io.cortado.cpu.simd.VectorMath.SQRT_HALF_BITS;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Logarithms by the Vector API; why there are two loops, and both written out as {@link
 * VectorMath#log} has them, is told in {@link SimdExp}.
 */
final class SimdLog {

  private SimdLog() {}

  /** Computes {@code y = ln x}. */
  static void log(int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i);
      VectorMask<Float> denormal = v.compare(LT, Float.MIN_NORMAL);
      IntVector bits = v.blend(v.mul(DENORMAL_SCALE), denormal).reinterpretAsInts();
      IntVector exponent = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA_BITS);
      FloatVector m =
          bits.sub(exponent.lanewise(VectorOperators.LSHL, MANTISSA_BITS))
              .reinterpretAsFloats()
              .sub(1f);
      FloatVector e = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
      e = e.add(FloatVector.broadcast(SPECIES, 0f).blend(DENORMAL_EXPONENT, denormal));
      FloatVector p = FloatVector.broadcast(SPECIES, 7.0376836292e-2f);
      p = p.fma(m, FloatVector.broadcast(SPECIES, -1.1514610310e-1f));
      p = p.fma(m, FloatVector.broadcast(SPECIES, 1.1676998740e-1f));
      p = p.fma(m, FloatVector.broadcast(SPECIES, -1.2420140846e-1f));
      p = p.fma(m, FloatVector.broadcast(SPECIES, 1.4249322787e-1f));
      p = p.fma(m, FloatVector.broadcast(SPECIES, -1.6668057665e-1f));
      p = p.fma(m, FloatVector.broadcast(SPECIES, 2.0000714765e-1f));
      p = p.fma(m, FloatVector.broadcast(SPECIES, -2.4999993993e-1f));
      p = p.fma(m, FloatVector.broadcast(SPECIES, 3.3333331174e-1f));
      FloatVector z = m.mul(m);
      FloatVector result = p.mul(m).mul(z);
      result = e.fma(FloatVector.broadcast(SPECIES, -2.12194440e-4f), result);
      result = z.fma(FloatVector.broadcast(SPECIES, -0.5f), result);
      result = e.fma(FloatVector.broadcast(SPECIES, 0.693359375f), m.add(result));
      result = result.blend(Float.NaN, v.compare(LT, 0f));
      result = result.blend(Float.NEGATIVE_INFINITY, v.compare(EQ, 0f));
      result.blend(v, v.compare(LT, Float.POSITIVE_INFINITY).not()).intoArray(y, yo + i);
    }
    if (i < n) {
      logMasked(n - i, x, xo + i, y, yo + i);
    }
  }

  /** The same for less than a vector. */
  private static void logMasked(int n, float[] x, int xo, float[] y, int yo) {
    VectorMask<Float> in = SPECIES.indexInRange(0, n);
    FloatVector v = FloatVector.fromArray(SPECIES, x, xo, in);
    VectorMask<Float> denormal = v.compare(LT, Float.MIN_NORMAL);
    IntVector bits = v.blend(v.mul(DENORMAL_SCALE), denormal).reinterpretAsInts();
    IntVector exponent = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA_BITS);
    FloatVector m =
        bits.sub(exponent.lanewise(VectorOperators.LSHL, MANTISSA_BITS))
            .reinterpretAsFloats()
            .sub(1f);
    FloatVector e = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
    e = e.add(FloatVector.broadcast(SPECIES, 0f).blend(DENORMAL_EXPONENT, denormal));
    FloatVector p = FloatVector.broadcast(SPECIES, 7.0376836292e-2f);
    p = p.fma(m, FloatVector.broadcast(SPECIES, -1.1514610310e-1f));
    p = p.fma(m, FloatVector.broadcast(SPECIES, 1.1676998740e-1f));
    p = p.fma(m, FloatVector.broadcast(SPECIES, -1.2420140846e-1f));
    p = p.fma(m, FloatVector.broadcast(SPECIES, 1.4249322787e-1f));
    p = p.fma(m, FloatVector.broadcast(SPECIES, -1.6668057665e-1f));
    p = p.fma(m, FloatVector.broadcast(SPECIES, 2.0000714765e-1f));
    p = p.fma(m, FloatVector.broadcast(SPECIES, -2.4999993993e-1f));
    p = p.fma(m, FloatVector.broadcast(SPECIES, 3.3333331174e-1f));
    FloatVector z = m.mul(m);
    FloatVector result = p.mul(m).mul(z);
    result = e.fma(FloatVector.broadcast(SPECIES, -2.12194440e-4f), result);
    result = z.fma(FloatVector.broadcast(SPECIES, -0.5f), result);
    result = e.fma(FloatVector.broadcast(SPECIES, 0.693359375f), m.add(result));
    result = result.blend(Float.NaN, v.compare(LT, 0f));
    result = result.blend(Float.NEGATIVE_INFINITY, v.compare(EQ, 0f));
    result.blend(v, v.compare(LT, Float.POSITIVE_INFINITY).not()).intoArray(y, yo, in);
  }
}
