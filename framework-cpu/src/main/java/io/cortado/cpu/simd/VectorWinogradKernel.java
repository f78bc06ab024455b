package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.WinogradTransform.G0;
import static io.cortado.cpu.simd.WinogradTransform.GP;
import static io.cortado.cpu.simd.WinogradTransform.GP1;
import static io.cortado.cpu.simd.WinogradTransform.GP2;
import static io.cortado.cpu.simd.WinogradTransform.GQ;
import static io.cortado.cpu.simd.WinogradTransform.GQ1;
import static io.cortado.cpu.simd.WinogradTransform.GQ2;
import static io.cortado.cpu.simd.WinogradTransform.P;
import static io.cortado.cpu.simd.WinogradTransform.P2;
import static io.cortado.cpu.simd.WinogradTransform.P2Q2;
import static io.cortado.cpu.simd.WinogradTransform.P2_PLUS_Q2;
import static io.cortado.cpu.simd.WinogradTransform.P3;
import static io.cortado.cpu.simd.WinogradTransform.Q;
import static io.cortado.cpu.simd.WinogradTransform.Q2;
import static io.cortado.cpu.simd.WinogradTransform.Q3;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The transforms by the Vector API, a cell being one vector.
 *
 * <p>Each transform has its own loop: a method of its own for the compiler, which keeps the
 * constants in registers. Each of a transform's columns is loaded once, kept in registers and
 * stored once: 6 loads, about 14 operations and 6 stores for the largest. Bound by loads and stores
 * in the first-level cache. {@link VectorWinogradProduct} has the products.
 */
final class VectorWinogradKernel implements WinogradKernel {

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.LENGTH;

  @Override
  public int lanes() {
    return L;
  }

  @Override
  public int rows() {
    return VectorWinogradProduct.ROWS;
  }

  @Override
  public int columns() {
    return 2 * L;
  }

  @Override
  public void multiplyRows(
      int k,
      float[] a,
      int aOff,
      int aRow,
      float[] b,
      int bOff,
      boolean add,
      float[] c,
      int cOff,
      int ldc) {
    VectorWinogradProduct.byRows(k, a, aOff, aRow, b, bOff, add, c, cOff, ldc);
  }

  @Override
  public void multiplyColumns(
      int k, float[] a, int aOff, float[] b, int bOff, boolean add, float[] c, int cOff, int ldc) {
    VectorWinogradProduct.byColumns(k, a, aOff, b, bOff, add, c, cOff, ldc);
  }

  @Override
  public void transform(
      WinogradTransform t,
      int count,
      float[] src,
      int srcOff,
      int srcStride,
      int srcNext,
      float[] dst,
      int dstOff,
      int dstStride,
      int dstNext) {
    switch (t) {
      case DATA_4 -> data4(count, src, srcOff, srcStride, srcNext, dst, dstOff, dstStride, dstNext);
      case FILTER_4 ->
          filter4(count, src, srcOff, srcStride, srcNext, dst, dstOff, dstStride, dstNext);
      case OUTPUT_4 ->
          output4(count, src, srcOff, srcStride, srcNext, dst, dstOff, dstStride, dstNext);
      case OUTPUT_GRADIENT_4 ->
          outputGradient4(count, src, srcOff, srcStride, srcNext, dst, dstOff, dstStride, dstNext);
      case FILTER_GRADIENT_4 ->
          filterGradient4(count, src, srcOff, srcStride, srcNext, dst, dstOff, dstStride, dstNext);
      case DATA_2 -> data2(count, src, srcOff, srcStride, srcNext, dst, dstOff, dstStride, dstNext);
      case FILTER_2 ->
          filter2(count, src, srcOff, srcStride, srcNext, dst, dstOff, dstStride, dstNext);
      case OUTPUT_2 ->
          output2(count, src, srcOff, srcStride, srcNext, dst, dstOff, dstStride, dstNext);
      case OUTPUT_GRADIENT_2 ->
          outputGradient2(count, src, srcOff, srcStride, srcNext, dst, dstOff, dstStride, dstNext);
      case FILTER_GRADIENT_2 ->
          filterGradient2(count, src, srcOff, srcStride, srcNext, dst, dstOff, dstStride, dstNext);
    }
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(S, x, at);
  }

  private static FloatVector all(float x) {
    return FloatVector.broadcast(S, x);
  }

