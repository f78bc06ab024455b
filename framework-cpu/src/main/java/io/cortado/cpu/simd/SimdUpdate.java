package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.XOR;

import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.SgdSpec;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Linear updates, normalisations and optimizer steps by the Vector API. */
final class SimdUpdate {

  private static final VectorSpecies<Integer> WORDS = SPECIES.withLanes(int.class);

  private SimdUpdate() {}

  static void axpby(int n, float alpha, float[] x, int xo, float beta, float[] y, int yo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector old = FloatVector.fromArray(SPECIES, y, yo + i).mul(beta);
      FloatVector.fromArray(SPECIES, x, xo + i).mul(alpha).add(old, add).intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector old = FloatVector.fromArray(SPECIES, y, yo + i, m).mul(beta);
      FloatVector.fromArray(SPECIES, x, xo + i, m).mul(alpha).add(old, add).intoArray(y, yo + i, m);
    }
  }

  static void normalize(
      int n, float[] x, int xo, float mean, float scale, float shift, float[] y, int yo) {
    FloatVector s = FloatVector.broadcast(SPECIES, scale);
    FloatVector t = FloatVector.broadcast(SPECIES, shift);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector.fromArray(SPECIES, x, xo + i).sub(mean).fma(s, t).intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector.fromArray(SPECIES, x, xo + i, m).sub(mean).fma(s, t).intoArray(y, yo + i, m);
    }
  }

  static void normalize(
      int n,
      float[] x,
      int xo,
      float mean,
      float scale,
      float offset,
      float[] gamma,
      int go,
      float[] shift,
      int so,
      float[] y,
      int yo) {
    FloatVector s = FloatVector.broadcast(SPECIES, scale);
    FloatVector t = FloatVector.broadcast(SPECIES, offset);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i).sub(mean).fma(s, t);
      v.mul(FloatVector.fromArray(SPECIES, gamma, go + i))
          .add(FloatVector.fromArray(SPECIES, shift, so + i))
          .intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, m).sub(mean).fma(s, t);
      v.mul(FloatVector.fromArray(SPECIES, gamma, go + i, m))
          .add(FloatVector.fromArray(SPECIES, shift, so + i, m))
          .intoArray(y, yo + i, m);
    }
  }

  static void normalizeBackward(
      int n,
      float[] x,
      int xo,
      float mean,
      float[] dy,
      int dyo,
      float a,
      float b,
      float c,
      float beta,
      float[] dx,
      int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    FloatVector va = FloatVector.broadcast(SPECIES, a);
    FloatVector vb = FloatVector.broadcast(SPECIES, b);
    FloatVector vc = FloatVector.broadcast(SPECIES, c);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v =
          FloatVector.fromArray(SPECIES, dy, dyo + i)
              .fma(va, FloatVector.fromArray(SPECIES, x, xo + i).sub(mean).fma(vb, vc));
      v.add(FloatVector.fromArray(SPECIES, dx, dxo + i, add)).intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v =
          FloatVector.fromArray(SPECIES, dy, dyo + i, m)
              .fma(va, FloatVector.fromArray(SPECIES, x, xo + i, m).sub(mean).fma(vb, vc));
      v.add(FloatVector.fromArray(SPECIES, dx, dxo + i, add.and(m))).intoArray(dx, dxo + i, m);
    }
  }

  static void softmaxBackward(
      int n, float[] y, int yo, float[] dy, int dyo, float s, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v =
          FloatVector.fromArray(SPECIES, y, yo + i)
              .mul(FloatVector.fromArray(SPECIES, dy, dyo + i).sub(s));
      v.add(FloatVector.fromArray(SPECIES, dx, dxo + i, add)).intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v =
          FloatVector.fromArray(SPECIES, y, yo + i, m)
              .mul(FloatVector.fromArray(SPECIES, dy, dyo + i, m).sub(s));
      v.add(FloatVector.fromArray(SPECIES, dx, dxo + i, add.and(m))).intoArray(dx, dxo + i, m);
    }
  }

  static void sgd(float lr, float weightDecay, int n, float[] param, int po, float[] grad, int go) {
    FloatVector decay = FloatVector.broadcast(SPECIES, weightDecay);
    FloatVector rate = FloatVector.broadcast(SPECIES, -lr);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector p = FloatVector.fromArray(SPECIES, param, po + i);
      p.fma(decay, FloatVector.fromArray(SPECIES, grad, go + i))
          .fma(rate, p)
          .intoArray(param, po + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector p = FloatVector.fromArray(SPECIES, param, po + i, m);
      p.fma(decay, FloatVector.fromArray(SPECIES, grad, go + i, m))
          .fma(rate, p)
          .intoArray(param, po + i, m);
    }
  }

  static void sgdMomentum(
      SgdSpec spec,
      float lr,
      boolean first,
      int n,
      float[] param,
      int po,
      float[] grad,
      int go,
      float[] momentum,
      int mo) {
    // The direction is keep * buf + take * g, and the step follow * direction + lead * g.
    VectorMask<Float> kept = SPECIES.maskAll(!first);
    FloatVector keep = FloatVector.broadcast(SPECIES, spec.momentum());
    FloatVector take = FloatVector.broadcast(SPECIES, first ? 1f : 1f - spec.dampening());
    FloatVector follow = FloatVector.broadcast(SPECIES, spec.nesterov() ? spec.momentum() : 1f);
    FloatVector lead = FloatVector.broadcast(SPECIES, spec.nesterov() ? 1f : 0f);
    FloatVector decay = FloatVector.broadcast(SPECIES, spec.weightDecay());
    FloatVector rate = FloatVector.broadcast(SPECIES, -lr);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector p = FloatVector.fromArray(SPECIES, param, po + i);
      FloatVector g = p.fma(decay, FloatVector.fromArray(SPECIES, grad, go + i));
      FloatVector d = FloatVector.fromArray(SPECIES, momentum, mo + i, kept).fma(keep, g.mul(take));
      d.intoArray(momentum, mo + i);
      d.fma(follow, g.mul(lead)).fma(rate, p).intoArray(param, po + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector p = FloatVector.fromArray(SPECIES, param, po + i, m);
      FloatVector g = p.fma(decay, FloatVector.fromArray(SPECIES, grad, go + i, m));
      FloatVector d =
          FloatVector.fromArray(SPECIES, momentum, mo + i, kept.and(m)).fma(keep, g.mul(take));
      d.intoArray(momentum, mo + i, m);
      d.fma(follow, g.mul(lead)).fma(rate, p).intoArray(param, po + i, m);
    }
  }

  static void adam(
      AdamSpec spec,
      float stepSize,
      float invSqrtCorrection2,
      float decayFactor,
      int n,
      float[] param,
      int po,
      float[] grad,
      int go,
      float[] m,
      int mo,
      float[] v,
      int vo) {
    FloatVector shrink = FloatVector.broadcast(SPECIES, spec.decoupled() ? decayFactor : 1f);
    FloatVector penalty =
        FloatVector.broadcast(SPECIES, spec.decoupled() ? 0f : spec.weightDecay());
    FloatVector take1 = FloatVector.broadcast(SPECIES, (float) (1 - spec.beta1()));
    FloatVector keep2 = FloatVector.broadcast(SPECIES, (float) spec.beta2());
    FloatVector take2 = FloatVector.broadcast(SPECIES, (float) (1 - spec.beta2()));
    FloatVector correction = FloatVector.broadcast(SPECIES, invSqrtCorrection2);
    FloatVector eps = FloatVector.broadcast(SPECIES, spec.eps());
    FloatVector step = FloatVector.broadcast(SPECIES, stepSize);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector p = FloatVector.fromArray(SPECIES, param, po + i);
      FloatVector g = p.fma(penalty, FloatVector.fromArray(SPECIES, grad, go + i));
      FloatVector m0 = FloatVector.fromArray(SPECIES, m, mo + i);
      FloatVector m1 = g.sub(m0).fma(take1, m0);
      FloatVector v1 =
          FloatVector.fromArray(SPECIES, v, vo + i).mul(keep2).add(g.mul(g).mul(take2));
      m1.intoArray(m, mo + i);
      v1.intoArray(v, vo + i);
      FloatVector denominator = v1.sqrt().fma(correction, eps);
      p.mul(shrink).sub(m1.mul(step).div(denominator)).intoArray(param, po + i);
    }
    if (i < n) {
      VectorMask<Float> k = SPECIES.indexInRange(i, n);
      FloatVector p = FloatVector.fromArray(SPECIES, param, po + i, k);
      FloatVector g = p.fma(penalty, FloatVector.fromArray(SPECIES, grad, go + i, k));
      FloatVector m0 = FloatVector.fromArray(SPECIES, m, mo + i, k);
      FloatVector m1 = g.sub(m0).fma(take1, m0);
      FloatVector v1 =
          FloatVector.fromArray(SPECIES, v, vo + i, k).mul(keep2).add(g.mul(g).mul(take2));
      m1.intoArray(m, mo + i, k);
      v1.intoArray(v, vo + i, k);
      FloatVector denominator = v1.sqrt().fma(correction, eps);
      p.mul(shrink).sub(m1.mul(step).div(denominator)).intoArray(param, po + i, k);
    }
  }

  static void keepFrom(
      long threshold,
      int n,
      int[] words,
      float scale,
      float[] x,
      int xo,
      float beta,
      float[] y,
      int yo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    // Signed comparison orders unsigned words once the sign bit is flipped. A threshold of 2^32
    // keeps nothing: then no lane is loaded.
    int bound = (int) (threshold ^ Integer.MIN_VALUE);
    VectorMask<Float> any = SPECIES.maskAll(threshold <= 0xFFFFFFFFL);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      IntVector word = IntVector.fromArray(WORDS, words, i).lanewise(XOR, Integer.MIN_VALUE);
      VectorMask<Float> kept = word.compare(GE, bound).cast(SPECIES).and(any);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, kept).mul(scale);
      v.add(FloatVector.fromArray(SPECIES, y, yo + i), add).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      float v = Integer.toUnsignedLong(words[i]) >= threshold ? x[xo + i] * scale : 0f;
      y[yo + i] = beta == 0 ? v : v + y[yo + i];
    }
  }
}
