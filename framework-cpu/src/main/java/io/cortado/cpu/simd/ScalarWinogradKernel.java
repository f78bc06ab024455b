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

/**
 * The same in plain Java: cells of four channels, products in tiles of 4 x 8 as two of {@link
 * ScalarGemmKernel}'s shape.
 *
 * <p>Bound by the scalar multipliers.
 */
final class ScalarWinogradKernel implements WinogradKernel {

  private static final int L = 4;

  @Override
  public int lanes() {
    return L;
  }

  @Override
  public int rows() {
    return 4;
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
    multiply(k, a, aOff, aRow, 1, b, bOff, add, c, cOff, ldc);
  }

  @Override
  public void multiplyColumns(
      int k, float[] a, int aOff, float[] b, int bOff, boolean add, float[] c, int cOff, int ldc) {
    multiply(k, a, aOff, 1, 2 * L, b, bOff, add, c, cOff, ldc);
  }

  private static void multiply(
      int k,
      float[] a,
      int aOff,
      int aRow,
      int aStep,
      float[] b,
      int bOff,
      boolean add,
      float[] c,
      int cOff,
      int ldc) {
    for (int i = 0; i < 4; i++) {
      int ai = aOff + i * aRow;
      int ci = cOff + i * ldc;
      four(k, a, ai, aStep, b, bOff, add, c, ci);
      four(k, a, ai, aStep, b, bOff + L, add, c, ci + L);
    }
  }

