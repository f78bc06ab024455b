package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Rounding to integers by the Vector API, which has no operation for it. */
final class SimdRounding {

  /** From here on floats are integers; what is added to it is rounded to one, half to even. */
  static final float WHOLE = 0x1p23f;

  private static final int SIGN = 0x8000_0000;

  private SimdRounding() {}

  static void round(int n, float[] a, int ao, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      nearest(FloatVector.fromArray(SPECIES, a, ao + i)).intoArray(y, yo + i);
    }
  }

  static void floor(int n, float[] a, int ao, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i);
      FloatVector near = nearest(v);
      near.sub(1f, v.compare(LT, near)).intoArray(y, yo + i);
    }
  }

  private static FloatVector nearest(FloatVector v) {
    FloatVector size = v.abs();
    IntVector sign = v.reinterpretAsInts().lanewise(VectorOperators.AND, SIGN);
    FloatVector whole =
        size.add(WHOLE)
            .sub(WHOLE)
            .reinterpretAsInts()
            .lanewise(VectorOperators.OR, sign)
            .reinterpretAsFloats();
    return v.blend(whole, size.compare(LT, WHOLE));
  }
}
