package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Normalisation of columns by the Vector API.
 *
 * <p>Sums take four rows side by side, in single precision, and then join the sums in double
 * precision, which are read and written once for four numbers of an array.
 */
final class VectorColumns {

  /** Doubles in as many bits as {@link Lanes#SPECIES}: half as many. */
  private static final VectorSpecies<Double> WIDE = SPECIES.withLanes(double.class);

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

  static DoubleVector widen(FloatVector v, int part) {
    return (DoubleVector) v.convertShape(VectorOperators.F2D, WIDE, part);
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
      DoubleVector.fromArray(WIDE, sums, at).add(widen(s, 0)).intoArray(sums, at);
      at += HALF;
      DoubleVector.fromArray(WIDE, sums, at).add(widen(s, 1)).intoArray(sums, at);
      at = qo + c;
      DoubleVector.fromArray(WIDE, sums, at).add(widen(q, 0)).intoArray(sums, at);
      at += HALF;
      DoubleVector.fromArray(WIDE, sums, at).add(widen(q, 1)).intoArray(sums, at);
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
      DoubleVector.fromArray(WIDE, sums, at).add(widen(s, 0)).intoArray(sums, at);
      at += HALF;
      DoubleVector.fromArray(WIDE, sums, at).add(widen(s, 1)).intoArray(sums, at);
      at = qo + c;
      DoubleVector.fromArray(WIDE, sums, at).add(widen(q, 0)).intoArray(sums, at);
      at += HALF;
      DoubleVector.fromArray(WIDE, sums, at).add(widen(q, 1)).intoArray(sums, at);
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

  /** Two rows at a time, which share the columns' numbers. */
  static void normalize(
      int rows,
      int cols,
      int stride,
      float[] x,
      int xo,
      float[] centre,
      int co,
      float[] scale,
      float[] offset,
      int fo,
      float[] y,
      int yo) {
    for (int r = 0; r < rows; r += 2) {
      // An odd last row is done twice, which is the same as once.
      int at = r * stride;
      int next = r + 1 < rows ? stride : 0;
      twoRows(cols, next, x, xo + at, centre, co, scale, offset, fo, y, yo + at);
    }
  }

  private static void twoRows(
      int cols,
      int next,
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
      FloatVector m = load(centre, co + c);
      FloatVector s = load(scale, fo + c);
      FloatVector t = load(offset, fo + c);
      FloatVector v0 = load(x, xo + c).sub(m).fma(s, t);
      FloatVector v1 = load(x, xo + c + next).sub(m).fma(s, t);
      v0.intoArray(y, yo + c);
      v1.intoArray(y, yo + c + next);
    }
    for (; c < cols; c++) {
      float v0 = Math.fma(x[xo + c] - centre[co + c], scale[fo + c], offset[fo + c]);
      float v1 = Math.fma(x[xo + c + next] - centre[co + c], scale[fo + c], offset[fo + c]);
      y[yo + c] = v0;
      y[yo + c + next] = v1;
    }
  }

  static void gradient(
      int rows,
      int cols,
      int stride,
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
    for (int r = 0; r < rows; r += 2) {
      int at = r * stride;
      int next = r + 1 < rows ? stride : 0;
      twoGradients(
          cols, next, x, xo + at, centre, co, dy, dyo + at, scale, slope, offset, fo, beta, dx,
          dxo + at);
    }
  }

  private static void twoGradients(
      int cols,
      int next,
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
      FloatVector m = load(centre, co + c);
      FloatVector a = load(scale, fo + c);
      FloatVector b = load(slope, fo + c);
      FloatVector t = load(offset, fo + c);
      FloatVector d0 = load(x, xo + c).sub(m).fma(b, t);
      FloatVector d1 = load(x, xo + c + next).sub(m).fma(b, t);
      d0 = load(dy, dyo + c).fma(a, d0).add(FloatVector.fromArray(SPECIES, dx, dxo + c, add));
      d1 =
          load(dy, dyo + c + next)
              .fma(a, d1)
              .add(FloatVector.fromArray(SPECIES, dx, dxo + c + next, add));
      d0.intoArray(dx, dxo + c);
      d1.intoArray(dx, dxo + c + next);
    }
    for (; c < cols; c++) {
      float d0 = Math.fma(x[xo + c] - centre[co + c], slope[fo + c], offset[fo + c]);
      float d1 = Math.fma(x[xo + c + next] - centre[co + c], slope[fo + c], offset[fo + c]);
      d0 = Math.fma(dy[dyo + c], scale[fo + c], d0);
      d1 = Math.fma(dy[dyo + c + next], scale[fo + c], d1);
      float old0 = beta == 0 ? 0 : dx[dxo + c];
      float old1 = beta == 0 ? 0 : dx[dxo + c + next];
      dx[dxo + c] = d0 + old0;
      dx[dxo + c + next] = d1 + old1;
    }
  }
}
