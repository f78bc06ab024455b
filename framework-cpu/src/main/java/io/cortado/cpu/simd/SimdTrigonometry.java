package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static io.cortado.cpu.simd.VectorMath.ROUND;
import static io.cortado.cpu.simd.VectorMath.ROUND_BITS;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.NE;

import io.cortado.backend.spec.PointwiseOp;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Sine and cosine by the Vector API.
 *
 * <p>The angle is brought to a quarter of a turn around 0, with pi / 2 in three parts (Cody and
 * Waite), and sine and cosine there are polynomials (Cephes). A vector with an angle for which
 * three parts are too few goes to Java's own functions.
 */
final class SimdTrigonometry {

  /** Up to here three parts of pi / 2 leave the digits of a float. */
  static final float LARGEST = 30_000;

  static final float TWO_OVER_PI = 0.636619772f;
  static final float PI_HALF_1 = 0x1.921fb6p0f;
  static final float PI_HALF_2 = -0x1.777a5cp-25f;
  static final float PI_HALF_3 = -0x1.ee59dap-50f;

  private SimdTrigonometry() {}

  static void sin(int n, float[] a, int ao, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector x = FloatVector.fromArray(SPECIES, a, ao + i);
      if (x.abs().compare(LE, LARGEST).allTrue()) {
        quarter(x, 0).intoArray(y, yo + i);
      } else {
        oneByOne(PointwiseOp.SIN, a, ao + i, y, yo + i);
      }
    }
  }

  static void cos(int n, float[] a, int ao, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector x = FloatVector.fromArray(SPECIES, a, ao + i);
      if (x.abs().compare(LE, LARGEST).allTrue()) {
        quarter(x, 1).intoArray(y, yo + i);
      } else {
        oneByOne(PointwiseOp.COS, a, ao + i, y, yo + i);
      }
    }
  }

  private static void oneByOne(PointwiseOp op, float[] a, int ao, float[] y, int yo) {
    for (int i = 0; i < LENGTH; i++) {
      y[yo + i] = ScalarPointwiseKernel.value(op, a[ao + i]);
    }
  }

  /** Returns the sine of x and so many quarters of a turn. */
  private static FloatVector quarter(FloatVector x, int quarters) {
    FloatVector shifted =
        x.fma(FloatVector.broadcast(SPECIES, TWO_OVER_PI), FloatVector.broadcast(SPECIES, ROUND));
    FloatVector k = shifted.sub(ROUND);
    IntVector turns = shifted.reinterpretAsInts().sub(ROUND_BITS - quarters);
    FloatVector r = k.fma(FloatVector.broadcast(SPECIES, -PI_HALF_1), x);
    r = k.fma(FloatVector.broadcast(SPECIES, -PI_HALF_2), r);
    r = k.fma(FloatVector.broadcast(SPECIES, -PI_HALF_3), r);
    FloatVector z = r.mul(r);
    FloatVector sin = FloatVector.broadcast(SPECIES, -1.9515295891e-4f);
    sin = sin.fma(z, FloatVector.broadcast(SPECIES, 8.3321608736e-3f));
    sin = sin.fma(z, FloatVector.broadcast(SPECIES, -1.6666654611e-1f));
    sin = sin.fma(z.mul(r), r);
    FloatVector cos = FloatVector.broadcast(SPECIES, 2.443315711809948e-5f);
    cos = cos.fma(z, FloatVector.broadcast(SPECIES, -1.388731625493765e-3f));
    cos = cos.fma(z, FloatVector.broadcast(SPECIES, 4.166664568298827e-2f));
    cos =
        cos.fma(
            z.mul(z),
            z.fma(FloatVector.broadcast(SPECIES, -0.5f), FloatVector.broadcast(SPECIES, 1f)));
    VectorMask<Integer> odd = turns.lanewise(VectorOperators.AND, 1).compare(NE, 0);
    IntVector sign = turns.lanewise(VectorOperators.AND, 2).lanewise(VectorOperators.LSHL, 30);
    return sin.blend(cos, odd.cast(SPECIES))
        .reinterpretAsInts()
        .lanewise(VectorOperators.XOR, sign)
        .reinterpretAsFloats();
  }
}
