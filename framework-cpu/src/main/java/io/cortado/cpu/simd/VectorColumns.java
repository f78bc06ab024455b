package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static io.cortado.cpu.simd.SimdReduce.WIDE;
import static io.cortado.cpu.simd.SimdReduce.lower;
import static io.cortado.cpu.simd.SimdReduce.upper;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Normalisation of columns by the Vector API.
 *
 * <p>Sums take four rows side by side, in single precision, and then join the sums in double
 * precision, which are read and written once for four numbers of an array.
 */
final class VectorColumns {

  private static final int HALF = WIDE.length();
  private static final int ROWS = 4;

  /** Columns whose sums stay in the first cache. */
  private static final int STRIP = 256;

  /** Rows after which the next strip follows, while what was fetched with it is in a cache. */
  private static final int TILE = 64;

  private VectorColumns() {}

  private static FloatVector load(float[] a, int at) {
    return FloatVector.fromArray(SPECIES, a, at);
  }

  static void moments(
      int rows,
      int cols,
      int stride,
      float[] x,
      int xo,
      float[] shift,
      int co,
      double[] sums,
      int so,
      int qo) {
    for (int first = 0; first < rows; first += TILE) {
      int end = Math.min(first + TILE, rows);
      for (int c = 0; c < cols; c += STRIP) {
        int n = Math.min(STRIP, cols - c);
        int r = first;
        for (; r <= end - ROWS; r += ROWS) {
          fourMoments(n, stride, x, xo + r * stride + c, shift, co + c, sums, so + c, qo + c);
        }
        for (; r < end; r++) {
          moments(0, n, x, xo + r * stride + c, shift, co + c, sums, so + c, qo + c);
        }
      }
    }
  }

  private static void fourMoments(
      int cols,
      int stride,
      float[] x,
      int xo,
      float[] shift,
      int co,
      double[] sums,
      int so,
      int qo) {
    int c = 0;
    for (int end = SPECIES.loopBound(cols); c < end; c += LENGTH) {
      FloatVector k = load(shift, co + c);
      FloatVector d0 = load(x, xo + c).sub(k);
      FloatVector d1 = load(x, xo + c + stride).sub(k);
      FloatVector d2 = load(x, xo + c + 2 * stride).sub(k);
      FloatVector d3 = load(x, xo + c + 3 * stride).sub(k);
      FloatVector s = d0.add(d1).add(d2.add(d3));
      FloatVector q = d0.fma(d0, d1.mul(d1)).add(d2.fma(d2, d3.mul(d3)));
      int at = so + c;
      DoubleVector.fromArray(WIDE, sums, at).add(lower(s)).intoArray(sums, at);
      at += HALF;
      DoubleVector.fromArray(WIDE, sums, at).add(upper(s)).intoArray(sums, at);
      at = qo + c;
      DoubleVector.fromArray(WIDE, sums, at).add(lower(q)).intoArray(sums, at);
      at += HALF;
      DoubleVector.fromArray(WIDE, sums, at).add(upper(q)).intoArray(sums, at);
    }
    for (int r = 0; r < ROWS; r++) {
      moments(c, cols, x, xo + r * stride, shift, co, sums, so, qo);
    }
  }

  /** Adds a row's columns from {@code first} on, one by one. */
  private static void moments(
      int first,
      int cols,
      float[] x,
      int xo,
      float[] shift,
      int co,
      double[] sums,
      int so,
      int qo) {
    for (int c = first; c < cols; c++) {
      double d = x[xo + c] - shift[co + c];
      sums[so + c] += d;
      sums[qo + c] += d * d;
    }
  }

  static void sums(
      int rows,
      int cols,
      int stride,
      float[] x,
      int xo,
      float[] centre,
      int co,
      float[] dy,
      int dyo,
      double[] sums,
      int so,
      int qo) {
    for (int first = 0; first < rows; first += TILE) {
      int end = Math.min(first + TILE, rows);
      for (int c = 0; c < cols; c += STRIP) {
        int n = Math.min(STRIP, cols - c);
        int r = first;
        for (; r <= end - ROWS; r += ROWS) {
          int at = r * stride + c;
          fourSums(n, stride, x, xo + at, centre, co + c, dy, dyo + at, sums, so + c, qo + c);
        }
        for (; r < end; r++) {
          int at = r * stride + c;
          sums(0, n, x, xo + at, centre, co + c, dy, dyo + at, sums, so + c, qo + c);
        }
      }
    }
  }

