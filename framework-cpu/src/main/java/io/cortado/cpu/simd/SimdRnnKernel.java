package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static io.cortado.cpu.simd.SimdTranspose.SIDE;
import static io.cortado.cpu.simd.VectorMath.EXPONENT_BIAS;
import static io.cortado.cpu.simd.VectorMath.LN2_HIGH;
import static io.cortado.cpu.simd.VectorMath.LN2_LOW;
import static io.cortado.cpu.simd.VectorMath.LOG2_E;
import static io.cortado.cpu.simd.VectorMath.MANTISSA_BITS;
import static io.cortado.cpu.simd.VectorMath.ROUND;
import static io.cortado.cpu.simd.VectorMath.TANH_ONE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The loops of recurrent layers by the Vector API, whole vectors alone.
 *
 * <p>A block's gates are 1 KiB each, so that each loop here reads what the one before wrote in the
 * first-level cache; bound by the exponentials, some 20 instructions and a division a vector. They
 * are those of {@link SimdUnary} with a polynomial of degree 6 (relative error 3e-9) and the power
 * of two in one factor: of a sigmoid below 1e-38 nothing is left but 0 or a denormal. Written out
 * where they are used, see {@link SimdUnary}.
 */
final class SimdRnnKernel implements RnnKernel {

  private static final int ROWS = SimdRnnTile.ROWS;
  private static final int COLUMNS = 2 * LENGTH;
  private static final int BLOCK = ROWS * COLUMNS;

  /** Beyond this a sigmoid is 0 or 1, and e^x still a normal number. */
  private static final float SIGMOID_MAX = 87f;

  // e^r = 1 + r + r^2 (EXP_2 + EXP_3 r + ...)
  private static final float EXP_2 = 4.9999993432e-01f;
  private static final float EXP_3 = 1.6666520399e-01f;
  private static final float EXP_4 = 4.1668390788e-02f;
  private static final float EXP_5 = 8.3687451211e-03f;
  private static final float EXP_6 = 1.3814539948e-03f;

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public void tile(
      int k,
      float[] a,
      int ao,
      int aStride,
      float[] b,
      int bo,
      boolean add,
      float[] bias,
      int biasOff,
      float[] c,
      int co) {
    SimdRnnTile.apply(k, a, ao, aStride, b, bo, add, bias, biasOff, c, co);
  }

