package io.cortado.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dot products of eight rows with two others at once, by the Vector API.
 *
 * <p>Sixteen accumulators; each pair of vectors of the two rows meets a vector of each of the
 * eight. So the two, a layer's weights, are read once, and that is the bound where they come from
 * memory; else the FMA units, 16 for 10 loads. Where registers are 16, of vectors of fewer lanes,
 * one row is taken at a time. A sum is the same bits either way.
 *
 * <p>Accumulators stay in memory between pieces of the sums, so that the eight rows' pieces stay in
 * the first-level cache; and the additions of lanes are a method of their own: in the same as the
 * loop, C2 no longer inlines them all, and each vector handed over is an object.
 */
final class VectorDots {

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.LENGTH;

  private VectorDots() {}

  /** See {@link ProductKernel#dotTile}. */
  static void tile(
      int n, float[] x, int xOff, float[] y, int y0, int y1, float[] sums, int sumsOff) {
    if (L >= 16) {
      two(n, x, xOff, y, y0, y1, sums, sumsOff);
    } else {
      one(n, x, xOff, y, y0, sums, sumsOff);
      one(n, x, xOff, y, y1, sums, sumsOff + 8 * L);
    }
  }

  /** See {@link ProductKernel#dotSums}. */
  static void addLanes(float[] sums, int sumsOff, float[] out) {
    for (int q = 0; q < 16; q += 4) {
      int at = sumsOff + q * L;
      FloatVector v0 = FloatVector.fromArray(S, sums, at);
      FloatVector v1 = FloatVector.fromArray(S, sums, at + L);
      FloatVector v2 = FloatVector.fromArray(S, sums, at + 2 * L);
      FloatVector v3 = FloatVector.fromArray(S, sums, at + 3 * L);
      VectorSums.sums(v0, v1, v2, v3, out, q);
    }
  }

  private static void two(
      int n, float[] x, int xOff, float[] y, int y0, int y1, float[] sums, int to) {
    FloatVector s00 = FloatVector.fromArray(S, sums, to);
    FloatVector s01 = FloatVector.fromArray(S, sums, to + L);
    FloatVector s02 = FloatVector.fromArray(S, sums, to + 2 * L);
    FloatVector s03 = FloatVector.fromArray(S, sums, to + 3 * L);
    FloatVector s04 = FloatVector.fromArray(S, sums, to + 4 * L);
    FloatVector s05 = FloatVector.fromArray(S, sums, to + 5 * L);
    FloatVector s06 = FloatVector.fromArray(S, sums, to + 6 * L);
    FloatVector s07 = FloatVector.fromArray(S, sums, to + 7 * L);
    FloatVector s10 = FloatVector.fromArray(S, sums, to + 8 * L);
    FloatVector s11 = FloatVector.fromArray(S, sums, to + 9 * L);
    FloatVector s12 = FloatVector.fromArray(S, sums, to + 10 * L);
    FloatVector s13 = FloatVector.fromArray(S, sums, to + 11 * L);
    FloatVector s14 = FloatVector.fromArray(S, sums, to + 12 * L);
    FloatVector s15 = FloatVector.fromArray(S, sums, to + 13 * L);
    FloatVector s16 = FloatVector.fromArray(S, sums, to + 14 * L);
    FloatVector s17 = FloatVector.fromArray(S, sums, to + 15 * L);
    int xi = xOff;
    for (int i = 0; i <= n - L; i += L) {
      FloatVector w0 = FloatVector.fromArray(S, y, y0 + i);
      FloatVector w1 = FloatVector.fromArray(S, y, y1 + i);
      FloatVector v = FloatVector.fromArray(S, x, xi);
      s00 = v.fma(w0, s00);
      s10 = v.fma(w1, s10);
      v = FloatVector.fromArray(S, x, xi + L);
      s01 = v.fma(w0, s01);
      s11 = v.fma(w1, s11);
      v = FloatVector.fromArray(S, x, xi + 2 * L);
      s02 = v.fma(w0, s02);
      s12 = v.fma(w1, s12);
      v = FloatVector.fromArray(S, x, xi + 3 * L);
      s03 = v.fma(w0, s03);
      s13 = v.fma(w1, s13);
      v = FloatVector.fromArray(S, x, xi + 4 * L);
      s04 = v.fma(w0, s04);
      s14 = v.fma(w1, s14);
      v = FloatVector.fromArray(S, x, xi + 5 * L);
      s05 = v.fma(w0, s05);
      s15 = v.fma(w1, s15);
      v = FloatVector.fromArray(S, x, xi + 6 * L);
      s06 = v.fma(w0, s06);
      s16 = v.fma(w1, s16);
      v = FloatVector.fromArray(S, x, xi + 7 * L);
      s07 = v.fma(w0, s07);
      s17 = v.fma(w1, s17);
      xi += 8 * L;
    }
    s00.intoArray(sums, to);
    s01.intoArray(sums, to + L);
    s02.intoArray(sums, to + 2 * L);
    s03.intoArray(sums, to + 3 * L);
    s04.intoArray(sums, to + 4 * L);
    s05.intoArray(sums, to + 5 * L);
    s06.intoArray(sums, to + 6 * L);
    s07.intoArray(sums, to + 7 * L);
    s10.intoArray(sums, to + 8 * L);
    s11.intoArray(sums, to + 9 * L);
    s12.intoArray(sums, to + 10 * L);
    s13.intoArray(sums, to + 11 * L);
    s14.intoArray(sums, to + 12 * L);
    s15.intoArray(sums, to + 13 * L);
    s16.intoArray(sums, to + 14 * L);
    s17.intoArray(sums, to + 15 * L);
  }

