package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static io.cortado.cpu.simd.SimdReduce.HAS_16;
import static io.cortado.cpu.simd.SimdReduce.HAS_8;
import static io.cortado.cpu.simd.SimdReduce.SWAP_1;
import static io.cortado.cpu.simd.SimdReduce.SWAP_2;
import static io.cortado.cpu.simd.SimdReduce.SWAP_4;
import static io.cortado.cpu.simd.SimdReduce.SWAP_8;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Normalisation of channels, each a run of elements of an image, by the Vector API.
 *
 * <p>One loop over the runs, in the order in which they lie in memory: the processor fetches the
 * next run while it works on the last, and a run's loads do not wait for the last one's lanes.
 */
final class VectorRuns {

  private VectorRuns() {}

  private static FloatVector load(float[] a, int at) {
    return FloatVector.fromArray(SPECIES, a, at);
  }

  static void moments(
      int runs, int n, float[] x, int xo, float[] shift, int co, double[] sums, int so, int qo) {
    VectorMask<Float> tail = SPECIES.indexInRange(SPECIES.loopBound(n), n);
    for (int r = 0, o = xo; r < runs; r++, o += n) {
      FloatVector k = FloatVector.broadcast(SPECIES, shift[co + r]);
      FloatVector s0 = FloatVector.zero(SPECIES);
      FloatVector s1 = s0;
      FloatVector q0 = s0;
      FloatVector q1 = s0;
      int i = 0;
      for (int end = n - 2 * LENGTH; i <= end; i += 2 * LENGTH) {
        FloatVector d0 = load(x, o + i).sub(k);
        FloatVector d1 = load(x, o + i + LENGTH).sub(k);
        s0 = s0.add(d0);
        s1 = s1.add(d1);
        q0 = d0.fma(d0, q0);
        q1 = d1.fma(d1, q1);
      }
      if (i <= n - LENGTH) {
        FloatVector d0 = load(x, o + i).sub(k);
        s0 = s0.add(d0);
        q0 = d0.fma(d0, q0);
        i += LENGTH;
      }
      if (i < n) {
        FloatVector d1 = FloatVector.fromArray(SPECIES, x, o + i, tail).sub(k, tail);
        s1 = s1.add(d1);
        q1 = d1.fma(d1, q1);
      }
      FloatVector s = s0.add(s1);
      s = s.add(s.rearrange(SWAP_8), HAS_16);
      s = s.add(s.rearrange(SWAP_4), HAS_8);
      s = s.add(s.rearrange(SWAP_2));
      sums[so + r] += s.add(s.rearrange(SWAP_1)).lane(0);
      FloatVector q = q0.add(q1);
      q = q.add(q.rearrange(SWAP_8), HAS_16);
      q = q.add(q.rearrange(SWAP_4), HAS_8);
      q = q.add(q.rearrange(SWAP_2));
      sums[qo + r] += q.add(q.rearrange(SWAP_1)).lane(0);
    }
  }

  static void sums(
      int runs,
      int n,
      float[] x,
      int xo,
      float[] centre,
      int co,
      float[] dy,
      int dyo,
      double[] sums,
      int so,
      int qo) {
    VectorMask<Float> tail = SPECIES.indexInRange(SPECIES.loopBound(n), n);
    for (int r = 0, o = 0; r < runs; r++, o += n) {
      FloatVector m = FloatVector.broadcast(SPECIES, centre[co + r]);
      FloatVector s0 = FloatVector.zero(SPECIES);
      FloatVector s1 = s0;
      FloatVector d0 = s0;
      FloatVector d1 = s0;
      int i = o;
      for (int end = o + n - 2 * LENGTH; i <= end; i += 2 * LENGTH) {
        FloatVector u0 = load(dy, dyo + i);
        FloatVector u1 = load(dy, dyo + i + LENGTH);
        s0 = s0.add(u0);
        s1 = s1.add(u1);
        d0 = load(x, xo + i).sub(m).fma(u0, d0);
        d1 = load(x, xo + i + LENGTH).sub(m).fma(u1, d1);
      }
      if (i <= o + n - LENGTH) {
        FloatVector u0 = load(dy, dyo + i);
        s0 = s0.add(u0);
        d0 = load(x, xo + i).sub(m).fma(u0, d0);
        i += LENGTH;
      }
      if (i < o + n) {
        FloatVector u1 = FloatVector.fromArray(SPECIES, dy, dyo + i, tail);
        s1 = s1.add(u1);
        d1 = FloatVector.fromArray(SPECIES, x, xo + i, tail).sub(m, tail).fma(u1, d1);
      }
      FloatVector s = s0.add(s1);
      s = s.add(s.rearrange(SWAP_8), HAS_16);
      s = s.add(s.rearrange(SWAP_4), HAS_8);
      s = s.add(s.rearrange(SWAP_2));
      sums[so + r] += s.add(s.rearrange(SWAP_1)).lane(0);
      FloatVector d = d0.add(d1);
      d = d.add(d.rearrange(SWAP_8), HAS_16);
      d = d.add(d.rearrange(SWAP_4), HAS_8);
      d = d.add(d.rearrange(SWAP_2));
      sums[qo + r] += d.add(d.rearrange(SWAP_1)).lane(0);
    }
  }

  static void normalize(
      int runs,
      int n,
      float[] x,
      int xo,
      float[] centre,
      int co,
      float[] scale,
      float[] offset,
      int fo,
      float[] y,
      int yo) {
    VectorMask<Float> tail = SPECIES.indexInRange(SPECIES.loopBound(n), n);
    for (int r = 0, o = 0; r < runs; r++, o += n) {
      FloatVector m = FloatVector.broadcast(SPECIES, centre[co + r]);
      FloatVector s = FloatVector.broadcast(SPECIES, scale[fo + r]);
      FloatVector t = FloatVector.broadcast(SPECIES, offset[fo + r]);
      int i = o;
      for (int end = o + n - LENGTH; i <= end; i += LENGTH) {
        load(x, xo + i).sub(m).fma(s, t).intoArray(y, yo + i);
      }
      if (i < o + n) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, tail).sub(m).fma(s, t);
        v.intoArray(y, yo + i, tail);
      }
    }
  }

  static void gradient(
      int runs,
      int n,
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
    VectorMask<Float> tail = SPECIES.indexInRange(SPECIES.loopBound(n), n);
    for (int r = 0, o = 0; r < runs; r++, o += n) {
      FloatVector m = FloatVector.broadcast(SPECIES, centre[co + r]);
      FloatVector a = FloatVector.broadcast(SPECIES, scale[fo + r]);
      FloatVector b = FloatVector.broadcast(SPECIES, slope[fo + r]);
      FloatVector c = FloatVector.broadcast(SPECIES, offset[fo + r]);
      int i = o;
      for (int end = o + n - LENGTH; i <= end; i += LENGTH) {
        FloatVector d = load(x, xo + i).sub(m).fma(b, c);
        load(dy, dyo + i)
            .fma(a, d)
            .add(FloatVector.fromArray(SPECIES, dx, dxo + i, add))
            .intoArray(dx, dxo + i);
      }
      if (i < o + n) {
        FloatVector d = FloatVector.fromArray(SPECIES, x, xo + i, tail).sub(m).fma(b, c);
        FloatVector.fromArray(SPECIES, dy, dyo + i, tail)
            .fma(a, d)
            .add(FloatVector.fromArray(SPECIES, dx, dxo + i, add.and(tail)))
            .intoArray(dx, dxo + i, tail);
      }
    }
  }
}
