package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.SimdReduce.HAS_16;
import static io.cortado.cpu.simd.SimdReduce.HAS_8;
import static io.cortado.cpu.simd.SimdReduce.SWAP_1;
import static io.cortado.cpu.simd.SimdReduce.SWAP_2;
import static io.cortado.cpu.simd.SimdReduce.SWAP_4;
import static io.cortado.cpu.simd.SimdReduce.SWAP_8;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The direct convolutions' loops by the Vector API: tiles of 4 (or 3) channels x 5 columns.
 *
 * <p>Twenty sums, five vectors of x and a broadcast weight take 26 of AVX-512's 32 registers; each
 * tap does 20 FMAs for 5 loads and 4 broadcasts, so the FMA units bound it. The gradient of weights
 * has as many sums, for 9 loads. Five columns because LeNet's maps are 28, 14 and 10 wide and its
 * kernels 5 x 5; four or three channels because 16 and 6 are multiples of them.
 *
 * <p>The sums of weights' gradients are multiplied by one before they are stored. Where the first
 * compiler has not counted types, C2 knows no class for a sum that comes from a loop, and makes an
 * object of each sum in each turn; of a product with a known vector it knows it.
 *
 * <p>Layouts are changed by {@link LaneSquares}.
 */
public final class VectorLaneKernel implements LaneKernel {

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.LENGTH;

  /** Makes the kernels. */
  public VectorLaneKernel() {}

  @Override
  public int lanes() {
    return L;
  }

  @Override
  public void toLanes(
      int images,
      int count,
      float[] src,
      int srcOff,
      int[] imagePlace,
      float[] dst,
      int dstOff,
      int[] place,
      int placeOff) {
    if (images < L || count < L) {
      ScalarLaneKernel.toLanes(
          L, images, count, src, srcOff, imagePlace, dst, dstOff, place, placeOff);
      return;
    }
    for (int p = 0; p < count; p += L) {
      // The last square overlaps the one before it.
      int q = Math.min(p, count - L);
      LaneSquares.transpose(src, srcOff + q, imagePlace, 0, 0, dst, dstOff, place, placeOff + q);
    }
  }

  @Override
  public void fromLanes(
      int images,
      int count,
      float[] src,
      int srcOff,
      int[] place,
      float beta,
      float[] dst,
      int dstOff,
      int[] imagePlace) {
    int whole = images < L ? 0 : count - count % L;
    for (int p = 0; p < whole; p += L) {
      LaneSquares.transpose(src, srcOff, place, p, beta, dst, dstOff + p, imagePlace, 0);
    }
    ScalarLaneKernel.fromLanes(
        images, whole, count, src, srcOff, place, beta, dst, dstOff, imagePlace);
  }

  @Override
  public void tile(
      int channels,
      int from,
      int to,
      int[] taps,
      float[] x,
      int xOff,
      float[] weights,
      int wOff,
      float[] start,
      int startOff,
      float[] y,
      int yOff,
      int yPlane) {
    if (channels == 4) {
      tile4(from, to, taps, x, xOff, weights, wOff, start, startOff, y, yOff, yPlane);
    } else {
      tile3(from, to, taps, x, xOff, weights, wOff, start, startOff, y, yOff, yPlane);
    }
  }

  @Override
  public void filterTile(
      int channels,
      int rows,
      int cols,
      int[] taps,
      int tapsOff,
      float[] x,
      int xOff,
      int xRow,
      float[] dy,
      int dyOff,
      int dyRow,
      int dyStep,
      float[] sums,
      int sumsOff) {
    if (channels == 4) {
      filterTile4(
          rows, cols, taps, tapsOff, x, xOff, xRow, dy, dyOff, dyRow, dyStep, sums, sumsOff);
    } else {
      filterTile3(
          rows, cols, taps, tapsOff, x, xOff, xRow, dy, dyOff, dyRow, dyStep, sums, sumsOff);
    }
  }

