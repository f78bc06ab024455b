package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.IS_NAN;

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
 * adds floats is undefined and may differ from one call to the next. It is written out wherever it
 * is needed: a method that takes the vector is called, once it has been compiled by itself into
 * much code, and the vector handed over is an object.
 */
final class SimdReduce {

  /** Doubles in as many bits as {@link Lanes#SPECIES}: half as many. */
  static final VectorSpecies<Double> WIDE = SPECIES.withLanes(double.class);

  static final VectorShuffle<Float> SWAP_8 = swap(8);
  static final VectorShuffle<Float> SWAP_4 = swap(4);
  static final VectorShuffle<Float> SWAP_2 = swap(2);
  static final VectorShuffle<Float> SWAP_1 = swap(1);

  private static final VectorShuffle<Float> UPPER = swap(LENGTH / 2);

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
    for (int end = n - 8 * LENGTH; i <= end; i += 8 * LENGTH) {
      s0 = s0.add(FloatVector.fromArray(SPECIES, x, xo + i));
      s1 = s1.add(FloatVector.fromArray(SPECIES, x, xo + i + LENGTH));
      s2 = s2.add(FloatVector.fromArray(SPECIES, x, xo + i + 2 * LENGTH));
      s3 = s3.add(FloatVector.fromArray(SPECIES, x, xo + i + 3 * LENGTH));
      s0 = s0.add(FloatVector.fromArray(SPECIES, x, xo + i + 4 * LENGTH));
      s1 = s1.add(FloatVector.fromArray(SPECIES, x, xo + i + 5 * LENGTH));
      s2 = s2.add(FloatVector.fromArray(SPECIES, x, xo + i + 6 * LENGTH));
      s3 = s3.add(FloatVector.fromArray(SPECIES, x, xo + i + 7 * LENGTH));
    }
    if (i <= n - 4 * LENGTH) {
      s0 = s0.add(FloatVector.fromArray(SPECIES, x, xo + i));
      s1 = s1.add(FloatVector.fromArray(SPECIES, x, xo + i + LENGTH));
      s2 = s2.add(FloatVector.fromArray(SPECIES, x, xo + i + 2 * LENGTH));
      s3 = s3.add(FloatVector.fromArray(SPECIES, x, xo + i + 3 * LENGTH));
      i += 4 * LENGTH;
    }
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      s0 = s0.add(FloatVector.fromArray(SPECIES, x, xo + i));
    }
    if (i < n) {
      s1 = s1.add(FloatVector.fromArray(SPECIES, x, xo + i, SPECIES.indexInRange(i, n)));
    }
    FloatVector v = s0.add(s1).add(s2.add(s3));
    v = v.add(v.rearrange(SWAP_8), HAS_16);
    v = v.add(v.rearrange(SWAP_4), HAS_8);
    v = v.add(v.rearrange(SWAP_2));
    return v.add(v.rearrange(SWAP_1)).lane(0);
  }

  static double dot(int n, float[] x, int xo, float[] y, int yo) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (int end = n - 4 * LENGTH; i <= end; i += 4 * LENGTH) {
      s0 =
          FloatVector.fromArray(SPECIES, x, xo + i)
              .fma(FloatVector.fromArray(SPECIES, y, yo + i), s0);
      s1 =
          FloatVector.fromArray(SPECIES, x, xo + i + LENGTH)
              .fma(FloatVector.fromArray(SPECIES, y, yo + i + LENGTH), s1);
      s2 =
          FloatVector.fromArray(SPECIES, x, xo + i + 2 * LENGTH)
              .fma(FloatVector.fromArray(SPECIES, y, yo + i + 2 * LENGTH), s2);
      s3 =
          FloatVector.fromArray(SPECIES, x, xo + i + 3 * LENGTH)
              .fma(FloatVector.fromArray(SPECIES, y, yo + i + 3 * LENGTH), s3);
    }
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      s0 =
          FloatVector.fromArray(SPECIES, x, xo + i)
              .fma(FloatVector.fromArray(SPECIES, y, yo + i), s0);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      s1 =
          FloatVector.fromArray(SPECIES, x, xo + i, m)
              .fma(FloatVector.fromArray(SPECIES, y, yo + i, m), s1);
    }
    FloatVector v = s0.add(s1).add(s2.add(s3));
    v = v.add(v.rearrange(SWAP_8), HAS_16);
    v = v.add(v.rearrange(SWAP_4), HAS_8);
    v = v.add(v.rearrange(SWAP_2));
    return v.add(v.rearrange(SWAP_1)).lane(0);
  }

  /**
   * Eight rows side by side, so that memory is read in order and each sum in doubles is read and
   * written once for eight floats; no more, because rows often lie so far apart that one set of an
   * eight-way cache has to hold them all.
   */
  static void addRows(int rows, int cols, float[] x, int xo, int stride, double[] sums, int so) {
    int r = 0;
    for (; r + 8 <= rows; r += 8) {
      addEightRows(cols, x, xo + r * stride, stride, sums, so);
    }
    for (; r < rows; r++) {
      addRow(cols, x, xo + r * stride, sums, so);
    }
  }

  private static void addEightRows(int cols, float[] x, int xo, int stride, double[] sums, int so) {
    int c = 0;
    for (int end = cols - LENGTH; c <= end; c += LENGTH) {
      int o = xo + c;
      FloatVector s01 =
          FloatVector.fromArray(SPECIES, x, o).add(FloatVector.fromArray(SPECIES, x, o + stride));
      FloatVector s23 =
          FloatVector.fromArray(SPECIES, x, o + 2 * stride)
              .add(FloatVector.fromArray(SPECIES, x, o + 3 * stride));
      FloatVector s45 =
          FloatVector.fromArray(SPECIES, x, o + 4 * stride)
              .add(FloatVector.fromArray(SPECIES, x, o + 5 * stride));
      FloatVector s67 =
          FloatVector.fromArray(SPECIES, x, o + 6 * stride)
              .add(FloatVector.fromArray(SPECIES, x, o + 7 * stride));
      FloatVector s = s01.add(s23).add(s45.add(s67));
      lower(s).add(DoubleVector.fromArray(WIDE, sums, so + c)).intoArray(sums, so + c);
      int high = so + c + WIDE.length();
      upper(s).add(DoubleVector.fromArray(WIDE, sums, high)).intoArray(sums, high);
    }
    for (; c < cols; c++) {
      int o = xo + c;
      float s0123 = (x[o] + x[o + stride]) + (x[o + 2 * stride] + x[o + 3 * stride]);
      o += 4 * stride;
      float s4567 = (x[o] + x[o + stride]) + (x[o + 2 * stride] + x[o + 3 * stride]);
      sums[so + c] += s0123 + s4567;
    }
  }

  private static void addRow(int cols, float[] x, int xo, double[] sums, int so) {
    int c = 0;
    for (int end = cols - LENGTH; c <= end; c += LENGTH) {
      FloatVector s = FloatVector.fromArray(SPECIES, x, xo + c);
      lower(s).add(DoubleVector.fromArray(WIDE, sums, so + c)).intoArray(sums, so + c);
      int high = so + c + WIDE.length();
      upper(s).add(DoubleVector.fromArray(WIDE, sums, high)).intoArray(sums, high);
    }
    for (; c < cols; c++) {
      sums[so + c] += x[xo + c];
    }
  }

  /** One loop over the runs, so that the next one's loads do not wait for the last one's lanes. */
  static void addRuns(int runs, int n, float[] x, int xo, double[] sums, int so) {
    VectorMask<Float> tail = SPECIES.indexInRange(SPECIES.loopBound(n), n);
    for (int r = 0, o = xo; r < runs; r++, o += n) {
      FloatVector s0 = FloatVector.zero(SPECIES);
      FloatVector s1 = s0;
      int i = 0;
      for (int end = n - 2 * LENGTH; i <= end; i += 2 * LENGTH) {
        s0 = s0.add(FloatVector.fromArray(SPECIES, x, o + i));
        s1 = s1.add(FloatVector.fromArray(SPECIES, x, o + i + LENGTH));
      }
      if (i <= n - LENGTH) {
        s0 = s0.add(FloatVector.fromArray(SPECIES, x, o + i));
        i += LENGTH;
      }
      if (i < n) {
        s1 = s1.add(FloatVector.fromArray(SPECIES, x, o + i, tail));
      }
      FloatVector v = s0.add(s1);
      v = v.add(v.rearrange(SWAP_8), HAS_16);
      v = v.add(v.rearrange(SWAP_4), HAS_8);
      v = v.add(v.rearrange(SWAP_2));
      sums[so + r] += v.add(v.rearrange(SWAP_1)).lane(0);
    }
  }

  /** Returns the lower half as doubles. */
  static DoubleVector lower(FloatVector v) {
    return (DoubleVector) v.convertShape(VectorOperators.F2D, WIDE, 0);
  }

  /**
   * Returns the upper half as doubles. As part 1 of a conversion it would be sliced out, in so many
   * nodes that four in a loop made C2 give up inlining.
   */
  static DoubleVector upper(FloatVector v) {
    return lower(v.rearrange(UPPER));
  }

  static float max(int n, float[] x, int xo) {
    // Java's maximum, with its NaN and signed zeros, is six instructions in a row: four chains.
    FloatVector m0 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m0;
    FloatVector m2 = m0;
    FloatVector m3 = m0;
    int i = 0;
    for (int end = n - 4 * LENGTH; i <= end; i += 4 * LENGTH) {
      m0 = m0.max(FloatVector.fromArray(SPECIES, x, xo + i));
      m1 = m1.max(FloatVector.fromArray(SPECIES, x, xo + i + LENGTH));
      m2 = m2.max(FloatVector.fromArray(SPECIES, x, xo + i + 2 * LENGTH));
      m3 = m3.max(FloatVector.fromArray(SPECIES, x, xo + i + 3 * LENGTH));
    }
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      m0 = m0.max(FloatVector.fromArray(SPECIES, x, xo + i));
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      m1 = m1.lanewise(VectorOperators.MAX, FloatVector.fromArray(SPECIES, x, xo + i, m), m);
    }
    return m0.max(m1).max(m2.max(m3)).reduceLanes(VectorOperators.MAX);
  }

  static float normalizeAndMax(
      int n,
      float[] x,
      int xo,
      float mean,
      float scale,
      float shift,
      float[] y,
      int yo,
      float[] next,
      int no) {
    FloatVector s = FloatVector.broadcast(SPECIES, scale);
    FloatVector t = FloatVector.broadcast(SPECIES, shift);
    FloatVector m0 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m0;
    FloatVector m2 = m0;
    FloatVector m3 = m0;
    int i = 0;
    for (int end = n - 4 * LENGTH; i <= end; i += 4 * LENGTH) {
      m0 = m0.max(FloatVector.fromArray(SPECIES, next, no + i));
      m1 = m1.max(FloatVector.fromArray(SPECIES, next, no + i + LENGTH));
      m2 = m2.max(FloatVector.fromArray(SPECIES, next, no + i + 2 * LENGTH));
      m3 = m3.max(FloatVector.fromArray(SPECIES, next, no + i + 3 * LENGTH));
      FloatVector x0 = FloatVector.fromArray(SPECIES, x, xo + i);
      FloatVector x1 = FloatVector.fromArray(SPECIES, x, xo + i + LENGTH);
      FloatVector x2 = FloatVector.fromArray(SPECIES, x, xo + i + 2 * LENGTH);
      FloatVector x3 = FloatVector.fromArray(SPECIES, x, xo + i + 3 * LENGTH);
      x0.sub(mean).fma(s, t).intoArray(y, yo + i);
      x1.sub(mean).fma(s, t).intoArray(y, yo + i + LENGTH);
      x2.sub(mean).fma(s, t).intoArray(y, yo + i + 2 * LENGTH);
      x3.sub(mean).fma(s, t).intoArray(y, yo + i + 3 * LENGTH);
    }
    SimdUpdate.normalize(n - i, x, xo + i, mean, scale, shift, y, yo + i);
    float rest = max(n - i, next, no + i);
    return Math.max(rest, m0.max(m1).max(m2.max(m3)).reduceLanes(VectorOperators.MAX));
  }

  /** Two vectors a turn; which element it is, is asked only where one of them has it. */
  static int indexOf(float value, int n, float[] x, int xo) {
    int i = 0;
    for (int end = n - 2 * LENGTH; i <= end; i += 2 * LENGTH) {
      FloatVector u = FloatVector.fromArray(SPECIES, x, xo + i);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i + LENGTH);
      VectorMask<Float> first = u.compare(EQ, value).or(u.test(IS_NAN));
      VectorMask<Float> second = v.compare(EQ, value).or(v.test(IS_NAN));
      if (first.or(second).anyTrue()) {
        break;
      }
    }
    for (; i < n; i++) {
      float v = x[xo + i];
      if (v == value || Float.isNaN(v)) {
        return i;
      }
    }
    return 0;
  }

  static double sumSquaredDeviations(int n, float[] x, int xo, float mean) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    int i = 0;
    for (int end = n - 2 * LENGTH; i <= end; i += 2 * LENGTH) {
      FloatVector d0 = FloatVector.fromArray(SPECIES, x, xo + i).sub(mean);
      FloatVector d1 = FloatVector.fromArray(SPECIES, x, xo + i + LENGTH).sub(mean);
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
    }
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      FloatVector d0 = FloatVector.fromArray(SPECIES, x, xo + i).sub(mean);
      s0 = d0.fma(d0, s0);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector d = FloatVector.fromArray(SPECIES, x, xo + i, m).sub(mean);
      s1 = s1.add(d.mul(d), m);
    }
    FloatVector v = s0.add(s1);
    v = v.add(v.rearrange(SWAP_8), HAS_16);
    v = v.add(v.rearrange(SWAP_4), HAS_8);
    v = v.add(v.rearrange(SWAP_2));
    return v.add(v.rearrange(SWAP_1)).lane(0);
  }

  static double dotDeviations(int n, float[] x, int xo, float mean, float[] dy, int dyo) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    int i = 0;
    for (int end = n - 2 * LENGTH; i <= end; i += 2 * LENGTH) {
      s0 =
          FloatVector.fromArray(SPECIES, x, xo + i)
              .sub(mean)
              .fma(FloatVector.fromArray(SPECIES, dy, dyo + i), s0);
      s1 =
          FloatVector.fromArray(SPECIES, x, xo + i + LENGTH)
              .sub(mean)
              .fma(FloatVector.fromArray(SPECIES, dy, dyo + i + LENGTH), s1);
    }
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      s0 =
          FloatVector.fromArray(SPECIES, x, xo + i)
              .sub(mean)
              .fma(FloatVector.fromArray(SPECIES, dy, dyo + i), s0);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector tail =
          FloatVector.fromArray(SPECIES, x, xo + i, m)
              .sub(mean)
              .mul(FloatVector.fromArray(SPECIES, dy, dyo + i, m));
      s1 = s1.add(tail, m);
    }
    FloatVector v = s0.add(s1);
    v = v.add(v.rearrange(SWAP_8), HAS_16);
    v = v.add(v.rearrange(SWAP_4), HAS_8);
    v = v.add(v.rearrange(SWAP_2));
    return v.add(v.rearrange(SWAP_1)).lane(0);
  }

  /** Adds the lanes of a vector in memory. */
  static double lanes(float[] x, int xo) {
    FloatVector v = FloatVector.fromArray(SPECIES, x, xo);
    v = v.add(v.rearrange(SWAP_8), HAS_16);
    v = v.add(v.rearrange(SWAP_4), HAS_8);
    v = v.add(v.rearrange(SWAP_2));
    return v.add(v.rearrange(SWAP_1)).lane(0);
  }

  private static VectorShuffle<Float> swap(int distance) {
    return VectorShuffle.fromOp(SPECIES, i -> (i ^ distance) & (LENGTH - 1));
  }
}