  private static void data4(
      int count, float[] x, int xOff, int step, int xNext, float[] y, int yOff, int to, int yNext) {
    int s = xOff;
    int d = yOff;
    for (int n = 0; n < count; n++) {
      FloatVector d0 = load(x, s);
      FloatVector d1 = load(x, s + step);
      FloatVector d2 = load(x, s + 2 * step);
      FloatVector d3 = load(x, s + 3 * step);
      FloatVector d4 = load(x, s + 4 * step);
      FloatVector d5 = load(x, s + 5 * step);
      d0.fma(all(P2Q2), d2.fma(all(-P2_PLUS_Q2), d4)).intoArray(y, d);
      FloatVector even = d2.fma(all(-Q2), d4);
      FloatVector odd = d1.fma(all(-Q2), d3);
      odd.fma(all(P), even).intoArray(y, d + to);
      odd.fma(all(-P), even).intoArray(y, d + 2 * to);
      even = d2.fma(all(-P2), d4);
      odd = d1.fma(all(-P2), d3);
      odd.fma(all(Q), even).intoArray(y, d + 3 * to);
      odd.fma(all(-Q), even).intoArray(y, d + 4 * to);
      d1.fma(all(P2Q2), d3.fma(all(-P2_PLUS_Q2), d5)).intoArray(y, d + 5 * to);
      s += xNext;
      d += yNext;
    }
  }

  private static void filter4(
      int count, float[] x, int xOff, int step, int xNext, float[] y, int yOff, int to, int yNext) {
    int s = xOff;
    int d = yOff;
    for (int n = 0; n < count; n++) {
      FloatVector g0 = load(x, s);
      FloatVector g1 = load(x, s + step);
      FloatVector g2 = load(x, s + 2 * step);
      g0.mul(all(G0)).intoArray(y, d);
      FloatVector even = g0.fma(all(GP), g2.mul(all(GP2)));
      g1.fma(all(GP1), even).intoArray(y, d + to);
      g1.fma(all(-GP1), even).intoArray(y, d + 2 * to);
      even = g0.fma(all(GQ), g2.mul(all(GQ2)));
      g1.fma(all(GQ1), even).intoArray(y, d + 3 * to);
      g1.fma(all(-GQ1), even).intoArray(y, d + 4 * to);
      g2.intoArray(y, d + 5 * to);
      s += xNext;
      d += yNext;
    }
  }

  private static void output4(
      int count, float[] x, int xOff, int step, int xNext, float[] y, int yOff, int to, int yNext) {
    int s = xOff;
    int d = yOff;
    for (int n = 0; n < count; n++) {
      FloatVector m1 = load(x, s + step);
      FloatVector m2 = load(x, s + 2 * step);
      FloatVector m3 = load(x, s + 3 * step);
      FloatVector m4 = load(x, s + 4 * step);
      FloatVector sumP = m1.add(m2);
      FloatVector sumQ = m3.add(m4);
      FloatVector oddP = m1.sub(m2);
      FloatVector oddQ = m3.sub(m4);
      load(x, s).add(sumP.add(sumQ)).intoArray(y, d);
      oddP.fma(all(P), oddQ.mul(all(Q))).intoArray(y, d + to);
      sumP.fma(all(P2), sumQ.mul(all(Q2))).intoArray(y, d + 2 * to);
      oddP.fma(all(P3), oddQ.fma(all(Q3), load(x, s + 5 * step))).intoArray(y, d + 3 * to);
      s += xNext;
      d += yNext;
    }
  }

  private static void outputGradient4(
      int count, float[] x, int xOff, int step, int xNext, float[] y, int yOff, int to, int yNext) {
    int s = xOff;
    int d = yOff;
    for (int n = 0; n < count; n++) {
      FloatVector y0 = load(x, s);
      FloatVector y1 = load(x, s + step);
      FloatVector y2 = load(x, s + 2 * step);
      FloatVector y3 = load(x, s + 3 * step);
      y0.intoArray(y, d);
      FloatVector even = y2.fma(all(P2), y0);
      FloatVector odd = y1.fma(all(P), y3.mul(all(P3)));
      even.add(odd).intoArray(y, d + to);
      even.sub(odd).intoArray(y, d + 2 * to);
      even = y2.fma(all(Q2), y0);
      odd = y1.fma(all(Q), y3.mul(all(Q3)));
      even.add(odd).intoArray(y, d + 3 * to);
      even.sub(odd).intoArray(y, d + 4 * to);
      y3.intoArray(y, d + 5 * to);
      s += xNext;
      d += yNext;
    }
  }