  private static void tile4(
      int from,
      int to,
      int[] taps,
      float[] x,
      int xOff,
      float[] weights,
      int wOff,
      float[] start,
      int startOff,
      float[] y,
      int yOff,
      int yPlane) {
    FloatVector c00 = FloatVector.broadcast(S, start[startOff]);
    FloatVector c01 = c00;
    FloatVector c02 = c00;
    FloatVector c03 = c00;
    FloatVector c04 = c00;
    FloatVector c10 = FloatVector.broadcast(S, start[startOff + 1]);
    FloatVector c11 = c10;
    FloatVector c12 = c10;
    FloatVector c13 = c10;
    FloatVector c14 = c10;
    FloatVector c20 = FloatVector.broadcast(S, start[startOff + 2]);
    FloatVector c21 = c20;
    FloatVector c22 = c20;
    FloatVector c23 = c20;
    FloatVector c24 = c20;
    FloatVector c30 = FloatVector.broadcast(S, start[startOff + 3]);
    FloatVector c31 = c30;
    FloatVector c32 = c30;
    FloatVector c33 = c30;
    FloatVector c34 = c30;
    int w = wOff + 4 * from;
    for (int p = from; p < to; p++) {
      int at = xOff + taps[p];
      FloatVector x0 = FloatVector.fromArray(S, x, at);
      FloatVector x1 = FloatVector.fromArray(S, x, at + L);
      FloatVector x2 = FloatVector.fromArray(S, x, at + 2 * L);
      FloatVector x3 = FloatVector.fromArray(S, x, at + 3 * L);
      FloatVector x4 = FloatVector.fromArray(S, x, at + 4 * L);
      FloatVector w0 = FloatVector.broadcast(S, weights[w]);
      c00 = w0.fma(x0, c00);
      c01 = w0.fma(x1, c01);
      c02 = w0.fma(x2, c02);
      c03 = w0.fma(x3, c03);
      c04 = w0.fma(x4, c04);
      FloatVector w1 = FloatVector.broadcast(S, weights[w + 1]);
      c10 = w1.fma(x0, c10);
      c11 = w1.fma(x1, c11);
      c12 = w1.fma(x2, c12);
      c13 = w1.fma(x3, c13);
      c14 = w1.fma(x4, c14);
      FloatVector w2 = FloatVector.broadcast(S, weights[w + 2]);
      c20 = w2.fma(x0, c20);
      c21 = w2.fma(x1, c21);
      c22 = w2.fma(x2, c22);
      c23 = w2.fma(x3, c23);
      c24 = w2.fma(x4, c24);
      FloatVector w3 = FloatVector.broadcast(S, weights[w + 3]);
      c30 = w3.fma(x0, c30);
      c31 = w3.fma(x1, c31);
      c32 = w3.fma(x2, c32);
      c33 = w3.fma(x3, c33);
      c34 = w3.fma(x4, c34);
      w += 4;
    }
    int to0 = yOff;
    c00.intoArray(y, to0);
    c01.intoArray(y, to0 + L);
    c02.intoArray(y, to0 + 2 * L);
    c03.intoArray(y, to0 + 3 * L);
    c04.intoArray(y, to0 + 4 * L);
    int to1 = to0 + yPlane;
    c10.intoArray(y, to1);
    c11.intoArray(y, to1 + L);
    c12.intoArray(y, to1 + 2 * L);
    c13.intoArray(y, to1 + 3 * L);
    c14.intoArray(y, to1 + 4 * L);
    int to2 = to1 + yPlane;
    c20.intoArray(y, to2);
    c21.intoArray(y, to2 + L);
    c22.intoArray(y, to2 + 2 * L);
    c23.intoArray(y, to2 + 3 * L);
    c24.intoArray(y, to2 + 4 * L);
    int to3 = to2 + yPlane;
    c30.intoArray(y, to3);
    c31.intoArray(y, to3 + L);
    c32.intoArray(y, to3 + 2 * L);
    c33.intoArray(y, to3 + 3 * L);
    c34.intoArray(y, to3 + 4 * L);
  }

