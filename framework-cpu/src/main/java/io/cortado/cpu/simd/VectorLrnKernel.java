package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The loops of local response normalisation by the Vector API.
 *
 * <p>A window's squares are summed where they are used, so that a base never goes to memory; the
 * window of five rows, which every published model has, is written out. Bound where the exponent is
 * 3/4: two square roots and a division for each vector; the base's inverse, which the gradient
 * takes, is {@code (root power) power}. Another exponent costs passes, a logarithm and an
 * exponential.
 */
final class VectorLrnKernel implements LrnKernel {

  private static final FloatVector ONE = FloatVector.broadcast(SPECIES, 1f);

  private static FloatVector load(float[] a, int at) {
    return FloatVector.fromArray(SPECIES, a, at);
  }

  /** Returns the sum of squares over a window's rows. */
  private static FloatVector squares(int rows, float[] x, int o, int stride) {
    FloatVector v = load(x, o);
    FloatVector sum = v.mul(v);
    for (int r = 1, p = o + stride; r < rows; r++, p += stride) {
      v = load(x, p);
      sum = v.fma(v, sum);
    }
    return sum;
  }

  private static FloatVector squaresOf5(float[] x, int o, int stride) {
    FloatVector a = load(x, o);
    FloatVector b = load(x, o + stride);
    FloatVector c = load(x, o + 2 * stride);
    FloatVector d = load(x, o + 3 * stride);
    FloatVector e = load(x, o + 4 * stride);
    return e.fma(e, d.fma(d, c.fma(c, b.fma(b, a.mul(a)))));
  }