  private static void filterGradient4(
      int count, float[] x, int xOff, int step, int xNext, float[] y, int yOff, int to, int yNext) {
    int s = xOff;
    int d = yOff;
    for (int n = 0; n < count; n++) {
      FloatVector m1 = load(x, s + step);
      FloatVector m2 = load(x, s + 2 * step);
      FloatVector m3 = load(x, s + 3 * step);
      FloatVector m4 = load(x, s + 4 * step);
      FloatVector sumP = m1.add(m2);
      FloatVector sumQ = m3.add(m4);
      FloatVector oddP = m1.sub(m2);
      FloatVector oddQ = m3.sub(m4);
      load(x, s).fma(all(G0), sumP.fma(all(GP), sumQ.mul(all(GQ)))).intoArray(y, d);
      oddP.fma(all(GP1), oddQ.mul(all(GQ1))).intoArray(y, d + to);
      sumP.fma(all(GP2), sumQ.fma(all(GQ2), load(x, s + 5 * step))).intoArray(y, d + 2 * to);
      s += xNext;
      d += yNext;
    }
  }

  private static void data2(
      int count, float[] x, int xOff, int step, int xNext, float[] y, int yOff, int to, int yNext) {
    int s = xOff;
    int d = yOff;
    for (int n = 0; n < count; n++) {
      FloatVector d1 = load(x, s + step);
      FloatVector d2 = load(x, s + 2 * step);
      load(x, s).sub(d2).intoArray(y, d);
      d1.add(d2).intoArray(y, d + to);
      d2.sub(d1).intoArray(y, d + 2 * to);
      load(x, s + 3 * step).sub(d1).intoArray(y, d + 3 * to);
      s += xNext;
      d += yNext;
    }
  }

  private static void filter2(
      int count, float[] x, int xOff, int step, int xNext, float[] y, int yOff, int to, int yNext) {
    int s = xOff;
    int d = yOff;
    for (int n = 0; n < count; n++) {
      FloatVector g0 = load(x, s);
      FloatVector g1 = load(x, s + step);
      FloatVector g2 = load(x, s + 2 * step);
      g0.intoArray(y, d);
      FloatVector even = g0.add(g2).mul(all(0.5f));
      g1.fma(all(0.5f), even).intoArray(y, d + to);
      g1.fma(all(-0.5f), even).intoArray(y, d + 2 * to);
      g2.intoArray(y, d + 3 * to);
      s += xNext;
      d += yNext;
    }
  }

  private static void output2(
      int count, float[] x, int xOff, int step, int xNext, float[] y, int yOff, int to, int yNext) {
    int s = xOff;
    int d = yOff;
    for (int n = 0; n < count; n++) {
      FloatVector m1 = load(x, s + step);
      FloatVector m2 = load(x, s + 2 * step);
      load(x, s).add(m1.add(m2)).intoArray(y, d);
      m1.sub(m2).add(load(x, s + 3 * step)).intoArray(y, d + to);
      s += xNext;
      d += yNext;
    }
  }

  private static void outputGradient2(
      int count, float[] x, int xOff, int step, int xNext, float[] y, int yOff, int to, int yNext) {
    int s = xOff;
    int d = yOff;
    for (int n = 0; n < count; n++) {
      FloatVector y0 = load(x, s);
      FloatVector y1 = load(x, s + step);
      y0.intoArray(y, d);
      y0.add(y1).intoArray(y, d + to);
      y0.sub(y1).intoArray(y, d + 2 * to);
      y1.intoArray(y, d + 3 * to);
      s += xNext;
      d += yNext;
    }
  }

  private static void filterGradient2(
      int count, float[] x, int xOff, int step, int xNext, float[] y, int yOff, int to, int yNext) {
    int s = xOff;
    int d = yOff;
    for (int n = 0; n < count; n++) {
      FloatVector m1 = load(x, s + step);
      FloatVector m2 = load(x, s + 2 * step);
      FloatVector half = m1.add(m2).mul(all(0.5f));
      load(x, s).add(half).intoArray(y, d);
      m1.sub(m2).mul(all(0.5f)).intoArray(y, d + to);
      half.add(load(x, s + 3 * step)).intoArray(y, d + 2 * to);
      s += xNext;
      d += yNext;
    }
  }

  @Override
  public void interleave(
      int count, int channels, float[] src, int srcOff, int plane, float[] dst, int dstOff) {
    WinogradCells.interleave(L, count, channels, src, srcOff, plane, dst, dstOff);
  }

  @Override
  public void deinterleave(
      int count,
      int channels,
      float[] src,
      int srcOff,
      float beta,
      float[] dst,
      int dstOff,
      int plane) {
    WinogradCells.deinterleave(L, count, channels, src, srcOff, beta, dst, dstOff, plane);
  }

  @Override
  public void add(int count, float[] cell, int cellOff, float[] x, int xOff) {
    FloatVector v = load(cell, cellOff);
    for (int i = 0; i < count; i++) {
      load(x, xOff + i * L).add(v).intoArray(x, xOff + i * L);
    }
  }
}