  private static void filterTile4(
      int rows,
      int cols,
      int[] taps,
      int tapsOff,
      float[] x,
      int xOff,
      int xRow,
      float[] dy,
      int dyOff,
      int dyRow,
      int dyStep,
      float[] sums,
      int sumsOff) {
    FloatVector c00 = FloatVector.fromArray(S, sums, sumsOff);
    FloatVector c01 = FloatVector.fromArray(S, sums, sumsOff + L);
    FloatVector c02 = FloatVector.fromArray(S, sums, sumsOff + 2 * L);
    FloatVector c03 = FloatVector.fromArray(S, sums, sumsOff + 3 * L);
    FloatVector c04 = FloatVector.fromArray(S, sums, sumsOff + 4 * L);
    FloatVector c10 = FloatVector.fromArray(S, sums, sumsOff + 5 * L);
    FloatVector c11 = FloatVector.fromArray(S, sums, sumsOff + 6 * L);
    FloatVector c12 = FloatVector.fromArray(S, sums, sumsOff + 7 * L);
    FloatVector c13 = FloatVector.fromArray(S, sums, sumsOff + 8 * L);
    FloatVector c14 = FloatVector.fromArray(S, sums, sumsOff + 9 * L);
    FloatVector c20 = FloatVector.fromArray(S, sums, sumsOff + 10 * L);
    FloatVector c21 = FloatVector.fromArray(S, sums, sumsOff + 11 * L);
    FloatVector c22 = FloatVector.fromArray(S, sums, sumsOff + 12 * L);
    FloatVector c23 = FloatVector.fromArray(S, sums, sumsOff + 13 * L);
    FloatVector c24 = FloatVector.fromArray(S, sums, sumsOff + 14 * L);
    FloatVector c30 = FloatVector.fromArray(S, sums, sumsOff + 15 * L);
    FloatVector c31 = FloatVector.fromArray(S, sums, sumsOff + 16 * L);
    FloatVector c32 = FloatVector.fromArray(S, sums, sumsOff + 17 * L);
    FloatVector c33 = FloatVector.fromArray(S, sums, sumsOff + 18 * L);
    FloatVector c34 = FloatVector.fromArray(S, sums, sumsOff + 19 * L);
    int t0 = taps[tapsOff];
    int t1 = taps[tapsOff + 1];
    int t2 = taps[tapsOff + 2];
    int t3 = taps[tapsOff + 3];
    int t4 = taps[tapsOff + 4];
    for (int i = 0; i < rows; i++) {
      int at = xOff + i * xRow;
      int d = dyOff + i * dyRow;
      for (int j = 0; j < cols; j++) {
        FloatVector x0 = FloatVector.fromArray(S, x, at + t0);
        FloatVector x1 = FloatVector.fromArray(S, x, at + t1);
        FloatVector x2 = FloatVector.fromArray(S, x, at + t2);
        FloatVector x3 = FloatVector.fromArray(S, x, at + t3);
        FloatVector x4 = FloatVector.fromArray(S, x, at + t4);
        FloatVector d0 = FloatVector.fromArray(S, dy, d);
        c00 = d0.fma(x0, c00);
        c01 = d0.fma(x1, c01);
        c02 = d0.fma(x2, c02);
        c03 = d0.fma(x3, c03);
        c04 = d0.fma(x4, c04);
        FloatVector d1 = FloatVector.fromArray(S, dy, d + L);
        c10 = d1.fma(x0, c10);
        c11 = d1.fma(x1, c11);
        c12 = d1.fma(x2, c12);
        c13 = d1.fma(x3, c13);
        c14 = d1.fma(x4, c14);
        FloatVector d2 = FloatVector.fromArray(S, dy, d + 2 * L);
        c20 = d2.fma(x0, c20);
        c21 = d2.fma(x1, c21);
        c22 = d2.fma(x2, c22);
        c23 = d2.fma(x3, c23);
        c24 = d2.fma(x4, c24);
        FloatVector d3 = FloatVector.fromArray(S, dy, d + 3 * L);
        c30 = d3.fma(x0, c30);
        c31 = d3.fma(x1, c31);
        c32 = d3.fma(x2, c32);
        c33 = d3.fma(x3, c33);
        c34 = d3.fma(x4, c34);
        at += L;
        d += dyStep;
      }
    }
    FloatVector one = FloatVector.broadcast(S, 1);
    one.mul(c00).intoArray(sums, sumsOff);
    one.mul(c01).intoArray(sums, sumsOff + L);
    one.mul(c02).intoArray(sums, sumsOff + 2 * L);
    one.mul(c03).intoArray(sums, sumsOff + 3 * L);
    one.mul(c04).intoArray(sums, sumsOff + 4 * L);
    one.mul(c10).intoArray(sums, sumsOff + 5 * L);
    one.mul(c11).intoArray(sums, sumsOff + 6 * L);
    one.mul(c12).intoArray(sums, sumsOff + 7 * L);
    one.mul(c13).intoArray(sums, sumsOff + 8 * L);
    one.mul(c14).intoArray(sums, sumsOff + 9 * L);
    one.mul(c20).intoArray(sums, sumsOff + 10 * L);
    one.mul(c21).intoArray(sums, sumsOff + 11 * L);
    one.mul(c22).intoArray(sums, sumsOff + 12 * L);
    one.mul(c23).intoArray(sums, sumsOff + 13 * L);
    one.mul(c24).intoArray(sums, sumsOff + 14 * L);
    one.mul(c30).intoArray(sums, sumsOff + 15 * L);
    one.mul(c31).intoArray(sums, sumsOff + 16 * L);
    one.mul(c32).intoArray(sums, sumsOff + 17 * L);
    one.mul(c33).intoArray(sums, sumsOff + 18 * L);
    one.mul(c34).intoArray(sums, sumsOff + 19 * L);
  }