  private static void sigmoid(int blocks, float[] z, int zo) {
    for (int i = zo, end = zo + blocks * BLOCK; i < end; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, z, i);
      // 1 / (1 + e^-v)
      FloatVector in = v.blend(-SIGMOID_MAX, v.compare(LT, -SIGMOID_MAX));
      in = in.blend(SIGMOID_MAX, in.compare(GT, SIGMOID_MAX)).neg();
      FloatVector shifted =
          in.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
      FloatVector n = shifted.sub(ROUND);
      FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), in);
      r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
      FloatVector p = FloatVector.broadcast(SPECIES, EXP_6);
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_5));
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_4));
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_3));
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_2));
      p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
      p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
      IntVector power = shifted.reinterpretAsInts().lanewise(LSHL, MANTISSA_BITS);
      // A factor, and not added to the bits of p: those of some NaN would become a number's.
      FloatVector scale = power.add(EXPONENT_BIAS << MANTISSA_BITS).reinterpretAsFloats();
      FloatVector one = FloatVector.broadcast(SPECIES, 1f);
      one.div(p.fma(scale, one)).intoArray(z, i);
    }
  }

  private static void tanh(float[] z, int zo) {
    for (int i = zo, end = zo + BLOCK; i < end; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, z, i);
      // With t = e^(2v) - 1, tanh v = t / (t + 2): exact in the limit of small v.
      FloatVector in = v.blend(-TANH_ONE, v.compare(LT, -TANH_ONE));
      in = in.blend(TANH_ONE, in.compare(GT, TANH_ONE));
      in = in.add(in);
      FloatVector shifted =
          in.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
      FloatVector n = shifted.sub(ROUND);
      FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), in);
      r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
      FloatVector p = FloatVector.broadcast(SPECIES, EXP_6);
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_5));
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_4));
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_3));
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_2));
      p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
      p = p.mul(r);
      IntVector power = shifted.reinterpretAsInts().lanewise(LSHL, MANTISSA_BITS);
      FloatVector scale = power.add(EXPONENT_BIAS << MANTISSA_BITS).reinterpretAsFloats();
      FloatVector t = p.fma(scale, scale.sub(1f));
      FloatVector y = t.div(t.add(2f));
      y.intoArray(z, i);
    }
  }

  @Override
  public void lstm(boolean keep, float[] z, int zo, float[] c, int co, float[] h, int ho) {
    sigmoid(3, z, zo);
    tanh(z, zo + 3 * BLOCK);
    if (keep) {
      System.arraycopy(c, co, z, zo + 4 * BLOCK, BLOCK);
    }
    for (int i = 0; i < BLOCK; i += LENGTH) {
      int at = zo + i;
      FloatVector fresh =
          FloatVector.fromArray(SPECIES, z, at)
              .mul(FloatVector.fromArray(SPECIES, z, at + 3 * BLOCK));
      FloatVector v =
          FloatVector.fromArray(SPECIES, z, at + BLOCK)
              .fma(FloatVector.fromArray(SPECIES, c, co + i), fresh);
      v.intoArray(c, co + i);
      FloatVector in = v.blend(-TANH_ONE, v.compare(LT, -TANH_ONE));
      in = in.blend(TANH_ONE, in.compare(GT, TANH_ONE));
      in = in.add(in);
      FloatVector shifted =
          in.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
      FloatVector n = shifted.sub(ROUND);
      FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), in);
      r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
      FloatVector p = FloatVector.broadcast(SPECIES, EXP_6);
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_5));
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_4));
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_3));
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_2));
      p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
      p = p.mul(r);
      IntVector power = shifted.reinterpretAsInts().lanewise(LSHL, MANTISSA_BITS);
      FloatVector scale = power.add(EXPONENT_BIAS << MANTISSA_BITS).reinterpretAsFloats();
      FloatVector t = p.fma(scale, scale.sub(1f));
      FloatVector y = t.div(t.add(2f));
      y.intoArray(z, at + 5 * BLOCK);
      y.mul(FloatVector.fromArray(SPECIES, z, at + 2 * BLOCK)).intoArray(h, ho + i);
    }
  }

  @Override
  public void lstmBackward(
      float[] z,
      int zo,
      float[] dh,
      int dho,
      float[] dy,
      int dyo,
      float[] dc,
      int dco,
      float[] dz,
      int dzo) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    for (int i = 0; i < BLOCK; i += LENGTH) {
      int at = zo + i;
      FloatVector up =
          FloatVector.fromArray(SPECIES, dh, dho + i)
              .add(FloatVector.fromArray(SPECIES, dy, dyo + i));
      FloatVector out = FloatVector.fromArray(SPECIES, z, at + 2 * BLOCK);
      FloatVector tanh = FloatVector.fromArray(SPECIES, z, at + 5 * BLOCK);
      FloatVector upOut = up.mul(out);
      upOut.mul(tanh).mul(one.sub(out)).intoArray(dz, dzo + i + 2 * BLOCK);
      FloatVector down =
          upOut.fma(one.sub(tanh.mul(tanh)), FloatVector.fromArray(SPECIES, dc, dco + i));
      FloatVector forget = FloatVector.fromArray(SPECIES, z, at + BLOCK);
      FloatVector downForget = down.mul(forget);
      downForget.intoArray(dc, dco + i);
      downForget
          .mul(FloatVector.fromArray(SPECIES, z, at + 4 * BLOCK))
          .mul(one.sub(forget))
          .intoArray(dz, dzo + i + BLOCK);
      FloatVector in = FloatVector.fromArray(SPECIES, z, at);
      FloatVector fresh = FloatVector.fromArray(SPECIES, z, at + 3 * BLOCK);
      FloatVector downIn = down.mul(in);
      downIn.mul(fresh).mul(one.sub(in)).intoArray(dz, dzo + i);
      downIn.mul(one.sub(fresh.mul(fresh))).intoArray(dz, dzo + i + 3 * BLOCK);
    }
  }

  @Override
  public void gru(boolean keep, float[] z, int zo, float[] h0, int h0o, float[] h1, int h1o) {
    sigmoid(2, z, zo);
    for (int i = 0; i < BLOCK; i += LENGTH) {
      int at = zo + i;
      FloatVector v =
          FloatVector.fromArray(SPECIES, z, at)
              .fma(
                  FloatVector.fromArray(SPECIES, z, at + 3 * BLOCK),
                  FloatVector.fromArray(SPECIES, z, at + 2 * BLOCK));
      FloatVector in = v.blend(-TANH_ONE, v.compare(LT, -TANH_ONE));
      in = in.blend(TANH_ONE, in.compare(GT, TANH_ONE));
      in = in.add(in);
      FloatVector shifted =
          in.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
      FloatVector n = shifted.sub(ROUND);
      FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), in);
      r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
      FloatVector p = FloatVector.broadcast(SPECIES, EXP_6);
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_5));
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_4));
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_3));
      p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_2));
      p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
      p = p.mul(r);
      IntVector power = shifted.reinterpretAsInts().lanewise(LSHL, MANTISSA_BITS);
      FloatVector scale = power.add(EXPONENT_BIAS << MANTISSA_BITS).reinterpretAsFloats();
      FloatVector t = p.fma(scale, scale.sub(1f));
      FloatVector y = t.div(t.add(2f));
      y.intoArray(z, at + 2 * BLOCK);
      FloatVector rest = FloatVector.fromArray(SPECIES, h0, h0o + i).sub(y);
      rest.intoArray(z, at + 4 * BLOCK);
      rest.fma(FloatVector.fromArray(SPECIES, z, at + BLOCK), y).intoArray(h1, h1o + i);
    }
  }

  @Override
  public void gruBackward(
      float[] z,
      int zo,
      float[] dh,
      int dho,
      float[] dy,
      int dyo,
      float[] dz,
      int dzo,
      float[] dn,
      int dno) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    for (int i = 0; i < BLOCK; i += LENGTH) {
      int at = zo + i;
      FloatVector up =
          FloatVector.fromArray(SPECIES, dh, dho + i)
              .add(FloatVector.fromArray(SPECIES, dy, dyo + i));
      FloatVector reset = FloatVector.fromArray(SPECIES, z, at);
      FloatVector update = FloatVector.fromArray(SPECIES, z, at + BLOCK);
      FloatVector fresh = FloatVector.fromArray(SPECIES, z, at + 2 * BLOCK);
      FloatVector rest = one.sub(update);
      FloatVector upUpdate = up.mul(update);
      upUpdate.intoArray(dh, dho + i);
      upUpdate
          .mul(FloatVector.fromArray(SPECIES, z, at + 4 * BLOCK))
          .mul(rest)
          .intoArray(dz, dzo + i + BLOCK);
      FloatVector down = up.mul(rest).mul(one.sub(fresh.mul(fresh)));
      down.intoArray(dn, dno + i);
      FloatVector downReset = down.mul(reset);
      downReset.intoArray(dz, dzo + i + 2 * BLOCK);
      downReset
          .mul(FloatVector.fromArray(SPECIES, z, at + 3 * BLOCK))
          .mul(one.sub(reset))
          .intoArray(dz, dzo + i);
    }
  }

  @Override
  public void tanh(float[] z, int zo, float[] h, int ho) {
    tanh(z, zo);
    System.arraycopy(z, zo, h, ho, BLOCK);
  }

  @Override
  public void tanhBackward(
      float[] h, int ho, float[] dh, int dho, float[] dy, int dyo, float[] dz, int dzo) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    for (int i = 0; i < BLOCK; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, h, ho + i);
      FloatVector.fromArray(SPECIES, dh, dho + i)
          .add(FloatVector.fromArray(SPECIES, dy, dyo + i))
          .mul(one.sub(v.mul(v)))
          .intoArray(dz, dzo + i);
    }
  }

  @Override
  public void relu(float[] z, int zo, float[] h, int ho) {
    for (int i = 0; i < BLOCK; i += LENGTH) {
      FloatVector y = FloatVector.fromArray(SPECIES, z, zo + i).max(0f);
      y.intoArray(z, zo + i);
      y.intoArray(h, ho + i);
    }
  }

  @Override
  public void reluBackward(
      float[] h, int ho, float[] dh, int dho, float[] dy, int dyo, float[] dz, int dzo) {
    for (int i = 0; i < BLOCK; i += LENGTH) {
      FloatVector up =
          FloatVector.fromArray(SPECIES, dh, dho + i)
              .add(FloatVector.fromArray(SPECIES, dy, dyo + i));
      FloatVector.zero(SPECIES)
          .blend(up, FloatVector.fromArray(SPECIES, h, ho + i).compare(GT, 0f))
          .intoArray(dz, dzo + i);
    }
  }

  @Override
  public void toColumns(
      int sequences, int features, float[] src, int so, int stride, float[] dst, int dof) {
    int f = 0;
    if (SIDE > 0) {
      for (; f + SIDE <= features; f += SIDE) {
        int to = dof + f * COLUMNS;
        int s = 0;
        for (; s + SIDE <= sequences; s += SIDE) {
          SimdTranspose.square(src, so + s * stride + f, stride, dst, to + s, COLUMNS);
        }
        ScalarRnnKernel.columns(COLUMNS, s, sequences, SIDE, src, so + f, stride, dst, to);
      }
    }
    int rest = features - f;
    ScalarRnnKernel.columns(
        COLUMNS, 0, sequences, rest, src, so + f, stride, dst, dof + f * COLUMNS);
  }

  @Override
  public void toRows(
      int sequences, int features, float[] src, int so, float[] dst, int dof, int stride) {
    int f = 0;
    if (SIDE > 0) {
      for (; f + SIDE <= features; f += SIDE) {
        int from = so + f * COLUMNS;
        int s = 0;
        for (; s + SIDE <= sequences; s += SIDE) {
          SimdTranspose.square(src, from + s, COLUMNS, dst, dof + s * stride + f, stride);
        }
        ScalarRnnKernel.rows(COLUMNS, s, sequences, SIDE, src, from, dst, dof + f, stride);
      }
    }
    int rest = features - f;
    ScalarRnnKernel.rows(COLUMNS, 0, sequences, rest, src, so + f * COLUMNS, dst, dof + f, stride);
  }
}