  private static void four(
      int k,
      float[] a,
      int aOff,
      int aStep,
      float[] b,
      int bOff,
      boolean add,
      float[] c,
      int cOff) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int ai = aOff;
    int bi = bOff;
    for (int p = 0; p < k; p++) {
      float x = a[ai];
      s0 += x * b[bi];
      s1 += x * b[bi + 1];
      s2 += x * b[bi + 2];
      s3 += x * b[bi + 3];
      ai += aStep;
      bi += 2 * L;
    }
    if (!add) {
      c[cOff] = s0;
      c[cOff + 1] = s1;
      c[cOff + 2] = s2;
      c[cOff + 3] = s3;
    } else {
      c[cOff] = s0 + c[cOff];
      c[cOff + 1] = s1 + c[cOff + 1];
      c[cOff + 2] = s2 + c[cOff + 2];
      c[cOff + 3] = s3 + c[cOff + 3];
    }
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
    for (int n = 0; n < count; n++) {
      for (int l = 0; l < L; l++) {
        int s = srcOff + n * srcNext + l;
        int d = dstOff + n * dstNext + l;
        switch (t) {
          case DATA_4 -> data4(src, s, srcStride, dst, d, dstStride);
          case FILTER_4 -> filter4(src, s, srcStride, dst, d, dstStride);
          case OUTPUT_4 -> output4(src, s, srcStride, dst, d, dstStride);
          case OUTPUT_GRADIENT_4 -> outputGradient4(src, s, srcStride, dst, d, dstStride);
          case FILTER_GRADIENT_4 -> filterGradient4(src, s, srcStride, dst, d, dstStride);
          case DATA_2 -> data2(src, s, srcStride, dst, d, dstStride);
          case FILTER_2 -> filter2(src, s, srcStride, dst, d, dstStride);
          case OUTPUT_2 -> output2(src, s, srcStride, dst, d, dstStride);
          case OUTPUT_GRADIENT_2 -> outputGradient2(src, s, srcStride, dst, d, dstStride);
          case FILTER_GRADIENT_2 -> filterGradient2(src, s, srcStride, dst, d, dstStride);
        }
      }
    }
  }

  private static void data4(float[] x, int s, int step, float[] y, int d, int to) {
    float d0 = x[s];
    float d1 = x[s + step];
    float d2 = x[s + 2 * step];
    float d3 = x[s + 3 * step];
    float d4 = x[s + 4 * step];
    float d5 = x[s + 5 * step];
    y[d] = P2Q2 * d0 + (d4 - P2_PLUS_Q2 * d2);
    float even = d4 - Q2 * d2;
    float odd = P * (d3 - Q2 * d1);
    y[d + to] = even + odd;
    y[d + 2 * to] = even - odd;
    even = d4 - P2 * d2;
    odd = Q * (d3 - P2 * d1);
    y[d + 3 * to] = even + odd;
    y[d + 4 * to] = even - odd;
    y[d + 5 * to] = P2Q2 * d1 + (d5 - P2_PLUS_Q2 * d3);
  }

  private static void filter4(float[] x, int s, int step, float[] y, int d, int to) {
    float g0 = x[s];
    float g1 = x[s + step];
    float g2 = x[s + 2 * step];
    y[d] = G0 * g0;
    float even = GP * g0 + GP2 * g2;
    y[d + to] = even + GP1 * g1;
    y[d + 2 * to] = even - GP1 * g1;
    even = GQ * g0 + GQ2 * g2;
    y[d + 3 * to] = even + GQ1 * g1;
    y[d + 4 * to] = even - GQ1 * g1;
    y[d + 5 * to] = g2;
  }

  private static void output4(float[] x, int s, int step, float[] y, int d, int to) {
    float m1 = x[s + step];
    float m2 = x[s + 2 * step];
    float m3 = x[s + 3 * step];
    float m4 = x[s + 4 * step];
    float sumP = m1 + m2;
    float sumQ = m3 + m4;
    float oddP = m1 - m2;
    float oddQ = m3 - m4;
    y[d] = x[s] + (sumP + sumQ);
    y[d + to] = P * oddP + Q * oddQ;
    y[d + 2 * to] = P2 * sumP + Q2 * sumQ;
    y[d + 3 * to] = P3 * oddP + (Q3 * oddQ + x[s + 5 * step]);
  }

  private static void outputGradient4(float[] x, int s, int step, float[] y, int d, int to) {
    float y0 = x[s];
    float y1 = x[s + step];
    float y2 = x[s + 2 * step];
    float y3 = x[s + 3 * step];
    y[d] = y0;
    float even = y0 + P2 * y2;
    float odd = P * y1 + P3 * y3;
    y[d + to] = even + odd;
    y[d + 2 * to] = even - odd;
    even = y0 + Q2 * y2;
    odd = Q * y1 + Q3 * y3;
    y[d + 3 * to] = even + odd;
    y[d + 4 * to] = even - odd;
    y[d + 5 * to] = y3;
  }

  private static void filterGradient4(float[] x, int s, int step, float[] y, int d, int to) {
    float m1 = x[s + step];
    float m2 = x[s + 2 * step];
    float m3 = x[s + 3 * step];
    float m4 = x[s + 4 * step];
    float sumP = m1 + m2;
    float sumQ = m3 + m4;
    y[d] = G0 * x[s] + (GP * sumP + GQ * sumQ);
    y[d + to] = GP1 * (m1 - m2) + GQ1 * (m3 - m4);
    y[d + 2 * to] = GP2 * sumP + (GQ2 * sumQ + x[s + 5 * step]);
  }

  private static void data2(float[] x, int s, int step, float[] y, int d, int to) {
    float d1 = x[s + step];
    float d2 = x[s + 2 * step];
    y[d] = x[s] - d2;
    y[d + to] = d1 + d2;
    y[d + 2 * to] = d2 - d1;
    y[d + 3 * to] = x[s + 3 * step] - d1;
  }

  private static void filter2(float[] x, int s, int step, float[] y, int d, int to) {
    float g0 = x[s];
    float g1 = x[s + step];
    float g2 = x[s + 2 * step];
    y[d] = g0;
    float even = 0.5f * (g0 + g2);
    y[d + to] = even + 0.5f * g1;
    y[d + 2 * to] = even - 0.5f * g1;
    y[d + 3 * to] = g2;
  }

  private static void output2(float[] x, int s, int step, float[] y, int d, int to) {
    float m1 = x[s + step];
    float m2 = x[s + 2 * step];
    y[d] = x[s] + (m1 + m2);
    y[d + to] = m1 - m2 + x[s + 3 * step];
  }

  private static void outputGradient2(float[] x, int s, int step, float[] y, int d, int to) {
    float y0 = x[s];
    float y1 = x[s + step];
    y[d] = y0;
    y[d + to] = y0 + y1;
    y[d + 2 * to] = y0 - y1;
    y[d + 3 * to] = y1;
  }

  private static void filterGradient2(float[] x, int s, int step, float[] y, int d, int to) {
    float m1 = x[s + step];
    float m2 = x[s + 2 * step];
    float half = 0.5f * (m1 + m2);
    y[d] = x[s] + half;
    y[d + to] = 0.5f * (m1 - m2);
    y[d + 2 * to] = half + x[s + 3 * step];
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
    for (int i = 0; i < count * L; i++) {
      x[xOff + i] += cell[cellOff + i % L];
    }
  }
}
