package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;

import io.cortado.backend.spec.BinaryOp;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Binary operations by the Vector API.
 *
 * <p>The old output is added under a mask as beta says. The mask is the sum's and not the load's: a
 * lane that is not loaded is 0, and -0 + 0 is 0.
 */
final class SimdBinary {

  private SimdBinary() {}

  static void apply(
      BinaryOp op, int n, float[] a, int ao, float[] b, int bo, float beta, float[] out, int oo) {
    switch (op) {
      case ADD -> add(n, a, ao, b, bo, beta, out, oo);
      case SUB -> sub(n, a, ao, b, bo, beta, out, oo);
      case MUL -> mul(n, a, ao, b, bo, beta, out, oo);
      case DIV -> div(n, a, ao, b, bo, beta, out, oo);
    }
  }

  static void applyScalar(
      BinaryOp op, int n, float[] a, int ao, float b, float beta, float[] out, int oo) {
    switch (op) {
      case ADD -> addScalar(n, a, ao, b, beta, out, oo);
      case SUB -> addScalar(n, a, ao, -b, beta, out, oo);
      case MUL -> mulScalar(n, a, ao, b, beta, out, oo);
      case DIV -> divScalar(n, a, ao, b, beta, out, oo);
    }
  }

  static void applyToScalar(
      BinaryOp op, int n, float a, float[] b, int bo, float beta, float[] out, int oo) {
    switch (op) {
      case ADD -> addScalar(n, b, bo, a, beta, out, oo);
      case SUB -> scalarSub(n, a, b, bo, beta, out, oo);
      case MUL -> mulScalar(n, b, bo, a, beta, out, oo);
      case DIV -> scalarDiv(n, a, b, bo, beta, out, oo);
    }
  }

  private static void add(
      int n, float[] a, int ao, float[] b, int bo, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v =
          FloatVector.fromArray(SPECIES, a, ao + i).add(FloatVector.fromArray(SPECIES, b, bo + i));
      v.add(FloatVector.fromArray(SPECIES, out, oo + i), add).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v =
          FloatVector.fromArray(SPECIES, a, ao + i, m)
              .add(FloatVector.fromArray(SPECIES, b, bo + i, m));
      v.add(FloatVector.fromArray(SPECIES, out, oo + i, m), add).intoArray(out, oo + i, m);
    }
  }

  private static void sub(
      int n, float[] a, int ao, float[] b, int bo, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v =
          FloatVector.fromArray(SPECIES, a, ao + i).sub(FloatVector.fromArray(SPECIES, b, bo + i));
      v.add(FloatVector.fromArray(SPECIES, out, oo + i), add).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v =
          FloatVector.fromArray(SPECIES, a, ao + i, m)
              .sub(FloatVector.fromArray(SPECIES, b, bo + i, m));
      v.add(FloatVector.fromArray(SPECIES, out, oo + i, m), add).intoArray(out, oo + i, m);
    }
  }

  private static void mul(
      int n, float[] a, int ao, float[] b, int bo, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v =
          FloatVector.fromArray(SPECIES, a, ao + i).mul(FloatVector.fromArray(SPECIES, b, bo + i));
      v.add(FloatVector.fromArray(SPECIES, out, oo + i), add).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v =
          FloatVector.fromArray(SPECIES, a, ao + i, m)
              .mul(FloatVector.fromArray(SPECIES, b, bo + i, m));
      v.add(FloatVector.fromArray(SPECIES, out, oo + i, m), add).intoArray(out, oo + i, m);
    }
  }

  private static void div(
      int n, float[] a, int ao, float[] b, int bo, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v =
          FloatVector.fromArray(SPECIES, a, ao + i).div(FloatVector.fromArray(SPECIES, b, bo + i));
      v.add(FloatVector.fromArray(SPECIES, out, oo + i), add).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v =
          FloatVector.fromArray(SPECIES, a, ao + i, m)
              .div(FloatVector.fromArray(SPECIES, b, bo + i, m));
      v.add(FloatVector.fromArray(SPECIES, out, oo + i, m), add).intoArray(out, oo + i, m);
    }
  }

  private static void addScalar(
      int n, float[] a, int ao, float b, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i).add(b);
      v.add(FloatVector.fromArray(SPECIES, out, oo + i), add).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i, m).add(b);
      v.add(FloatVector.fromArray(SPECIES, out, oo + i, m), add).intoArray(out, oo + i, m);
    }
  }

  private static void mulScalar(
      int n, float[] a, int ao, float b, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i).mul(b);
      v.add(FloatVector.fromArray(SPECIES, out, oo + i), add).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i, m).mul(b);
      v.add(FloatVector.fromArray(SPECIES, out, oo + i, m), add).intoArray(out, oo + i, m);
    }
  }

  private static void divScalar(
      int n, float[] a, int ao, float b, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i).div(b);
      v.add(FloatVector.fromArray(SPECIES, out, oo + i), add).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i, m).div(b);
      v.add(FloatVector.fromArray(SPECIES, out, oo + i, m), add).intoArray(out, oo + i, m);
    }
  }

  private static void scalarSub(
      int n, float a, float[] b, int bo, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v =
          FloatVector.broadcast(SPECIES, a).sub(FloatVector.fromArray(SPECIES, b, bo + i));
      v.add(FloatVector.fromArray(SPECIES, out, oo + i), add).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v =
          FloatVector.broadcast(SPECIES, a).sub(FloatVector.fromArray(SPECIES, b, bo + i, m));
      v.add(FloatVector.fromArray(SPECIES, out, oo + i, m), add).intoArray(out, oo + i, m);
    }
  }

  private static void scalarDiv(
      int n, float a, float[] b, int bo, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v =
          FloatVector.broadcast(SPECIES, a).div(FloatVector.fromArray(SPECIES, b, bo + i));
      v.add(FloatVector.fromArray(SPECIES, out, oo + i), add).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v =
          FloatVector.broadcast(SPECIES, a).div(FloatVector.fromArray(SPECIES, b, bo + i, m));
      v.add(FloatVector.fromArray(SPECIES, out, oo + i, m), add).intoArray(out, oo + i, m);
    }
  }
}
