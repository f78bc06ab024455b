package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;

import io.cortado.backend.spec.UnaryOp;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Unary operations by the Vector API.
 *
 * <p>One loop for each function: a choice inside the loop would make every vector an object on the
 * heap (measured: 25 times as slow). And a long function stands once in its loop, not again for the
 * tail: beyond some 18000 nodes the compiler inlines the JDK's methods alone, and a vector that
 * goes into a method of ours is an object. So what is ours comes early in such loops.
 */
final class SimdUnary {

  private SimdUnary() {}

  /** One function's loop. */
  private interface Loop {
    void run(UnaryOp op, int n, float[] x, int xo, float[] y, int yo);
  }

  /**
   * The loops by the kinds' ordinals.
   *
   * <p>A table and not a switch: the compiler would put all loops of a switch into one method, past
   * the size up to which it inlines ours.
   */
  private static final Loop[] LOOPS =
      Arrays.stream(UnaryOp.Kind.values()).map(SimdUnary::loop).toArray(Loop[]::new);

  static void apply(UnaryOp op, int n, float[] x, int xo, float[] y, int yo) {
    LOOPS[op.kind().ordinal()].run(op, n, x, xo, y, yo);
  }

  private static Loop loop(UnaryOp.Kind kind) {
    return switch (kind) {
      case IDENTITY ->
          (op, n, x, xo, y, yo) -> {
            if (x != y || xo != yo) {
              System.arraycopy(x, xo, y, yo, n);
            }
          };
      case POW -> (op, n, x, xo, y, yo) -> SimdPow.pow(op.a(), n, x, xo, y, yo);
      case AFFINE -> (op, n, x, xo, y, yo) -> affine(op.a(), op.b(), n, x, xo, y, yo);
      case EXP -> (op, n, x, xo, y, yo) -> SimdExp.expSum(n, x, xo, 0f, y, yo);
      case LOG -> (op, n, x, xo, y, yo) -> SimdLog.log(n, x, xo, y, yo);
      case SQRT -> (op, n, x, xo, y, yo) -> sqrt(n, x, xo, y, yo);
      case ABS -> (op, n, x, xo, y, yo) -> abs(n, x, xo, y, yo);
      case SQUARE -> (op, n, x, xo, y, yo) -> square(n, x, xo, y, yo);
      case RECIPROCAL -> (op, n, x, xo, y, yo) -> reciprocal(n, x, xo, y, yo);
      case CLAMP -> (op, n, x, xo, y, yo) -> clamp(op.a(), op.b(), n, x, xo, y, yo);
      case RELU -> (op, n, x, xo, y, yo) -> relu(n, x, xo, y, yo);
      case LEAKY_RELU -> (op, n, x, xo, y, yo) -> leakyRelu(op.a(), n, x, xo, y, yo);
      case SIGMOID -> (op, n, x, xo, y, yo) -> SimdSigmoid.sigmoid(n, x, xo, y, yo);
      case TANH -> (op, n, x, xo, y, yo) -> SimdSigmoid.tanh(n, x, xo, y, yo);
      case ERF -> (op, n, x, xo, y, yo) -> SimdErf.erf(n, x, xo, y, yo);
      case SCALED_TANH ->
          (op, n, x, xo, y, yo) -> SimdSigmoid.tanh(op.a(), op.b(), n, x, xo, y, yo);
    };
  }

  private static void affine(float a, float b, int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector.fromArray(SPECIES, x, xo + i).mul(a).add(b).intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector.fromArray(SPECIES, x, xo + i, m).mul(a).add(b).intoArray(y, yo + i, m);
    }
  }

  private static void sqrt(int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector.fromArray(SPECIES, x, xo + i).sqrt().intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector.fromArray(SPECIES, x, xo + i, m).sqrt().intoArray(y, yo + i, m);
    }
  }

  private static void abs(int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector.fromArray(SPECIES, x, xo + i).abs().intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector.fromArray(SPECIES, x, xo + i, m).abs().intoArray(y, yo + i, m);
    }
  }

  private static void square(int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i);
      v.mul(v).intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, m);
      v.mul(v).intoArray(y, yo + i, m);
    }
  }

  private static void reciprocal(int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector.broadcast(SPECIES, 1f)
          .div(FloatVector.fromArray(SPECIES, x, xo + i))
          .intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector.broadcast(SPECIES, 1f)
          .div(FloatVector.fromArray(SPECIES, x, xo + i, m))
          .intoArray(y, yo + i, m);
    }
  }

  private static void clamp(float a, float b, int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector.fromArray(SPECIES, x, xo + i).max(a).min(b).intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector.fromArray(SPECIES, x, xo + i, m).max(a).min(b).intoArray(y, yo + i, m);
    }
  }

  private static void relu(int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector.fromArray(SPECIES, x, xo + i).max(0f).intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector.fromArray(SPECIES, x, xo + i, m).max(0f).intoArray(y, yo + i, m);
    }
  }

  private static void leakyRelu(float slope, int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i);
      v.mul(slope).blend(v, v.compare(GT, 0f)).intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, m);
      v.mul(slope).blend(v, v.compare(GT, 0f)).intoArray(y, yo + i, m);
    }
  }
}
