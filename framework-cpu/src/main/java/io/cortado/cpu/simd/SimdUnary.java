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

import io.cortado.backend.spec.UnaryOp;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

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
      case EXP -> (op, n, x, xo, y, yo) -> SimdReduce.expSum(n, x, xo, 0f, y, yo);
      case LOG -> (op, n, x, xo, y, yo) -> log(n, x, xo, y, yo);
      case SQRT -> (op, n, x, xo, y, yo) -> sqrt(n, x, xo, y, yo);
      case ABS -> (op, n, x, xo, y, yo) -> abs(n, x, xo, y, yo);
      case SQUARE -> (op, n, x, xo, y, yo) -> square(n, x, xo, y, yo);
      case RECIPROCAL -> (op, n, x, xo, y, yo) -> reciprocal(n, x, xo, y, yo);
      case CLAMP -> (op, n, x, xo, y, yo) -> clamp(op.a(), op.b(), n, x, xo, y, yo);
      case RELU -> (op, n, x, xo, y, yo) -> relu(n, x, xo, y, yo);
      case LEAKY_RELU -> (op, n, x, xo, y, yo) -> leakyRelu(op.a(), n, x, xo, y, yo);
      case SIGMOID -> (op, n, x, xo, y, yo) -> sigmoid(n, x, xo, y, yo);
      case TANH -> (op, n, x, xo, y, yo) -> tanh(1f, 1f, n, x, xo, y, yo);
      case SCALED_TANH -> (op, n, x, xo, y, yo) -> tanh(op.a(), op.b(), n, x, xo, y, yo);
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

  static void log(int n, float[] x, int xo, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, m);
      VectorMath.log(v).intoArray(y, yo + i, m);
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

  private static void sigmoid(int n, float[] x, int xo, float[] y, int yo) {
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, m);
      // e^-|v| cannot overflow; for negative v the numerator is it instead of 1.
      FloatVector w = v.abs().neg();
      // e^w as VectorMath.exp has it, written out: see SimdUnary.
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

  private static void tanh(float a, float b, int n, float[] x, int xo, float[] y, int yo) {
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
