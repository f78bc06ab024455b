package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import io.cortado.backend.spec.PointwiseOp;
import jdk.incubator.vector.FloatVector;

/**
 * The operations of pointwise programs by the Vector API, a loop for each.
 *
 * <p>Bound, in the first cache: an operation of two numbers is two loads and a store of a vector,
 * about a cycle. What is not here is the same loop as for a tensor ({@link VectorOps}), or, for a
 * power of two tensors, one number at a time.
 */
final class VectorPointwiseKernel extends ScalarPointwiseKernel {

  VectorPointwiseKernel(VectorOps ops) {
    super(ops);
  }

  @Override
  public void unary(PointwiseOp op, int n, float[] a, int ao, float[] y, int yo) {
    switch (op) {
      case NEG -> neg(n, a, ao, y, yo);
      case SIGN -> sign(n, a, ao, y, yo);
      case FLOOR -> SimdRounding.floor(n, a, ao, y, yo);
      case ROUND -> SimdRounding.round(n, a, ao, y, yo);
      case RSQRT -> rsqrt(n, a, ao, y, yo);
      case EXPM1 -> SimdExponential.expm1(n, a, ao, y, yo);
      case LOG1P -> SimdExponential.log1p(n, a, ao, y, yo);
      case SIN -> SimdTrigonometry.sin(n, a, ao, y, yo);
      case COS -> SimdTrigonometry.cos(n, a, ao, y, yo);
      default -> super.unary(op, n, a, ao, y, yo);
    }
  }

  @Override
  public void log1pOfShare(int n, float[] a, int ao, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      VectorMath.log1p(FloatVector.fromArray(SPECIES, a, ao + i)).intoArray(y, yo + i);
    }
  }

  private static void neg(int n, float[] a, int ao, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector.fromArray(SPECIES, a, ao + i).neg().intoArray(y, yo + i);
    }
  }

  private static void sign(int n, float[] a, int ao, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i);
      v.blend(-1f, v.compare(LT, 0f)).blend(1f, v.neg().compare(LT, 0f)).intoArray(y, yo + i);
    }
  }

  private static void rsqrt(int n, float[] a, int ao, float[] y, int yo) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    for (int i = 0; i < n; i += LENGTH) {
      one.div(FloatVector.fromArray(SPECIES, a, ao + i).sqrt()).intoArray(y, yo + i);
    }
  }

  @Override
  public void binary(
      PointwiseOp op, int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    switch (op) {
      case ADD -> add(n, a, ao, b, bo, y, yo);
      case SUB -> sub(n, a, ao, b, bo, y, yo);
      case MUL -> mul(n, a, ao, b, bo, y, yo);
      case DIV -> div(n, a, ao, b, bo, y, yo);
      case MIN -> min(n, a, ao, b, bo, y, yo);
      case MAX -> max(n, a, ao, b, bo, y, yo);
      case LT -> lt(n, a, ao, b, bo, y, yo);
      case LE -> le(n, a, ao, b, bo, y, yo);
      case EQ -> eq(n, a, ao, b, bo, y, yo);
      case NE -> ne(n, a, ao, b, bo, y, yo);
      default -> super.binary(op, n, a, ao, b, bo, y, yo);
    }
  }

  // Not those of VectorOps, which add to what is there: 0 then, and of -0 they make 0.

  private static void add(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i);
      v.add(FloatVector.fromArray(SPECIES, b, bo + i)).intoArray(y, yo + i);
    }
  }

  private static void sub(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i);
      v.sub(FloatVector.fromArray(SPECIES, b, bo + i)).intoArray(y, yo + i);
    }
  }

  private static void mul(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i);
      v.mul(FloatVector.fromArray(SPECIES, b, bo + i)).intoArray(y, yo + i);
    }
  }

  private static void div(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i);
      v.div(FloatVector.fromArray(SPECIES, b, bo + i)).intoArray(y, yo + i);
    }
  }

  private static void min(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i);
      v.min(FloatVector.fromArray(SPECIES, b, bo + i)).intoArray(y, yo + i);
    }
  }

  private static void max(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i);
      v.max(FloatVector.fromArray(SPECIES, b, bo + i)).intoArray(y, yo + i);
    }
  }

  private static void lt(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    FloatVector no = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i);
      no.blend(1f, v.compare(LT, FloatVector.fromArray(SPECIES, b, bo + i))).intoArray(y, yo + i);
    }
  }

  private static void le(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    FloatVector no = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i);
      no.blend(1f, v.compare(LE, FloatVector.fromArray(SPECIES, b, bo + i))).intoArray(y, yo + i);
    }
  }

  private static void eq(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    FloatVector no = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i);
      no.blend(1f, v.compare(EQ, FloatVector.fromArray(SPECIES, b, bo + i))).intoArray(y, yo + i);
    }
  }

  private static void ne(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    FloatVector no = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, ao + i);
      no.blend(1f, v.compare(NE, FloatVector.fromArray(SPECIES, b, bo + i))).intoArray(y, yo + i);
    }
  }

  @Override
  public PointwiseLoop loop(LoopCode code) {
    return LoopGenerator.generate(code);
  }

  @Override
  public void where(
      int n, float[] a, int ao, float[] b, int bo, float[] c, int co, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector mask = FloatVector.fromArray(SPECIES, a, ao + i);
      FloatVector.fromArray(SPECIES, c, co + i)
          .blend(FloatVector.fromArray(SPECIES, b, bo + i), mask.compare(NE, 0f))
          .intoArray(y, yo + i);
    }
  }
}
