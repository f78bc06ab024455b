package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The loops of local response normalisation by the Vector API.
 *
 * <p>A window's squares are summed where they are used, so that a base never goes to memory; the
 * window of five rows, which every published model has, is written out. Bound where the exponent is
 * 3/4: two square roots and a division for each vector; the base's inverse, which the gradient
 * takes, is {@code (root power) power}. Another exponent costs passes, a logarithm and an
 * exponential.
 *
 * <p>The last vector of a row overlaps the one before it, and rows of less than a vector are left
 * to {@link ScalarLrnKernel}. No method takes or returns a vector or a mask, {@code load} aside: if
 * it is not small, it is not always inlined, and then each vector is an object.
 */
final class VectorLrnKernel implements LrnKernel {

  private static final FloatVector ONE = FloatVector.broadcast(SPECIES, 1f);

  private final LrnKernel narrow = new ScalarLrnKernel();

  private static FloatVector load(float[] a, int at) {
    return FloatVector.fromArray(SPECIES, a, at);
  }

  @Override
  public void bases(
      int rows, int n, float[] x, int first, int stride, float factor, float k, float[] y, int yo) {
    if (n < LENGTH) {
      narrow.bases(rows, n, x, first, stride, factor, k, y, yo);
      return;
    }
    FloatVector f = FloatVector.broadcast(SPECIES, factor);
    FloatVector least = FloatVector.broadcast(SPECIES, k);
    int last = n - LENGTH;
    for (int i = 0; i < n; i += LENGTH) {
      int j = Math.min(i, last);
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int r = 0, o = first + j; r < rows; r++, o += stride) {
        FloatVector v = load(x, o);
        sum = v.fma(v, sum);
      }
      sum.fma(f, least).intoArray(y, yo + j);
    }
  }

  /** Within 2 ulp: by roots, whose hardware is exact. */
  @Override
  public void threeQuarters(
      int rows,
      int n,
      float[] x,
      int first,
      int stride,
      int at,
      float factor,
      float k,
      float[] y,
      int yo) {
    if (n < LENGTH) {
      narrow.threeQuarters(rows, n, x, first, stride, at, factor, k, y, yo);
      return;
    }
    FloatVector f = FloatVector.broadcast(SPECIES, factor);
    FloatVector least = FloatVector.broadcast(SPECIES, k);
    int last = n - LENGTH;
    if (rows == 5) {
      for (int i = 0; i < n; i += LENGTH) {
        int j = Math.min(i, last);
        FloatVector a = load(x, first + j);
        FloatVector b = load(x, first + j + stride);
        FloatVector c = load(x, first + j + 2 * stride);
        FloatVector d = load(x, first + j + 3 * stride);
        FloatVector e = load(x, first + j + 4 * stride);
        FloatVector sum = e.fma(e, d.fma(d, c.fma(c, b.fma(b, a.mul(a)))));
        FloatVector root = sum.fma(f, least).sqrt();
        FloatVector power = ONE.div(root.mul(root.sqrt()));
        load(x, at + j).mul(power).intoArray(y, yo + j);
      }
    } else {
      for (int i = 0; i < n; i += LENGTH) {
        int j = Math.min(i, last);
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int r = 0, o = first + j; r < rows; r++, o += stride) {
          FloatVector v = load(x, o);
          sum = v.fma(v, sum);
        }
        FloatVector root = sum.fma(f, least).sqrt();
        FloatVector power = ONE.div(root.mul(root.sqrt()));
        load(x, at + j).mul(power).intoArray(y, yo + j);
      }
    }
  }

  @Override
  public void threeQuartersParts(
      int rows,
      int n,
      float[] x,
      int first,
      int stride,
      int at,
      float factor,
      float k,
      float[] dy,
      int dyo,
      float[] ratio,
      int ro,
      float[] direct,
      int diro) {
    if (n < LENGTH) {
      narrow.threeQuartersParts(
          rows, n, x, first, stride, at, factor, k, dy, dyo, ratio, ro, direct, diro);
      return;
    }
    FloatVector f = FloatVector.broadcast(SPECIES, factor);
    FloatVector least = FloatVector.broadcast(SPECIES, k);
    int last = n - LENGTH;
    if (rows == 5) {
      for (int i = 0; i < n; i += LENGTH) {
        int j = Math.min(i, last);
        FloatVector a = load(x, first + j);
        FloatVector b = load(x, first + j + stride);
        FloatVector c = load(x, first + j + 2 * stride);
        FloatVector d = load(x, first + j + 3 * stride);
        FloatVector e = load(x, first + j + 4 * stride);
        FloatVector sum = e.fma(e, d.fma(d, c.fma(c, b.fma(b, a.mul(a)))));
        FloatVector root = sum.fma(f, least).sqrt();
        FloatVector quarter = ONE.div(root.sqrt());
        FloatVector power = quarter.mul(quarter).mul(quarter);
        FloatVector part = load(dy, dyo + j).mul(power);
        part.intoArray(direct, diro + j);
        part.mul(load(x, at + j)).mul(quarter).mul(power).intoArray(ratio, ro + j);
      }
    } else {
      for (int i = 0; i < n; i += LENGTH) {
        int j = Math.min(i, last);
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int r = 0, o = first + j; r < rows; r++, o += stride) {
          FloatVector v = load(x, o);
          sum = v.fma(v, sum);
        }
        FloatVector root = sum.fma(f, least).sqrt();
        FloatVector quarter = ONE.div(root.sqrt());
        FloatVector power = quarter.mul(quarter).mul(quarter);
        FloatVector part = load(dy, dyo + j).mul(power);
        part.intoArray(direct, diro + j);
        part.mul(load(x, at + j)).mul(quarter).mul(power).intoArray(ratio, ro + j);
      }
    }
  }

  @Override
  public void parts(
      int n,
      float[] y,
      int yo,
      float[] dy,
      int dyo,
      float[] base,
      int bo,
      float[] power,
      int po,
      float[] ratio,
      int ro,
      float[] direct,
      int diro) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector g = load(dy, dyo + i);
      FloatVector product = g.mul(load(y, yo + i));
      product.div(load(base, bo + i)).intoArray(ratio, ro + i);
      g.mul(load(power, po + i)).intoArray(direct, diro + i);
    }
    // Ratio may be base, and direct power, so that nothing may be done twice.
    narrow.parts(
        n - end,
        y,
        yo + end,
        dy,
        dyo + end,
        base,
        bo + end,
        power,
        po + end,
        ratio,
        ro + end,
        direct,
        diro + end);
  }

  @Override
  public void gradient(
      int rows,
      int n,
      float[] ratio,
      int ro,
      int stride,
      float factor,
      float[] x,
      int xo,
      float[] direct,
      int diro,
      float beta,
      float[] dx,
      int dxo) {
    int end = SPECIES.loopBound(n);
    if (rows == 5 && beta == 0) {
      for (int i = 0; i < end; i += LENGTH) {
        FloatVector a = load(ratio, ro + i).add(load(ratio, ro + i + stride));
        FloatVector b = a.add(load(ratio, ro + i + 2 * stride));
        FloatVector c = b.add(load(ratio, ro + i + 3 * stride));
        FloatVector sum = c.add(load(ratio, ro + i + 4 * stride));
        load(x, xo + i).mul(factor).fma(sum, load(direct, diro + i)).intoArray(dx, dxo + i);
      }
    } else {
      for (int i = 0; i < end; i += LENGTH) {
        FloatVector sum = load(ratio, ro + i);
        for (int r = 1, o = ro + i + stride; r < rows; r++, o += stride) {
          sum = sum.add(load(ratio, o));
        }
        FloatVector v = load(x, xo + i).mul(factor).fma(sum, load(direct, diro + i));
        if (beta != 0) {
          v = v.add(load(dx, dxo + i));
        }
        v.intoArray(dx, dxo + i);
      }
    }
    narrow.gradient(
        rows,
        n - end,
        ratio,
        ro + end,
        stride,
        factor,
        x,
        xo + end,
        direct,
        diro + end,
        beta,
        dx,
        dxo + end);
  }
}
