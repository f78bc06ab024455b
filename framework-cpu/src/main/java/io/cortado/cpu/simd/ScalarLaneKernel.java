package io.cortado.cpu.simd;

/**
 * The direct convolutions' loops in plain Java: one image at a time, tiles of 4 (or 3) channels x 5
 * columns in scalar registers; bound by the scalar multipliers.
 */
public final class ScalarLaneKernel implements LaneKernel {

  /** Makes the kernels. */
  public ScalarLaneKernel() {}

  @Override
  public int lanes() {
    return 1;
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
    toLanes(1, images, count, src, srcOff, imagePlace, dst, dstOff, place, placeOff);
  }

  /** Does so for any number of lanes. */
  static void toLanes(
      int lanes,
      int images,
      int count,
      float[] src,
      int srcOff,
      int[] imagePlace,
      float[] dst,
      int dstOff,
      int[] place,
      int placeOff) {
    for (int l = 0; l < lanes; l++) {
      int s = srcOff + imagePlace[l];
      for (int p = 0; p < count; p++) {
        dst[dstOff + place[placeOff + p] + l] = l < images ? src[s + p] : 0;
      }
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
    fromLanes(images, 0, count, src, srcOff, place, beta, dst, dstOff, imagePlace);
  }

  /** Does so from element {@code first} on. */
  static void fromLanes(
      int images,
      int first,
      int count,
      float[] src,
      int srcOff,
      int[] place,
      float beta,
      float[] dst,
      int dstOff,
      int[] imagePlace) {
    for (int l = 0; l < images; l++) {
      int d = dstOff + imagePlace[l];
      for (int p = first; p < count; p++) {
        float v = src[srcOff + place[p] + l];
        dst[d + p] = beta == 0 ? v : v + dst[d + p];
      }
    }
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
    float c00 = start[startOff];
    float c01 = c00;
    float c02 = c00;
    float c03 = c00;
    float c04 = c00;
    float c10 = start[startOff + 1];
    float c11 = c10;
    float c12 = c10;
    float c13 = c10;
    float c14 = c10;
    float c20 = start[startOff + 2];
    float c21 = c20;
    float c22 = c20;
    float c23 = c20;
    float c24 = c20;
    float c30 = start[startOff + 3];
    float c31 = c30;
    float c32 = c30;
    float c33 = c30;
    float c34 = c30;
    int w = wOff + 4 * from;
    for (int p = from; p < to; p++) {
      int at = xOff + taps[p];
      float x0 = x[at];
      float x1 = x[at + 1];
      float x2 = x[at + 2];
      float x3 = x[at + 3];
      float x4 = x[at + 4];
      float w0 = weights[w];
      c00 += w0 * x0;
      c01 += w0 * x1;
      c02 += w0 * x2;
      c03 += w0 * x3;
      c04 += w0 * x4;
      float w1 = weights[w + 1];
      c10 += w1 * x0;
      c11 += w1 * x1;
      c12 += w1 * x2;
      c13 += w1 * x3;
      c14 += w1 * x4;
      float w2 = weights[w + 2];
      c20 += w2 * x0;
      c21 += w2 * x1;
      c22 += w2 * x2;
      c23 += w2 * x3;
      c24 += w2 * x4;
      float w3 = weights[w + 3];
      c30 += w3 * x0;
      c31 += w3 * x1;
      c32 += w3 * x2;
      c33 += w3 * x3;
      c34 += w3 * x4;
      w += 4;
    }
    int to0 = yOff;
    y[to0] = c00;
    y[to0 + 1] = c01;
    y[to0 + 2] = c02;
    y[to0 + 3] = c03;
    y[to0 + 4] = c04;
    int to1 = to0 + yPlane;
    y[to1] = c10;
    y[to1 + 1] = c11;
    y[to1 + 2] = c12;
    y[to1 + 3] = c13;
    y[to1 + 4] = c14;
    int to2 = to1 + yPlane;
    y[to2] = c20;
    y[to2 + 1] = c21;
    y[to2 + 2] = c22;
    y[to2 + 3] = c23;
    y[to2 + 4] = c24;
    int to3 = to2 + yPlane;
    y[to3] = c30;
    y[to3 + 1] = c31;
    y[to3 + 2] = c32;
    y[to3 + 3] = c33;
    y[to3 + 4] = c34;
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
    float c00 = sums[sumsOff];
    float c01 = sums[sumsOff + 1];
    float c02 = sums[sumsOff + 2];
    float c03 = sums[sumsOff + 3];
    float c04 = sums[sumsOff + 4];
    float c10 = sums[sumsOff + 5];
    float c11 = sums[sumsOff + 6];
    float c12 = sums[sumsOff + 7];
    float c13 = sums[sumsOff + 8];
    float c14 = sums[sumsOff + 9];
    float c20 = sums[sumsOff + 10];
    float c21 = sums[sumsOff + 11];
    float c22 = sums[sumsOff + 12];
    float c23 = sums[sumsOff + 13];
    float c24 = sums[sumsOff + 14];
    float c30 = sums[sumsOff + 15];
    float c31 = sums[sumsOff + 16];
    float c32 = sums[sumsOff + 17];
    float c33 = sums[sumsOff + 18];
    float c34 = sums[sumsOff + 19];
    int t0 = taps[tapsOff];
    int t1 = taps[tapsOff + 1];
    int t2 = taps[tapsOff + 2];
    int t3 = taps[tapsOff + 3];
    int t4 = taps[tapsOff + 4];
    for (int i = 0; i < rows; i++) {
      int at = xOff + i * xRow;
      int d = dyOff + i * dyRow;
      for (int j = 0; j < cols; j++) {
        float x0 = x[at + t0];
        float x1 = x[at + t1];
        float x2 = x[at + t2];
        float x3 = x[at + t3];
        float x4 = x[at + t4];
        float d0 = dy[d];
        c00 += d0 * x0;
        c01 += d0 * x1;
        c02 += d0 * x2;
        c03 += d0 * x3;
        c04 += d0 * x4;
        float d1 = dy[d + 1];
        c10 += d1 * x0;
        c11 += d1 * x1;
        c12 += d1 * x2;
        c13 += d1 * x3;
        c14 += d1 * x4;
        float d2 = dy[d + 2];
        c20 += d2 * x0;
        c21 += d2 * x1;
        c22 += d2 * x2;
        c23 += d2 * x3;
        c24 += d2 * x4;
        float d3 = dy[d + 3];
        c30 += d3 * x0;
        c31 += d3 * x1;
        c32 += d3 * x2;
        c33 += d3 * x3;
        c34 += d3 * x4;
        at++;
        d += dyStep;
      }
    }
    sums[sumsOff] = c00;
    sums[sumsOff + 1] = c01;
    sums[sumsOff + 2] = c02;
    sums[sumsOff + 3] = c03;
    sums[sumsOff + 4] = c04;
    sums[sumsOff + 5] = c10;
    sums[sumsOff + 6] = c11;
    sums[sumsOff + 7] = c12;
    sums[sumsOff + 8] = c13;
    sums[sumsOff + 9] = c14;
    sums[sumsOff + 10] = c20;
    sums[sumsOff + 11] = c21;
    sums[sumsOff + 12] = c22;
    sums[sumsOff + 13] = c23;
    sums[sumsOff + 14] = c24;
    sums[sumsOff + 15] = c30;
    sums[sumsOff + 16] = c31;
    sums[sumsOff + 17] = c32;
    sums[sumsOff + 18] = c33;
    sums[sumsOff + 19] = c34;
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
    float c00 = start[startOff];
    float c01 = c00;
    float c02 = c00;
    float c03 = c00;
    float c04 = c00;
    float c10 = start[startOff + 1];
    float c11 = c10;
    float c12 = c10;
    float c13 = c10;
    float c14 = c10;
    float c20 = start[startOff + 2];
    float c21 = c20;
    float c22 = c20;
    float c23 = c20;
    float c24 = c20;
    int w = wOff + 3 * from;
    for (int p = from; p < to; p++) {
      int at = xOff + taps[p];
      float x0 = x[at];
      float x1 = x[at + 1];
      float x2 = x[at + 2];
      float x3 = x[at + 3];
      float x4 = x[at + 4];
      float w0 = weights[w];
      c00 += w0 * x0;
      c01 += w0 * x1;
      c02 += w0 * x2;
      c03 += w0 * x3;
      c04 += w0 * x4;
      float w1 = weights[w + 1];
      c10 += w1 * x0;
      c11 += w1 * x1;
      c12 += w1 * x2;
      c13 += w1 * x3;
      c14 += w1 * x4;
      float w2 = weights[w + 2];
      c20 += w2 * x0;
      c21 += w2 * x1;
      c22 += w2 * x2;
      c23 += w2 * x3;
      c24 += w2 * x4;
      w += 3;
    }
    int to0 = yOff;
    y[to0] = c00;
    y[to0 + 1] = c01;
    y[to0 + 2] = c02;
    y[to0 + 3] = c03;
    y[to0 + 4] = c04;
    int to1 = to0 + yPlane;
    y[to1] = c10;
    y[to1 + 1] = c11;
    y[to1 + 2] = c12;
    y[to1 + 3] = c13;
    y[to1 + 4] = c14;
    int to2 = to1 + yPlane;
    y[to2] = c20;
    y[to2 + 1] = c21;
    y[to2 + 2] = c22;
    y[to2 + 3] = c23;
    y[to2 + 4] = c24;
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
    float c00 = sums[sumsOff];
    float c01 = sums[sumsOff + 1];
    float c02 = sums[sumsOff + 2];
    float c03 = sums[sumsOff + 3];
    float c04 = sums[sumsOff + 4];
    float c10 = sums[sumsOff + 5];
    float c11 = sums[sumsOff + 6];
    float c12 = sums[sumsOff + 7];
    float c13 = sums[sumsOff + 8];
    float c14 = sums[sumsOff + 9];
    float c20 = sums[sumsOff + 10];
    float c21 = sums[sumsOff + 11];
    float c22 = sums[sumsOff + 12];
    float c23 = sums[sumsOff + 13];
    float c24 = sums[sumsOff + 14];
    int t0 = taps[tapsOff];
    int t1 = taps[tapsOff + 1];
    int t2 = taps[tapsOff + 2];
    int t3 = taps[tapsOff + 3];
    int t4 = taps[tapsOff + 4];
    for (int i = 0; i < rows; i++) {
      int at = xOff + i * xRow;
      int d = dyOff + i * dyRow;
      for (int j = 0; j < cols; j++) {
        float x0 = x[at + t0];
        float x1 = x[at + t1];
        float x2 = x[at + t2];
        float x3 = x[at + t3];
        float x4 = x[at + t4];
        float d0 = dy[d];
        c00 += d0 * x0;
        c01 += d0 * x1;
        c02 += d0 * x2;
        c03 += d0 * x3;
        c04 += d0 * x4;
        float d1 = dy[d + 1];
        c10 += d1 * x0;
        c11 += d1 * x1;
        c12 += d1 * x2;
        c13 += d1 * x3;
        c14 += d1 * x4;
        float d2 = dy[d + 2];
        c20 += d2 * x0;
        c21 += d2 * x1;
        c22 += d2 * x2;
        c23 += d2 * x3;
        c24 += d2 * x4;
        at++;
        d += dyStep;
      }
    }
    sums[sumsOff] = c00;
    sums[sumsOff + 1] = c01;
    sums[sumsOff + 2] = c02;
    sums[sumsOff + 3] = c03;
    sums[sumsOff + 4] = c04;
    sums[sumsOff + 5] = c10;
    sums[sumsOff + 6] = c11;
    sums[sumsOff + 7] = c12;
    sums[sumsOff + 8] = c13;
    sums[sumsOff + 9] = c14;
    sums[sumsOff + 10] = c20;
    sums[sumsOff + 11] = c21;
    sums[sumsOff + 12] = c22;
    sums[sumsOff + 13] = c23;
    sums[sumsOff + 14] = c24;
  }

  @Override
  public float sum(int count, float[] x, int xOff, int stride) {
    float sum = 0;
    for (int i = 0; i < count; i++) {
      sum += x[xOff + i * stride];
    }
    return sum;
  }
}
