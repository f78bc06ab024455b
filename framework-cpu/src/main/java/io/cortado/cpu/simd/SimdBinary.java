package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;

import io.cortado.backend.spec.BinaryOp;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Binary operations by the Vector API; the old output is added under a mask as beta says. */
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
      FloatVector v = load(a, ao + i).add(load(b, bo + i));
      v.add(load(out, oo + i, add)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = load(a, ao + i, m).add(load(b, bo + i, m));
      v.add(load(out, oo + i, add.and(m))).intoArray(out, oo + i, m);
    }
  }

  private static void sub(
      int n, float[] a, int ao, float[] b, int bo, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = load(a, ao + i).sub(load(b, bo + i));
      v.add(load(out, oo + i, add)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = load(a, ao + i, m).sub(load(b, bo + i, m));
      v.add(load(out, oo + i, add.and(m))).intoArray(out, oo + i, m);
    }
  }

  private static void mul(
      int n, float[] a, int ao, float[] b, int bo, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = load(a, ao + i).mul(load(b, bo + i));
      v.add(load(out, oo + i, add)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = load(a, ao + i, m).mul(load(b, bo + i, m));
      v.add(load(out, oo + i, add.and(m))).intoArray(out, oo + i, m);
    }
  }

  private static void div(
      int n, float[] a, int ao, float[] b, int bo, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = load(a, ao + i).div(load(b, bo + i));
      v.add(load(out, oo + i, add)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = load(a, ao + i, m).div(load(b, bo + i, m));
      v.add(load(out, oo + i, add.and(m))).intoArray(out, oo + i, m);
    }
  }

  private static void addScalar(
      int n, float[] a, int ao, float b, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = load(a, ao + i).add(b);
      v.add(load(out, oo + i, add)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = load(a, ao + i, m).add(b);
      v.add(load(out, oo + i, add.and(m))).intoArray(out, oo + i, m);
    }
  }

  private static void mulScalar(
      int n, float[] a, int ao, float b, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = load(a, ao + i).mul(b);
      v.add(load(out, oo + i, add)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = load(a, ao + i, m).mul(b);
      v.add(load(out, oo + i, add.and(m))).intoArray(out, oo + i, m);
    }
  }

  private static void divScalar(
      int n, float[] a, int ao, float b, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = load(a, ao + i).div(b);
      v.add(load(out, oo + i, add)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = load(a, ao + i, m).div(b);
      v.add(load(out, oo + i, add.and(m))).intoArray(out, oo + i, m);
    }
  }

  private static void scalarSub(
      int n, float a, float[] b, int bo, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = broadcast(a).sub(load(b, bo + i));
      v.add(load(out, oo + i, add)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = broadcast(a).sub(load(b, bo + i, m));
      v.add(load(out, oo + i, add.and(m))).intoArray(out, oo + i, m);
    }
  }

  private static void scalarDiv(
      int n, float a, float[] b, int bo, float beta, float[] out, int oo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = broadcast(a).div(load(b, bo + i));
      v.add(load(out, oo + i, add)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = broadcast(a).div(load(b, bo + i, m));
      v.add(load(out, oo + i, add.and(m))).intoArray(out, oo + i, m);
    }
  }

  private static FloatVector load(float[] x, int offset) {
    return FloatVector.fromArray(SPECIES, x, offset);
  }

  private static FloatVector load(float[] x, int offset, VectorMask<Float> m) {
    return FloatVector.fromArray(SPECIES, x, offset, m);
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }
}