  private static void tile3(
      int from,
      int to,
      int[] taps,
      float[] x,
      int xOff,
      float[] weights,
      int wOff,
      float[] start,
      int startOff,
      float[] y,
      int yOff,
      int yPlane) {
    FloatVector c00 = FloatVector.broadcast(S, start[startOff]);
    FloatVector c01 = c00;
    FloatVector c02 = c00;
    FloatVector c03 = c00;
    FloatVector c04 = c00;
    FloatVector c10 = FloatVector.broadcast(S, start[startOff + 1]);
    FloatVector c11 = c10;
    FloatVector c12 = c10;
    FloatVector c13 = c10;
    FloatVector c14 = c10;
    FloatVector c20 = FloatVector.broadcast(S, start[startOff + 2]);
    FloatVector c21 = c20;
    FloatVector c22 = c20;
    FloatVector c23 = c20;
    FloatVector c24 = c20;
    int w = wOff + 3 * from;
    for (int p = from; p < to; p++) {
      int at = xOff + taps[p];
      FloatVector x0 = FloatVector.fromArray(S, x, at);
      FloatVector x1 = FloatVector.fromArray(S, x, at + L);
      FloatVector x2 = FloatVector.fromArray(S, x, at + 2 * L);
      FloatVector x3 = FloatVector.fromArray(S, x, at + 3 * L);
      FloatVector x4 = FloatVector.fromArray(S, x, at + 4 * L);
      FloatVector w0 = FloatVector.broadcast(S, weights[w]);
      c00 = w0.fma(x0, c00);
      c01 = w0.fma(x1, c01);
      c02 = w0.fma(x2, c02);
      c03 = w0.fma(x3, c03);
      c04 = w0.fma(x4, c04);
      FloatVector w1 = FloatVector.broadcast(S, weights[w + 1]);
      c10 = w1.fma(x0, c10);
      c11 = w1.fma(x1, c11);
      c12 = w1.fma(x2, c12);
      c13 = w1.fma(x3, c13);
      c14 = w1.fma(x4, c14);
      FloatVector w2 = FloatVector.broadcast(S, weights[w + 2]);
      c20 = w2.fma(x0, c20);
      c21 = w2.fma(x1, c21);
      c22 = w2.fma(x2, c22);
      c23 = w2.fma(x3, c23);
      c24 = w2.fma(x4, c24);
      w += 3;
    }
    int to0 = yOff;
    c00.intoArray(y, to0);
    c01.intoArray(y, to0 + L);
    c02.intoArray(y, to0 + 2 * L);
    c03.intoArray(y, to0 + 3 * L);
    c04.intoArray(y, to0 + 4 * L);
    int to1 = to0 + yPlane;
    c10.intoArray(y, to1);
    c11.intoArray(y, to1 + L);
    c12.intoArray(y, to1 + 2 * L);
    c13.intoArray(y, to1 + 3 * L);
    c14.intoArray(y, to1 + 4 * L);
    int to2 = to1 + yPlane;
    c20.intoArray(y, to2);
    c21.intoArray(y, to2 + L);
    c22.intoArray(y, to2 + 2 * L);
    c23.intoArray(y, to2 + 3 * L);
    c24.intoArray(y, to2 + 4 * L);
  }

