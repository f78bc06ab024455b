package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums and maxima by the Vector API.
 *
 * <p>Lanes are added by a fixed tree of shuffles, because the order in which {@code reduceLanes}
 * adds floats is undefined and may differ from one call to the next.
 */
final class SimdReduce {

  /** Doubles in as many bits as {@link Lanes#SPECIES}: half as many. */
  private static final VectorSpecies<Double> WIDE = SPECIES.withLanes(double.class);

  static final VectorShuffle<Float> SWAP_8 = swap(8);
  static final VectorShuffle<Float> SWAP_4 = swap(4);
  static final VectorShuffle<Float> SWAP_2 = swap(2);
  static final VectorShuffle<Float> SWAP_1 = swap(1);

  /** Set where vectors have 16 lanes. */
  static final VectorMask<Float> HAS_16 = SPECIES.maskAll(LENGTH >= 16);

  /** Set where vectors have 8 lanes or more. */
  static final VectorMask<Float> HAS_8 = SPECIES.maskAll(LENGTH >= 8);

  private SimdReduce() {}

  static double sum(int n, float[] x, int xo) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (int end = n - 4 * LENGTH; i <= end; i += 4 * LENGTH) {
      s0 = s0.add(load(x, xo + i));
      s1 = s1.add(load(x, xo + i + LENGTH));
      s2 = s2.add(load(x, xo + i + 2 * LENGTH));
      s3 = s3.add(load(x, xo + i + 3 * LENGTH));
    }
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      s0 = s0.add(load(x, xo + i));
    }
    s1 = s1.add(load(x, xo + i, SPECIES.indexInRange(i, n)));
    return lanes(s0.add(s1).add(s2.add(s3)));
  }

  static double dot(int n, float[] x, int xo, float[] y, int yo) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (int end = n - 4 * LENGTH; i <= end; i += 4 * LENGTH) {
      s0 = load(x, xo + i).fma(load(y, yo + i), s0);
      s1 = load(x, xo + i + LENGTH).fma(load(y, yo + i + LENGTH), s1);
      s2 = load(x, xo + i + 2 * LENGTH).fma(load(y, yo + i + 2 * LENGTH), s2);
      s3 = load(x, xo + i + 3 * LENGTH).fma(load(y, yo + i + 3 * LENGTH), s3);
    }
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      s0 = load(x, xo + i).fma(load(y, yo + i), s0);
    }
    VectorMask<Float> m = SPECIES.indexInRange(i, n);
    s1 = load(x, xo + i, m).fma(load(y, yo + i, m), s1);
    return lanes(s0.add(s1).add(s2.add(s3)));
  }

  static void addRows(int rows, int cols, float[] x, int xo, int stride, double[] sums, int so) {
    int c = 0;
    for (int end = cols - LENGTH; c <= end; c += LENGTH) {
      FloatVector s0 = FloatVector.zero(SPECIES);
      FloatVector s1 = s0;
      int o = xo + c;
      int r = rows;
      for (; r >= 2; r -= 2, o += 2 * stride) {
        s0 = s0.add(load(x, o));
        s1 = s1.add(load(x, o + stride));
      }
      VectorMask<Float> odd = SPECIES.maskAll(r == 1);
      s0 = s0.add(load(x, r == 1 ? o : xo, odd)).add(s1);
      widen(s0, 0).add(DoubleVector.fromArray(WIDE, sums, so + c)).intoArray(sums, so + c);
      int high = so + c + WIDE.length();
      widen(s0, 1).add(DoubleVector.fromArray(WIDE, sums, high)).intoArray(sums, high);
    }
    for (; c < cols; c++) {
      float sum = 0;
      for (int r = 0, o = xo + c; r < rows; r++, o += stride) {
        sum += x[o];
      }
      sums[so + c] += sum;
    }
  }

  private static DoubleVector widen(FloatVector v, int part) {
    return (DoubleVector) v.convertShape(VectorOperators.F2D, WIDE, part);
  }

  static float max(int n, float[] x, int xo) {
    FloatVector m0 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m0;
    int i = 0;
    for (int end = n - 2 * LENGTH; i <= end; i += 2 * LENGTH) {
      m0 = m0.max(load(x, xo + i));
      m1 = m1.max(load(x, xo + i + LENGTH));
    }
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      m0 = m0.max(load(x, xo + i));
    }
    VectorMask<Float> m = SPECIES.indexInRange(i, n);
    m1 = m1.lanewise(VectorOperators.MAX, load(x, xo + i, m), m);
    return m0.max(m1).reduceLanes(VectorOperators.MAX);
  }

  static double expSum(int n, float[] x, int xo, float shift, float[] y, int yo) {
    FloatVector sum = FloatVector.zero(SPECIES);
    // One loop for whole and partial vectors: see SimdUnary.
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector e = VectorMath.exp(load(x, xo + i, m).sub(shift));
      e.intoArray(y, yo + i, m);
      sum = sum.add(e, m);
    }
    // The same as lanes(sum), which would not be inlined any more here.
    sum = sum.add(sum.rearrange(SWAP_8), HAS_16);
    sum = sum.add(sum.rearrange(SWAP_4), HAS_8);
    sum = sum.add(sum.rearrange(SWAP_2));
    return sum.add(sum.rearrange(SWAP_1)).lane(0);
  }

  static double sumExp(int n, float[] x, int xo, float shift) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      sum = sum.add(VectorMath.exp(load(x, xo + i, m).sub(shift)), m);
    }
    // The same as lanes(sum), which would not be inlined any more here.
    sum = sum.add(sum.rearrange(SWAP_8), HAS_16);
    sum = sum.add(sum.rearrange(SWAP_4), HAS_8);
    sum = sum.add(sum.rearrange(SWAP_2));
    return sum.add(sum.rearrange(SWAP_1)).lane(0);
  }

  static double sumSquaredDeviations(int n, float[] x, int xo, float mean) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    int i = 0;
    for (int end = n - 2 * LENGTH; i <= end; i += 2 * LENGTH) {
      FloatVector d0 = load(x, xo + i).sub(mean);
      FloatVector d1 = load(x, xo + i + LENGTH).sub(mean);
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
    }
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      FloatVector d0 = load(x, xo + i).sub(mean);
      s0 = d0.fma(d0, s0);
    }
    VectorMask<Float> m = SPECIES.indexInRange(i, n);
    FloatVector d = load(x, xo + i, m).sub(mean);
    return lanes(s0.add(s1.add(d.mul(d), m)));
  }

  static double dotDeviations(int n, float[] x, int xo, float mean, float[] dy, int dyo) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    int i = 0;
    for (int end = n - 2 * LENGTH; i <= end; i += 2 * LENGTH) {
      s0 = load(x, xo + i).sub(mean).fma(load(dy, dyo + i), s0);
      s1 = load(x, xo + i + LENGTH).sub(mean).fma(load(dy, dyo + i + LENGTH), s1);
    }
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      s0 = load(x, xo + i).sub(mean).fma(load(dy, dyo + i), s0);
    }
    VectorMask<Float> m = SPECIES.indexInRange(i, n);
    FloatVector tail = load(x, xo + i, m).sub(mean).mul(load(dy, dyo + i, m));
    return lanes(s0.add(s1.add(tail, m)));
  }

  /** Adds the lanes of a vector, always in the same order. */
  static double lanes(FloatVector v) {
    FloatVector s = v;
    s = s.add(s.rearrange(SWAP_8), HAS_16);
    s = s.add(s.rearrange(SWAP_4), HAS_8);
    s = s.add(s.rearrange(SWAP_2));
    return s.add(s.rearrange(SWAP_1)).lane(0);
  }

  private static VectorShuffle<Float> swap(int distance) {
    return VectorShuffle.fromOp(SPECIES, i -> (i ^ distance) & (LENGTH - 1));
  }

  private static FloatVector load(float[] x, int offset) {
    return FloatVector.fromArray(SPECIES, x, offset);
  }

  private static FloatVector load(float[] x, int offset, VectorMask<Float> m) {
    return FloatVector.fromArray(SPECIES, x, offset, m);
  }
}
