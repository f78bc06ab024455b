package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Local response normalisation across channels by the Vector API: sums over a window of rows, and
 * powers of them.
 *
 * <p>Bound: two square roots and a division for each vector where the exponent is 3/4, which every
 * model has; the loads of a window of five come next. Another exponent costs a logarithm and an
 * exponential.
 */
final class SimdLrn {

  private SimdLrn() {}

  /** Computes {@code y = k + factor * sum over rows of x^2}, rows lying {@code stride} apart. */
  static void squares(
      int rows, int n, float[] x, int xo, int stride, float factor, float k, float[] y, int yo) {
    FloatVector f = FloatVector.broadcast(SPECIES, factor);
    FloatVector first = FloatVector.broadcast(SPECIES, k);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int r = 0, o = xo + i; r < rows; r++, o += stride) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, o);
        sum = v.fma(v, sum);
      }
      sum.fma(f, first).intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int r = 0, o = xo + i; r < rows; r++, o += stride) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, o, m);
        sum = v.fma(v, sum);
      }
      sum.fma(f, first).intoArray(y, yo + i, m);
    }
  }

  /** Computes {@code y = x^(-3/4)}, within 2 ulp: by roots, whose hardware is exact. */
  static void inverseThreeQuarters(int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector root = FloatVector.fromArray(SPECIES, x, xo + i).sqrt();
      FloatVector.broadcast(SPECIES, 1f).div(root.mul(root.sqrt())).intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector root = FloatVector.fromArray(SPECIES, x, xo + i, m).sqrt();
      FloatVector.broadcast(SPECIES, 1f).div(root.mul(root.sqrt())).intoArray(y, yo + i, m);
    }
  }

  /**
   * Computes {@code ratio = dy y / base} and {@code direct = dy power}.
   *
   * @param ratio may be base
   * @param direct may be power
   */
  static void parts(
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
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i);
      FloatVector product = g.mul(FloatVector.fromArray(SPECIES, y, yo + i));
      product.div(FloatVector.fromArray(SPECIES, base, bo + i)).intoArray(ratio, ro + i);
      g.mul(FloatVector.fromArray(SPECIES, power, po + i)).intoArray(direct, diro + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector product = g.mul(FloatVector.fromArray(SPECIES, y, yo + i, m));
      product.div(FloatVector.fromArray(SPECIES, base, bo + i, m)).intoArray(ratio, ro + i, m);
      g.mul(FloatVector.fromArray(SPECIES, power, po + i, m)).intoArray(direct, diro + i, m);
    }
  }

  /** Computes {@code dx = direct + factor x (sum over rows of ratio) + beta dx}. */
  static void gradient(
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
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int r = 0, o = ro + i; r < rows; r++, o += stride) {
        sum = sum.add(FloatVector.fromArray(SPECIES, ratio, o));
      }
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i).mul(factor);
      v.fma(sum, FloatVector.fromArray(SPECIES, direct, diro + i))
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i, add))
          .intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int r = 0, o = ro + i; r < rows; r++, o += stride) {
        sum = sum.add(FloatVector.fromArray(SPECIES, ratio, o, m));
      }
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, m).mul(factor);
      v.fma(sum, FloatVector.fromArray(SPECIES, direct, diro + i, m))
          .add(FloatVector.fromArray(SPECIES, dx, dxo + i, add.and(m)))
          .intoArray(dx, dxo + i, m);
    }
  }
}