  private static void filterTile3(
      int rows,
      int cols,
      int[] taps,
      int tapsOff,
      float[] x,
      int xOff,
      int xRow,
      float[] dy,
      int dyOff,
      int dyRow,
      int dyStep,
      float[] sums,
      int sumsOff) {
    FloatVector c00 = FloatVector.fromArray(S, sums, sumsOff);
    FloatVector c01 = FloatVector.fromArray(S, sums, sumsOff + L);
    FloatVector c02 = FloatVector.fromArray(S, sums, sumsOff + 2 * L);
    FloatVector c03 = FloatVector.fromArray(S, sums, sumsOff + 3 * L);
    FloatVector c04 = FloatVector.fromArray(S, sums, sumsOff + 4 * L);
    FloatVector c10 = FloatVector.fromArray(S, sums, sumsOff + 5 * L);
    FloatVector c11 = FloatVector.fromArray(S, sums, sumsOff + 6 * L);
    FloatVector c12 = FloatVector.fromArray(S, sums, sumsOff + 7 * L);
    FloatVector c13 = FloatVector.fromArray(S, sums, sumsOff + 8 * L);
    FloatVector c14 = FloatVector.fromArray(S, sums, sumsOff + 9 * L);
    FloatVector c20 = FloatVector.fromArray(S, sums, sumsOff + 10 * L);
    FloatVector c21 = FloatVector.fromArray(S, sums, sumsOff + 11 * L);
    FloatVector c22 = FloatVector.fromArray(S, sums, sumsOff + 12 * L);
    FloatVector c23 = FloatVector.fromArray(S, sums, sumsOff + 13 * L);
    FloatVector c24 = FloatVector.fromArray(S, sums, sumsOff + 14 * L);
    int t0 = taps[tapsOff];
    int t1 = taps[tapsOff + 1];
    int t2 = taps[tapsOff + 2];
    int t3 = taps[tapsOff + 3];
    int t4 = taps[tapsOff + 4];
    for (int i = 0; i < rows; i++) {
      int at = xOff + i * xRow;
      int d = dyOff + i * dyRow;
      for (int j = 0; j < cols; j++) {
        FloatVector x0 = FloatVector.fromArray(S, x, at + t0);
        FloatVector x1 = FloatVector.fromArray(S, x, at + t1);
        FloatVector x2 = FloatVector.fromArray(S, x, at + t2);
        FloatVector x3 = FloatVector.fromArray(S, x, at + t3);
        FloatVector x4 = FloatVector.fromArray(S, x, at + t4);
        FloatVector d0 = FloatVector.fromArray(S, dy, d);
        c00 = d0.fma(x0, c00);
        c01 = d0.fma(x1, c01);
        c02 = d0.fma(x2, c02);
        c03 = d0.fma(x3, c03);
        c04 = d0.fma(x4, c04);
        FloatVector d1 = FloatVector.fromArray(S, dy, d + L);
        c10 = d1.fma(x0, c10);
        c11 = d1.fma(x1, c11);
        c12 = d1.fma(x2, c12);
        c13 = d1.fma(x3, c13);
        c14 = d1.fma(x4, c14);
        FloatVector d2 = FloatVector.fromArray(S, dy, d + 2 * L);
        c20 = d2.fma(x0, c20);
        c21 = d2.fma(x1, c21);
        c22 = d2.fma(x2, c22);
        c23 = d2.fma(x3, c23);
        c24 = d2.fma(x4, c24);
        at += L;
        d += dyStep;
      }
    }
    FloatVector one = FloatVector.broadcast(S, 1);
    one.mul(c00).intoArray(sums, sumsOff);
    one.mul(c01).intoArray(sums, sumsOff + L);
    one.mul(c02).intoArray(sums, sumsOff + 2 * L);
    one.mul(c03).intoArray(sums, sumsOff + 3 * L);
    one.mul(c04).intoArray(sums, sumsOff + 4 * L);
    one.mul(c10).intoArray(sums, sumsOff + 5 * L);
    one.mul(c11).intoArray(sums, sumsOff + 6 * L);
    one.mul(c12).intoArray(sums, sumsOff + 7 * L);
    one.mul(c13).intoArray(sums, sumsOff + 8 * L);
    one.mul(c14).intoArray(sums, sumsOff + 9 * L);
    one.mul(c20).intoArray(sums, sumsOff + 10 * L);
    one.mul(c21).intoArray(sums, sumsOff + 11 * L);
    one.mul(c22).intoArray(sums, sumsOff + 12 * L);
    one.mul(c23).intoArray(sums, sumsOff + 13 * L);
    one.mul(c24).intoArray(sums, sumsOff + 14 * L);
  }

  @Override
  public float sum(int count, float[] x, int xOff, int stride) {
    FloatVector s = FloatVector.zero(S);
    for (int i = 0; i < count; i++) {
      s = s.add(FloatVector.fromArray(S, x, xOff + i * stride));
    }
    s = s.add(s.rearrange(SWAP_8), HAS_16);
    s = s.add(s.rearrange(SWAP_4), HAS_8);
    s = s.add(s.rearrange(SWAP_2));
    return s.add(s.rearrange(SWAP_1)).lane(0);
  }
}
