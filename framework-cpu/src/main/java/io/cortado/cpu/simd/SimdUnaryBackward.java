package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;

import io.cortado.backend.spec.UnaryOp;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Gradients of unary operations by the Vector API.
 *
 * <p>The old gradient is added under a mask that is all set or all clear as beta says: so what an
 * overwritten gradient held does not matter, -0 stays -0, and the loops need no second version.
 */
final class SimdUnaryBackward {

  private SimdUnaryBackward() {}

  /** One function's loop. */
  private interface Loop {
    void run(
        UnaryOp op,
        int n,
        float[] x,
        int xo,
        float[] y,
        int yo,
        float[] dy,
        int dyo,
        float beta,
        float[] dx,
        int dxo);
  }

  /** The loops by the kinds' ordinals; see {@link SimdUnary} for why this is no switch. */
  private static final Loop[] LOOPS =
      Arrays.stream(UnaryOp.Kind.values()).map(SimdUnaryBackward::loop).toArray(Loop[]::new);

  static void apply(
      UnaryOp op,
      int n,
      float[] x,
      int xo,
      float[] y,
      int yo,
      float[] dy,
      int dyo,
      float beta,
      float[] dx,
      int dxo) {
    LOOPS[op.kind().ordinal()].run(op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo);
  }

  private static Loop loop(UnaryOp.Kind kind) {
    return switch (kind) {
      case IDENTITY ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) -> scaled(1f, n, dy, dyo, beta, dx, dxo);
      case POW ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) ->
              SimdPow.powBackward(op.a(), n, x, xo, dy, dyo, beta, dx, dxo);
      case AFFINE ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) ->
              scaled(op.a(), n, dy, dyo, beta, dx, dxo);
      case EXP ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) ->
              byOutput(n, y, yo, dy, dyo, beta, dx, dxo);
      case LOG ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) -> log(n, x, xo, dy, dyo, beta, dx, dxo);
      case SQRT ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) -> sqrt(n, y, yo, dy, dyo, beta, dx, dxo);
      case ABS ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) -> abs(n, x, xo, dy, dyo, beta, dx, dxo);
      case SQUARE ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) -> square(n, x, xo, dy, dyo, beta, dx, dxo);
      case RECIPROCAL ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) ->
              reciprocal(n, y, yo, dy, dyo, beta, dx, dxo);
      case CLAMP ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) ->
              clamp(op.a(), op.b(), n, x, xo, dy, dyo, beta, dx, dxo);
      case RELU ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) -> relu(n, y, yo, dy, dyo, beta, dx, dxo);
      case SIGMOID ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) ->
              sigmoid(n, y, yo, dy, dyo, beta, dx, dxo);
      case TANH ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) -> tanh(n, y, yo, dy, dyo, beta, dx, dxo);
      case ERF ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) ->
              SimdErf.erfBackward(n, x, xo, dy, dyo, beta, dx, dxo);
      case SCALED_TANH ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) ->
              scaledTanh(op.a(), op.b(), n, y, yo, dy, dyo, beta, dx, dxo);
      case LEAKY_RELU ->
          (op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo) -> {
            boolean byInput = op.backwardNeedsInput();
            leakyRelu(op.a(), n, byInput ? x : y, byInput ? xo : yo, dy, dyo, beta, dx, dxo);
          };
    };
  }

  private static void scaled(float a, int n, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i);
      g.mul(a).add(FloatVector.fromArray(SPECIES, dx, dxo + i), add).intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      g.mul(a).add(FloatVector.fromArray(SPECIES, dx, dxo + i, m), add).intoArray(dx, dxo + i, m);
    }
  }

  private static void byOutput(
      int n, float[] s, int so, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i);
      g.mul(v).add(FloatVector.fromArray(SPECIES, dx, dxo + i), add).intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i, m);
      g.mul(v).add(FloatVector.fromArray(SPECIES, dx, dxo + i, m), add).intoArray(dx, dxo + i, m);
    }
  }

  private static void log(
      int n, float[] s, int so, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i);
      g.div(v).add(FloatVector.fromArray(SPECIES, dx, dxo + i), add).intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i, m);
      g.div(v).add(FloatVector.fromArray(SPECIES, dx, dxo + i, m), add).intoArray(dx, dxo + i, m);
    }
  }

  private static void sqrt(
      int n, float[] s, int so, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i);
      g.mul(0.5f)
          .div(v)
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i), add)
          .intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i, m);
      g.mul(0.5f)
          .div(v)
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i, m), add)
          .intoArray(dx, dxo + i, m);
    }
  }

  /**
   * Where x is neither side of 0, dy x has the zero, the NaN of either and that of {@code inf 0}.
   */
  private static void abs(
      int n, float[] s, int so, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i);
      g.mul(v)
          .blend(g, v.compare(GT, 0f))
          .blend(g.neg(), v.compare(LT, 0f))
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i), add)
          .intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i, m);
      g.mul(v)
          .blend(g, v.compare(GT, 0f))
          .blend(g.neg(), v.compare(LT, 0f))
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i, m), add)
          .intoArray(dx, dxo + i, m);
    }
  }

  private static void square(
      int n, float[] s, int so, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i);
      g.mul(v.add(v)).add(FloatVector.fromArray(SPECIES, dx, dxo + i), add).intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i, m);
      g.mul(v.add(v))
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i, m), add)
          .intoArray(dx, dxo + i, m);
    }
  }

  private static void reciprocal(
      int n, float[] s, int so, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i);
      g.mul(v.mul(v))
          .neg()
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i), add)
          .intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i, m);
      g.mul(v.mul(v))
          .neg()
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i, m), add)
          .intoArray(dx, dxo + i, m);
    }
  }

  private static void clamp(
      float a,
      float b,
      int n,
      float[] s,
      int so,
      float[] dy,
      int dyo,
      float beta,
      float[] dx,
      int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i);
      g.blend(0f, v.compare(GE, a).and(v.compare(LE, b)).not())
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i), add)
          .intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i, m);
      g.blend(0f, v.compare(GE, a).and(v.compare(LE, b)).not())
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i, m), add)
          .intoArray(dx, dxo + i, m);
    }
  }

  private static void relu(
      int n, float[] s, int so, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i);
      FloatVector.broadcast(SPECIES, 0f)
          .blend(g, v.compare(GT, 0f))
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i), add)
          .intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i, m);
      FloatVector.broadcast(SPECIES, 0f)
          .blend(g, v.compare(GT, 0f))
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i, m), add)
          .intoArray(dx, dxo + i, m);
    }
  }

  private static void leakyRelu(
      float slope, int n, float[] s, int so, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i);
      g.mul(slope)
          .blend(g, v.compare(GT, 0f))
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i), add)
          .intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i, m);
      g.mul(slope)
          .blend(g, v.compare(GT, 0f))
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i, m), add)
          .intoArray(dx, dxo + i, m);
    }
  }

  private static void sigmoid(
      int n, float[] s, int so, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i);
      g.mul(v.mul(FloatVector.broadcast(SPECIES, 1f).sub(v)))
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i), add)
          .intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i, m);
      g.mul(v.mul(FloatVector.broadcast(SPECIES, 1f).sub(v)))
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i, m), add)
          .intoArray(dx, dxo + i, m);
    }
  }

  private static void tanh(
      int n, float[] s, int so, float[] dy, int dyo, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i);
      g.mul(v.neg().fma(v, FloatVector.broadcast(SPECIES, 1f)))
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i), add)
          .intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i, m);
      g.mul(v.neg().fma(v, FloatVector.broadcast(SPECIES, 1f)))
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i, m), add)
          .intoArray(dx, dxo + i, m);
    }
  }

  private static void scaledTanh(
      float a,
      float b,
      int n,
      float[] s,
      int so,
      float[] dy,
      int dyo,
      float beta,
      float[] dx,
      int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i);
      g.mul(FloatVector.broadcast(SPECIES, a * b).sub(v.mul(v).mul(b / a)))
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i), add)
          .intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector v = FloatVector.fromArray(SPECIES, s, so + i, m);
      g.mul(FloatVector.broadcast(SPECIES, a * b).sub(v.mul(v).mul(b / a)))
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i, m), add)
          .intoArray(dx, dxo + i, m);
    }
  }
}
