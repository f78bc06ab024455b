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
      FloatVector old = load(y, yo + i, add).mul(beta);
      load(x, xo + i).mul(alpha).add(old).intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector old = load(y, yo + i, add.and(m)).mul(beta);
      load(x, xo + i, m).mul(alpha).add(old).intoArray(y, yo + i, m);
    }
  }

  static void normalize(
      int n, float[] x, int xo, float mean, float scale, float shift, float[] y, int yo) {
    FloatVector s = broadcast(scale);
    FloatVector t = broadcast(shift);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      load(x, xo + i).sub(mean).fma(s, t).intoArray(y, yo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      load(x, xo + i, m).sub(mean).fma(s, t).intoArray(y, yo + i, m);
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
    FloatVector va = broadcast(a);
    FloatVector vb = broadcast(b);
    FloatVector vc = broadcast(c);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = load(dy, dyo + i).fma(va, load(x, xo + i).sub(mean).fma(vb, vc));
      v.add(load(dx, dxo + i, add)).intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = load(dy, dyo + i, m).fma(va, load(x, xo + i, m).sub(mean).fma(vb, vc));
      v.add(load(dx, dxo + i, add.and(m))).intoArray(dx, dxo + i, m);
    }
  }

  static void softmaxBackward(
      int n, float[] y, int yo, float[] dy, int dyo, float s, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector v = load(y, yo + i).mul(load(dy, dyo + i).sub(s));
      v.add(load(dx, dxo + i, add)).intoArray(dx, dxo + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = load(y, yo + i, m).mul(load(dy, dyo + i, m).sub(s));
      v.add(load(dx, dxo + i, add.and(m))).intoArray(dx, dxo + i, m);
    }
  }

  static void logSoftmaxBackward(
      int n, float[] y, int yo, float[] dy, int dyo, float s, float beta, float[] dx, int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    // One loop for whole and partial vectors: see SimdUnary.
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector e = VectorMath.exp(FloatVector.fromArray(SPECIES, y, yo + i, m));
      FloatVector g = FloatVector.fromArray(SPECIES, dy, dyo + i, m);
      FloatVector old = FloatVector.fromArray(SPECIES, dx, dxo + i, add.and(m));
      g.sub(e.mul(s)).add(old).intoArray(dx, dxo + i, m);
    }
  }

  static void sgd(float lr, float weightDecay, int n, float[] param, int po, float[] grad, int go) {
    FloatVector decay = broadcast(weightDecay);
    FloatVector rate = broadcast(-lr);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector p = load(param, po + i);
      p.fma(decay, load(grad, go + i)).fma(rate, p).intoArray(param, po + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector p = load(param, po + i, m);
      p.fma(decay, load(grad, go + i, m)).fma(rate, p).intoArray(param, po + i, m);
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
    FloatVector keep = broadcast(spec.momentum());
    FloatVector take = broadcast(first ? 1f : 1f - spec.dampening());
    FloatVector follow = broadcast(spec.nesterov() ? spec.momentum() : 1f);
    FloatVector lead = broadcast(spec.nesterov() ? 1f : 0f);
    FloatVector decay = broadcast(spec.weightDecay());
    FloatVector rate = broadcast(-lr);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector p = load(param, po + i);
      FloatVector g = p.fma(decay, load(grad, go + i));
      FloatVector d = load(momentum, mo + i, kept).fma(keep, g.mul(take));
      d.intoArray(momentum, mo + i);
      d.fma(follow, g.mul(lead)).fma(rate, p).intoArray(param, po + i);
    }
    if (i < n) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector p = load(param, po + i, m);
      FloatVector g = p.fma(decay, load(grad, go + i, m));
      FloatVector d = load(momentum, mo + i, kept.and(m)).fma(keep, g.mul(take));
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
    FloatVector shrink = broadcast(spec.decoupled() ? decayFactor : 1f);
    FloatVector penalty = broadcast(spec.decoupled() ? 0f : spec.weightDecay());
    FloatVector take1 = broadcast((float) (1 - spec.beta1()));
    FloatVector keep2 = broadcast((float) spec.beta2());
    FloatVector take2 = broadcast((float) (1 - spec.beta2()));
    FloatVector correction = broadcast(invSqrtCorrection2);
    FloatVector eps = broadcast(spec.eps());
    FloatVector step = broadcast(stepSize);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector p = load(param, po + i);
      FloatVector g = p.fma(penalty, load(grad, go + i));
      FloatVector m0 = load(m, mo + i);
      FloatVector m1 = g.sub(m0).fma(take1, m0);
      FloatVector v1 = load(v, vo + i).mul(keep2).add(g.mul(g).mul(take2));
      m1.intoArray(m, mo + i);
      v1.intoArray(v, vo + i);
      FloatVector denominator = v1.sqrt().fma(correction, eps);
      p.mul(shrink).sub(m1.mul(step).div(denominator)).intoArray(param, po + i);
    }
    if (i < n) {
      VectorMask<Float> k = SPECIES.indexInRange(i, n);
      FloatVector p = load(param, po + i, k);
      FloatVector g = p.fma(penalty, load(grad, go + i, k));
      FloatVector m0 = load(m, mo + i, k);
      FloatVector m1 = g.sub(m0).fma(take1, m0);
      FloatVector v1 = load(v, vo + i, k).mul(keep2).add(g.mul(g).mul(take2));
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
      FloatVector v = load(x, xo + i, kept).mul(scale);
      v.add(load(y, yo + i, add)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      float v = Integer.toUnsignedLong(words[i]) >= threshold ? x[xo + i] * scale : 0f;
      y[yo + i] = beta == 0 ? v : v + y[yo + i];
    }
  }

  private static FloatVector load(float[] x, int offset) {
    return FloatVector.fromArray(SPECIES, x, offset);
  }

  private static FloatVector load(float[] x, int offset, VectorMask<Float> m) {
    return FloatVector.fromArray(SPECIES, x, offset, m);
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }
}