  private static FloatVector squares(
      int rows, float[] x, int o, int stride, VectorMask<Float> mask) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int r = 0, p = o; r < rows; r++, p += stride) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, p, mask);
      sum = v.fma(v, sum);
    }
    return sum;
  }

  @Override
  public void bases(
      int rows, int n, float[] x, int first, int stride, float factor, float k, float[] y, int yo) {
    FloatVector f = FloatVector.broadcast(SPECIES, factor);
    FloatVector least = FloatVector.broadcast(SPECIES, k);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      squares(rows, x, first + i, stride).fma(f, least).intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      squares(rows, x, first + i, stride, m).fma(f, least).intoArray(y, yo + i, m);
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
    FloatVector f = FloatVector.broadcast(SPECIES, factor);
    FloatVector least = FloatVector.broadcast(SPECIES, k);
    int end = SPECIES.loopBound(n);
    int i = 0;
    if (rows == 5) {
      for (; i < end; i += LENGTH) {
        FloatVector root = squaresOf5(x, first + i, stride).fma(f, least).sqrt();
        FloatVector power = ONE.div(root.mul(root.sqrt()));
        load(x, at + i).mul(power).intoArray(y, yo + i);
      }
    } else {
      for (; i < end; i += LENGTH) {
        FloatVector root = squares(rows, x, first + i, stride).fma(f, least).sqrt();
        FloatVector power = ONE.div(root.mul(root.sqrt()));
        load(x, at + i).mul(power).intoArray(y, yo + i);
      }
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector root = squares(rows, x, first + i, stride, m).fma(f, least).sqrt();
      FloatVector power = ONE.div(root.mul(root.sqrt()));
      FloatVector.fromArray(SPECIES, x, at + i, m).mul(power).intoArray(y, yo + i, m);
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
    FloatVector f = FloatVector.broadcast(SPECIES, factor);
    FloatVector least = FloatVector.broadcast(SPECIES, k);
    int end = SPECIES.loopBound(n);
    int i = 0;
    if (rows == 5) {
      for (; i < end; i += LENGTH) {
        FloatVector root = squaresOf5(x, first + i, stride).fma(f, least).sqrt();
        FloatVector power = ONE.div(root.mul(root.sqrt()));
        FloatVector part = load(dy, dyo + i).mul(power);
        part.intoArray(direct, diro + i);
        part.mul(load(x, at + i)).mul(root.mul(power)).mul(power).intoArray(ratio, ro + i);
      }
    } else {
      for (; i < end; i += LENGTH) {
        FloatVector root = squares(rows, x, first + i, stride).fma(f, least).sqrt();
        FloatVector power = ONE.div(root.mul(root.sqrt()));
        FloatVector part = load(dy, dyo + i).mul(power);
        part.intoArray(direct, diro + i);
        part.mul(load(x, at + i)).mul(root.mul(power)).mul(power).intoArray(ratio, ro + i);
      }
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector root = squares(rows, x, first + i, stride, m).fma(f, least).sqrt();
      FloatVector power = ONE.div(root.mul(root.sqrt()));
      FloatVector part = FloatVector.fromArray(SPECIES, dy, dyo + i, m).mul(power);
      part.intoArray(direct, diro + i, m);
      part.mul(FloatVector.fromArray(SPECIES, x, at + i, m))
          .mul(root.mul(power))
          .mul(power)
          .intoArray(ratio, ro + i, m);
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
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector g = load(dy, dyo + i);
      FloatVector product = g.mul(load(y, yo + i));
      product.div(load(base, bo + i)).intoArray(ratio, ro + i);
      g.mul(load(power, po + i)).intoArray(direct, diro + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector product = g.mul(FloatVector.fromArray(SPECIES, y, yo + i, m));
      product.div(FloatVector.fromArray(SPECIES, base, bo + i, m)).intoArray(ratio, ro + i, m);
      g.mul(FloatVector.fromArray(SPECIES, power, po + i, m)).intoArray(direct, diro + i, m);
    }
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
    int i = 0;
    if (rows == 5 && beta == 0) {
      for (; i < end; i += LENGTH) {
        FloatVector sum = sumOf5(ratio, ro + i, stride);
        load(x, xo + i).mul(factor).fma(sum, load(direct, diro + i)).intoArray(dx, dxo + i);
      }
    } else if (beta == 0) {
      for (; i < end; i += LENGTH) {
        FloatVector sum = sum(rows, ratio, ro + i, stride);
        load(x, xo + i).mul(factor).fma(sum, load(direct, diro + i)).intoArray(dx, dxo + i);
      }
    } else {
      for (; i < end; i += LENGTH) {
        FloatVector sum = sum(rows, ratio, ro + i, stride);
        FloatVector v = load(x, xo + i).mul(factor).fma(sum, load(direct, diro + i));
        v.add(load(dx, dxo + i)).intoArray(dx, dxo + i);
      }
    }
    if (i < n) {
      rest(
          SPECIES.indexInRange(i, n),
          rows,
          i,
          ratio,
          ro,
          stride,
          factor,
          x,
          xo,
          direct,
          diro,
          beta,
          dx,
          dxo);
    }
  }

  private static FloatVector sum(int rows, float[] a, int o, int stride) {
    FloatVector sum = load(a, o);
    for (int r = 1, p = o + stride; r < rows; r++, p += stride) {
      sum = sum.add(load(a, p));
    }
    return sum;
  }

  private static FloatVector sumOf5(float[] a, int o, int stride) {
    return load(a, o)
        .add(load(a, o + stride))
        .add(load(a, o + 2 * stride))
        .add(load(a, o + 3 * stride))
        .add(load(a, o + 4 * stride));
  }

  private static void rest(
      VectorMask<Float> m,
      int rows,
      int i,
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
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int r = 0, o = ro + i; r < rows; r++, o += stride) {
      sum = sum.add(FloatVector.fromArray(SPECIES, ratio, o, m));
    }
    FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, m).mul(factor);
    v = v.fma(sum, FloatVector.fromArray(SPECIES, direct, diro + i, m));
    if (beta != 0) {
      v = v.add(FloatVector.fromArray(SPECIES, dx, dxo + i, m));
    }
    v.intoArray(dx, dxo + i, m);
  }
}