  private static void one(int n, float[] x, int xOff, float[] y, int yOff, float[] sums, int to) {
    FloatVector s0 = FloatVector.fromArray(S, sums, to);
    FloatVector s1 = FloatVector.fromArray(S, sums, to + L);
    FloatVector s2 = FloatVector.fromArray(S, sums, to + 2 * L);
    FloatVector s3 = FloatVector.fromArray(S, sums, to + 3 * L);
    FloatVector s4 = FloatVector.fromArray(S, sums, to + 4 * L);
    FloatVector s5 = FloatVector.fromArray(S, sums, to + 5 * L);
    FloatVector s6 = FloatVector.fromArray(S, sums, to + 6 * L);
    FloatVector s7 = FloatVector.fromArray(S, sums, to + 7 * L);
    int xi = xOff;
    for (int i = 0; i <= n - L; i += L) {
      FloatVector w = FloatVector.fromArray(S, y, yOff + i);
      s0 = FloatVector.fromArray(S, x, xi).fma(w, s0);
      s1 = FloatVector.fromArray(S, x, xi + L).fma(w, s1);
      s2 = FloatVector.fromArray(S, x, xi + 2 * L).fma(w, s2);
      s3 = FloatVector.fromArray(S, x, xi + 3 * L).fma(w, s3);
      s4 = FloatVector.fromArray(S, x, xi + 4 * L).fma(w, s4);
      s5 = FloatVector.fromArray(S, x, xi + 5 * L).fma(w, s5);
      s6 = FloatVector.fromArray(S, x, xi + 6 * L).fma(w, s6);
      s7 = FloatVector.fromArray(S, x, xi + 7 * L).fma(w, s7);
      xi += 8 * L;
    }
    s0.intoArray(sums, to);
    s1.intoArray(sums, to + L);
    s2.intoArray(sums, to + 2 * L);
    s3.intoArray(sums, to + 3 * L);
    s4.intoArray(sums, to + 4 * L);
    s5.intoArray(sums, to + 5 * L);
    s6.intoArray(sums, to + 6 * L);
    s7.intoArray(sums, to + 7 * L);
  }
}
