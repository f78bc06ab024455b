package io.cortado.cpu.simd;

import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.UnaryOp;
import org.jspecify.annotations.Nullable;

/** The loops by the Vector API. */
final class SimdVectorOps implements VectorOps {

  @Override
  public String description() {
    return "Vector API, %d-bit (%d lanes)".formatted(Lanes.SPECIES.vectorBitSize(), Lanes.LENGTH);
  }

  @Override
  public void unary(UnaryOp op, int n, float[] x, int xo, float[] y, int yo) {
    SimdUnary.apply(op, n, x, xo, y, yo);
  }

  @Override
  public void unaryBackward(
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
    SimdUnaryBackward.apply(op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo);
  }

  @Override
  public void binary(
      BinaryOp op, int n, float[] a, int ao, float[] b, int bo, float beta, float[] out, int oo) {
    SimdBinary.apply(op, n, a, ao, b, bo, beta, out, oo);
  }

  @Override
  public void binaryScalar(
      BinaryOp op, int n, float[] a, int ao, float b, float beta, float[] out, int oo) {
    SimdBinary.applyScalar(op, n, a, ao, b, beta, out, oo);
  }

  @Override
  public void scalarBinary(
      BinaryOp op, int n, float a, float[] b, int bo, float beta, float[] out, int oo) {
    SimdBinary.applyToScalar(op, n, a, b, bo, beta, out, oo);
  }

  @Override
  public void axpby(int n, float alpha, float[] x, int xo, float beta, float[] y, int yo) {
    SimdUpdate.axpby(n, alpha, x, xo, beta, y, yo);
  }

  @Override
  public double sum(int n, float[] x, int xo) {
    return SimdReduce.sum(n, x, xo);
  }

  @Override
  public double dot(int n, float[] x, int xo, float[] y, int yo) {
    return SimdReduce.dot(n, x, xo, y, yo);
  }

  @Override
  public void addRows(int rows, int cols, float[] x, int xo, int stride, double[] sums, int so) {
    SimdReduce.addRows(rows, cols, x, xo, stride, sums, so);
  }

  @Override
  public void addRuns(int runs, int n, float[] x, int xo, double[] sums, int so) {
    SimdReduce.addRuns(runs, n, x, xo, sums, so);
  }

  @Override
  public float max(int n, float[] x, int xo) {
    return SimdReduce.max(n, x, xo);
  }

  @Override
  public double expSum(int n, float[] x, int xo, float shift, float[] y, int yo) {
    return SimdExp.expSum(n, x, xo, shift, y, yo);
  }

  @Override
  public double sumExp(int n, float[] x, int xo, float shift) {
    return SimdExp.sumExp(n, x, xo, shift);
  }

  @Override
  public void softmaxBackward(
      int n, float[] y, int yo, float[] dy, int dyo, float s, float beta, float[] dx, int dxo) {
    SimdUpdate.softmaxBackward(n, y, yo, dy, dyo, s, beta, dx, dxo);
  }

  @Override
  public void logSoftmaxBackward(
      int n, float[] y, int yo, float[] dy, int dyo, float s, float beta, float[] dx, int dxo) {
    SimdExp.logSoftmaxBackward(n, y, yo, dy, dyo, s, beta, dx, dxo);
  }

  @Override
  public double sumSquaredDeviations(int n, float[] x, int xo, float mean) {
    return SimdReduce.sumSquaredDeviations(n, x, xo, mean);
  }

  @Override
  public double dotDeviations(int n, float[] x, int xo, float mean, float[] dy, int dyo) {
    return SimdReduce.dotDeviations(n, x, xo, mean, dy, dyo);
  }

  @Override
  public void normalize(
      int n, float[] x, int xo, float mean, float scale, float shift, float[] y, int yo) {
    SimdUpdate.normalize(n, x, xo, mean, scale, shift, y, yo);
  }

  @Override
  public float normalizeAndMax(
      int n,
      float[] x,
      int xo,
      float mean,
      float scale,
      float shift,
      float[] y,
      int yo,
      float[] next,
      int no) {
    return SimdReduce.normalizeAndMax(n, x, xo, mean, scale, shift, y, yo, next, no);
  }

  @Override
  public int indexOf(float value, int n, float[] x, int xo) {
    return SimdReduce.indexOf(value, n, x, xo);
  }

  @Override
  public int squareSide() {
    return Lanes.LENGTH;
  }

  @Override
  public void transpose(float[] x, int xo, int[] from, float beta, float[] y, int yo, int[] to) {
    LaneSquares.transpose(x, xo, from, 0, beta, y, yo, to, 0);
  }

  @Override
  public void normalize(
      int n,
      float[] x,
      int xo,
      float mean,
      float scale,
      float offset,
      float[] gamma,
      int go,
      float[] shift,
      int so,
      float[] y,
      int yo) {
    SimdUpdate.normalize(n, x, xo, mean, scale, offset, gamma, go, shift, so, y, yo);
  }

  @Override
  public void normalizeBackward(
      int n,
      float[] x,
      int xo,
      float mean,
      float[] dy,
      int dyo,
      float a,
      float b,
      float c,
      float beta,
      float[] dx,
      int dxo) {
    SimdUpdate.normalizeBackward(n, x, xo, mean, dy, dyo, a, b, c, beta, dx, dxo);
  }

  @Override
  public void philox(
      int key0,
      int key1,
      int counter0,
      int counter1,
      int counter2,
      int counter3,
      int blocks,
      int[] out) {
    SimdPhilox.words(key0, key1, counter0, counter1, counter2, counter3, blocks, out);
  }

  @Override
  public double pointwiseLoss(
      PointwiseLossSpec.Kind kind,
      int n,
      float[] x,
      int xo,
      float[] target,
      int to,
      float @Nullable [] weight,
      int wo,
      float @Nullable [] posWeight,
      int po,
      float @Nullable [] loss,
      int lo,
      float scale,
      float @Nullable [] grad,
      int go,
      float[] scratch) {
    return SimdLoss.apply(
        kind, n, x, xo, target, to, weight, wo, posWeight, po, loss, lo, scale, grad, go, scratch);
  }

  @Override
  public void sgd(
      SgdSpec spec,
      float lr,
      boolean first,
      int n,
      float[] param,
      int po,
      float[] grad,
      int go,
      float @Nullable [] momentum,
      int mo) {
    if (momentum == null) {
      SimdUpdate.sgd(lr, spec.weightDecay(), n, param, po, grad, go);
    } else {
      SimdUpdate.sgdMomentum(spec, lr, first, n, param, po, grad, go, momentum, mo);
    }
  }

  @Override
  public void adam(
      AdamSpec spec,
      float stepSize,
      float invSqrtCorrection2,
      float decayFactor,
      int n,
      float[] param,
      int po,
      float[] grad,
      int go,
      float[] m,
      int mo,
      float[] v,
      int vo) {
    SimdUpdate.adam(
        spec, stepSize, invSqrtCorrection2, decayFactor, n, param, po, grad, go, m, mo, v, vo);
  }

  @Override
  public void keepFrom(
      long threshold,
      int n,
      int[] words,
      float scale,
      float[] x,
      int xo,
      float beta,
      float[] y,
      int yo) {
    SimdUpdate.keepFrom(threshold, n, words, scale, x, xo, beta, y, yo);
  }
}