  private static void fourSums(
      int cols,
      int stride,
      float[] x,
      int xo,
      float[] centre,
      int co,
      float[] dy,
      int dyo,
      double[] sums,
      int so,
      int qo) {
    int c = 0;
    for (int end = SPECIES.loopBound(cols); c < end; c += LENGTH) {
      FloatVector m = load(centre, co + c);
      FloatVector u0 = load(dy, dyo + c);
      FloatVector u1 = load(dy, dyo + c + stride);
      FloatVector u2 = load(dy, dyo + c + 2 * stride);
      FloatVector u3 = load(dy, dyo + c + 3 * stride);
      FloatVector d0 = load(x, xo + c).sub(m).mul(u0);
      FloatVector d2 = load(x, xo + c + 2 * stride).sub(m).mul(u2);
      d0 = load(x, xo + c + stride).sub(m).fma(u1, d0);
      d2 = load(x, xo + c + 3 * stride).sub(m).fma(u3, d2);
      FloatVector s = u0.add(u1).add(u2.add(u3));
      FloatVector q = d0.add(d2);
      int at = so + c;
      DoubleVector.fromArray(WIDE, sums, at).add(lower(s)).intoArray(sums, at);
      at += HALF;
      DoubleVector.fromArray(WIDE, sums, at).add(upper(s)).intoArray(sums, at);
      at = qo + c;
      DoubleVector.fromArray(WIDE, sums, at).add(lower(q)).intoArray(sums, at);
      at += HALF;
      DoubleVector.fromArray(WIDE, sums, at).add(upper(q)).intoArray(sums, at);
    }
    for (int r = 0; r < ROWS; r++) {
      int at = r * stride;
      sums(c, cols, x, xo + at, centre, co, dy, dyo + at, sums, so, qo);
    }
  }

  /** Adds a row's columns from {@code first} on, one by one. */
  private static void sums(
      int first,
      int cols,
      float[] x,
      int xo,
      float[] centre,
      int co,
      float[] dy,
      int dyo,
      double[] sums,
      int so,
      int qo) {
    for (int c = first; c < cols; c++) {
      sums[so + c] += dy[dyo + c];
      sums[qo + c] += (double) (x[xo + c] - centre[co + c]) * dy[dyo + c];
    }
  }

  static void normalize(
      int cols,
      float[] x,
      int xo,
      float[] centre,
      int co,
      float[] scale,
      float[] offset,
      int fo,
      float[] y,
      int yo) {
    int c = 0;
    for (int end = SPECIES.loopBound(cols); c < end; c += LENGTH) {
      load(x, xo + c)
          .sub(load(centre, co + c))
          .fma(load(scale, fo + c), load(offset, fo + c))
          .intoArray(y, yo + c);
    }
    for (; c < cols; c++) {
      y[yo + c] = Math.fma(x[xo + c] - centre[co + c], scale[fo + c], offset[fo + c]);
    }
  }

  static void gradient(
      int cols,
      float[] x,
      int xo,
      float[] centre,
      int co,
      float[] dy,
      int dyo,
      float[] scale,
      float[] slope,
      float[] offset,
      int fo,
      float beta,
      float[] dx,
      int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int c = 0;
    for (int end = SPECIES.loopBound(cols); c < end; c += LENGTH) {
      FloatVector d = load(x, xo + c).sub(load(centre, co + c));
      d = d.fma(load(slope, fo + c), load(offset, fo + c));
      load(dy, dyo + c)
          .fma(load(scale, fo + c), d)
          .add(FloatVector.fromArray(SPECIES, dx, dxo + c, add))
          .intoArray(dx, dxo + c);
    }
    for (; c < cols; c++) {
      float d = Math.fma(x[xo + c] - centre[co + c], slope[fo + c], offset[fo + c]);
      float v = Math.fma(dy[dyo + c], scale[fo + c], d);
      dx[dxo + c] = beta == 0 ? v : v + dx[dxo + c];
    }
  }
}
