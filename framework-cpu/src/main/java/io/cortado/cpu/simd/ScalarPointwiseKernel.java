package io.cortado.cpu.simd;

import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.UnaryOp;

/** The operations of pointwise programs by loops over one number at a time. */
class ScalarPointwiseKernel implements PointwiseKernel {

  private final VectorOps ops;

  ScalarPointwiseKernel(VectorOps ops) {
    this.ops = ops;
  }

  @Override
  public void unary(PointwiseOp op, int n, float[] a, int ao, float[] y, int yo) {
    switch (op) {
      case ABS -> ops.unary(UnaryOp.ABS, n, a, ao, y, yo);
      case SQUARE -> ops.unary(UnaryOp.SQUARE, n, a, ao, y, yo);
      case SQRT -> ops.unary(UnaryOp.SQRT, n, a, ao, y, yo);
      case RECIPROCAL -> ops.unary(UnaryOp.RECIPROCAL, n, a, ao, y, yo);
      case EXP -> ops.unary(UnaryOp.EXP, n, a, ao, y, yo);
      case LOG -> ops.unary(UnaryOp.LOG, n, a, ao, y, yo);
      case TANH -> ops.unary(UnaryOp.TANH, n, a, ao, y, yo);
      case SIGMOID -> ops.unary(UnaryOp.SIGMOID, n, a, ao, y, yo);
      case ERF -> ops.unary(UnaryOp.ERF, n, a, ao, y, yo);
      default -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = value(op, a[ao + i]);
        }
      }
    }
  }

  static float value(PointwiseOp op, float a) {
    return switch (op) {
      case NEG -> -a;
      case SIGN -> Math.signum(a);
      case FLOOR -> (float) Math.floor(a);
      case ROUND -> (float) Math.rint(a);
      case RSQRT -> (float) (1 / Math.sqrt(a));
      case EXPM1 -> (float) Math.expm1(a);
      case LOG1P -> (float) Math.log1p(a);
      case SIN -> (float) Math.sin(a);
      case COS -> (float) Math.cos(a);
      default -> throw new IllegalArgumentException(op + " is not a function of one number");
    };
  }

  @Override
  public void binary(
      PointwiseOp op, int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    switch (op) {
      case ADD -> ops.binary(BinaryOp.ADD, n, a, ao, b, bo, 0, y, yo);
      case SUB -> ops.binary(BinaryOp.SUB, n, a, ao, b, bo, 0, y, yo);
      case MUL -> ops.binary(BinaryOp.MUL, n, a, ao, b, bo, 0, y, yo);
      case DIV -> ops.binary(BinaryOp.DIV, n, a, ao, b, bo, 0, y, yo);
      default -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = value(op, a[ao + i], b[bo + i]);
        }
      }
    }
  }

  static float value(PointwiseOp op, float a, float b) {
    return switch (op) {
      case POW -> power(a, b);
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case LT -> a < b ? 1 : 0;
      case LE -> a <= b ? 1 : 0;
      case EQ -> a == b ? 1 : 0;
      case NE -> a != b ? 1 : 0;
      default -> throw new IllegalArgumentException(op + " is not a function of two numbers");
    };
  }

  /** Returns a^b with C's special cases: of 1 and anything, and of -1 and an infinity, comes 1. */
  private static float power(float a, float b) {
    return a == 1 || (a == -1 && Float.isInfinite(b)) ? 1 : (float) Math.pow(a, b);
  }

  @Override
  public void where(
      int n, float[] a, int ao, float[] b, int bo, float[] c, int co, float[] y, int yo) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = a[ao + i] != 0 ? b[bo + i] : c[co + i];
    }
  }
}
