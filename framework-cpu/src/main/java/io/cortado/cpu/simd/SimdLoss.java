package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;

import io.cortado.backend.spec.PointwiseLossSpec.Kind;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/**
 * Pointwise losses by the Vector API.
 *
 * <p>An array that was not given is read and written under an empty mask, so that one loop serves
 * for every combination.
 */
final class SimdLoss {

  /** PyTorch holds the logarithms of a binary cross-entropy here or above. */
  private static final float MIN_LOG = -100f;

  /** And the denominator of its gradient here or above. */
  private static final float MIN_DENOMINATOR = 1e-12f;

  private SimdLoss() {}

  static double apply(
      Kind kind,
      int n,
      float[] x,
      int xo,
      float[] t,
      int to,
      float @Nullable [] weight,
      int wo,
      float @Nullable [] posWeight,
      int po,
      float @Nullable [] loss,
      int lo,
      float scale,
      float @Nullable [] grad,
      int go) {
    boolean hasW = weight != null;
    boolean hasP = posWeight != null;
    boolean hasL = loss != null;
    boolean hasG = grad != null;
    float[] w = weight != null ? weight : x;
    float[] p = posWeight != null ? posWeight : x;
    float[] l = loss != null ? loss : x;
    float[] g = grad != null ? grad : x;
    int ow = hasW ? wo : xo;
    int op = hasP ? po : xo;
    int ol = hasL ? lo : xo;
    int og = hasG ? go : xo;
    return switch (kind) {
      case MSE -> mse(n, x, xo, t, to, hasW, w, ow, hasL, l, ol, scale, hasG, g, og);
      case L1 -> l1(n, x, xo, t, to, hasW, w, ow, hasL, l, ol, scale, hasG, g, og);
      case BCE -> bce(n, x, xo, t, to, hasW, w, ow, hasL, l, ol, scale, hasG, g, og);
      case BCE_WITH_LOGITS ->
          bceWithLogits(n, x, xo, t, to, hasW, w, ow, hasP, p, op, hasL, l, ol, scale, hasG, g, og);
    };
  }

  private static double mse(
      int n,
      float[] x,
      int xo,
      float[] t,
      int to,
      boolean hasW,
      float[] w,
      int wo,
      boolean hasL,
      float[] l,
      int lo,
      float scale,
      boolean hasG,
      float[] g,
      int go) {
    VectorMask<Float> maskW = SPECIES.maskAll(hasW);
    VectorMask<Float> maskL = SPECIES.maskAll(hasL);
    VectorMask<Float> maskG = SPECIES.maskAll(hasG);
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = load(x, xo + i, m);
      FloatVector target = load(t, to + i, m);
      FloatVector weight = loadOrOne(w, wo + i, maskW.and(m));
      FloatVector d = v.sub(target);
      FloatVector elements = d.mul(d).mul(weight);
      FloatVector gradient = d.add(d).mul(weight);
      sum = sum.add(elements, m);
      elements.intoArray(l, lo + i, maskL.and(m));
      gradient.mul(scale).intoArray(g, go + i, maskG.and(m));
    }
    return SimdReduce.lanes(sum);
  }

  private static double l1(
      int n,
      float[] x,
      int xo,
      float[] t,
      int to,
      boolean hasW,
      float[] w,
      int wo,
      boolean hasL,
      float[] l,
      int lo,
      float scale,
      boolean hasG,
      float[] g,
      int go) {
    VectorMask<Float> maskW = SPECIES.maskAll(hasW);
    VectorMask<Float> maskL = SPECIES.maskAll(hasL);
    VectorMask<Float> maskG = SPECIES.maskAll(hasG);
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = load(x, xo + i, m);
      FloatVector target = load(t, to + i, m);
      FloatVector weight = loadOrOne(w, wo + i, maskW.and(m));
      FloatVector d = v.sub(target);
      FloatVector elements = d.abs().mul(weight);
      FloatVector gradient =
          weight.neg().blend(weight, d.compare(GT, 0f)).blend(0f, d.compare(EQ, 0f));
      sum = sum.add(elements, m);
      elements.intoArray(l, lo + i, maskL.and(m));
      gradient.mul(scale).intoArray(g, go + i, maskG.and(m));
    }
    return SimdReduce.lanes(sum);
  }

  private static double bce(
      int n,
      float[] x,
      int xo,
      float[] t,
      int to,
      boolean hasW,
      float[] w,
      int wo,
      boolean hasL,
      float[] l,
      int lo,
      float scale,
      boolean hasG,
      float[] g,
      int go) {
    // One logarithm to a loop: see SimdUnary. The second adds to the losses that the first stored.
    double sum = bceOnes(n, x, xo, t, to, hasW, w, wo, hasL, l, lo);
    return sum + bceZeros(n, x, xo, t, to, hasW, w, wo, hasL, l, lo, scale, hasG, g, go);
  }

  /** The part of the targets: {@code -w t ln x}. */
  private static double bceOnes(
      int n,
      float[] x,
      int xo,
      float[] t,
      int to,
      boolean hasW,
      float[] w,
      int wo,
      boolean hasL,
      float[] l,
      int lo) {
    VectorMask<Float> maskW = SPECIES.maskAll(hasW);
    VectorMask<Float> maskL = SPECIES.maskAll(hasL);
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector weight = loadOrOne(w, wo + i, maskW.and(m)).mul(load(t, to + i, m)).neg();
      FloatVector elements = VectorMath.log(load(x, xo + i, m)).max(MIN_LOG).mul(weight);
      sum = sum.add(elements, m);
      elements.intoArray(l, lo + i, maskL.and(m));
    }
    // SimdReduce.lanes, which would not be inlined any more.
    sum = sum.add(sum.rearrange(SimdReduce.SWAP_8), SimdReduce.HAS_16);
    sum = sum.add(sum.rearrange(SimdReduce.SWAP_4), SimdReduce.HAS_8);
    sum = sum.add(sum.rearrange(SimdReduce.SWAP_2));
    return sum.add(sum.rearrange(SimdReduce.SWAP_1)).lane(0);
  }

  /** The part of what the targets leave, {@code -w (1 - t) ln(1 - x)}, and the gradient. */
  private static double bceZeros(
      int n,
      float[] x,
      int xo,
      float[] t,
      int to,
      boolean hasW,
      float[] w,
      int wo,
      boolean hasL,
      float[] l,
      int lo,
      float scale,
      boolean hasG,
      float[] g,
      int go) {
    VectorMask<Float> maskW = SPECIES.maskAll(hasW);
    VectorMask<Float> maskL = SPECIES.maskAll(hasL);
    VectorMask<Float> maskG = SPECIES.maskAll(hasG);
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = load(x, xo + i, m);
      FloatVector target = load(t, to + i, m);
      FloatVector weight = loadOrOne(w, wo + i, maskW.and(m));
      VectorMask<Float> stored = maskL.and(m);
      FloatVector before = load(l, lo + i, stored);
      FloatVector rest = broadcast(1f).sub(v);
      FloatVector logarithm = VectorMath.logOneMinus(v).max(MIN_LOG);
      FloatVector elements = target.sub(1f).mul(logarithm).mul(weight);
      sum = sum.add(elements, m);
      elements.add(before).intoArray(l, lo + i, stored);
      FloatVector spread = rest.mul(v).max(MIN_DENOMINATOR);
      v.sub(target).div(spread).mul(weight).mul(scale).intoArray(g, go + i, maskG.and(m));
    }
    // SimdReduce.lanes, which would not be inlined any more.
    sum = sum.add(sum.rearrange(SimdReduce.SWAP_8), SimdReduce.HAS_16);
    sum = sum.add(sum.rearrange(SimdReduce.SWAP_4), SimdReduce.HAS_8);
    sum = sum.add(sum.rearrange(SimdReduce.SWAP_2));
    return sum.add(sum.rearrange(SimdReduce.SWAP_1)).lane(0);
  }

  private static double bceWithLogits(
      int n,
      float[] x,
      int xo,
      float[] t,
      int to,
      boolean hasW,
      float[] w,
      int wo,
      boolean hasP,
      float[] p,
      int po,
      boolean hasL,
      float[] l,
      int lo,
      float scale,
      boolean hasG,
      float[] g,
      int go) {
    VectorMask<Float> maskW = SPECIES.maskAll(hasW);
    VectorMask<Float> maskP = SPECIES.maskAll(hasP);
    VectorMask<Float> maskL = SPECIES.maskAll(hasL);
    VectorMask<Float> maskG = SPECIES.maskAll(hasG);
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = load(x, xo + i, m);
      FloatVector e = VectorMath.exp(v.abs().neg());
      FloatVector softplus = VectorMath.log1p(e);
      FloatVector one = FloatVector.broadcast(SPECIES, 1f);
      FloatVector target = FloatVector.fromArray(SPECIES, t, to + i, m);
      VectorMask<Float> mw = maskW.and(m);
      FloatVector weight = one.blend(FloatVector.fromArray(SPECIES, w, wo + i, mw), mw);
      VectorMask<Float> mp = maskP.and(m);
      FloatVector positive = one.blend(FloatVector.fromArray(SPECIES, p, po + i, mp), mp);
      FloatVector factor = positive.sub(1f).fma(target, one);
      VectorMask<Float> rising = v.compare(GE, 0f);
      // The formula with its terms in x put together, which would cancel where x is far below 0.
      FloatVector slope = positive.mul(target).neg().blend(one.sub(target), rising);
      FloatVector elements = slope.mul(v).add(factor.mul(softplus)).mul(weight);
      FloatVector sigmoid = e.blend(1f, rising).div(e.add(1f));
      FloatVector gradient = factor.mul(sigmoid).sub(positive.mul(target)).mul(weight);
      sum = sum.add(elements, m);
      elements.intoArray(l, lo + i, maskL.and(m));
      gradient.mul(scale).intoArray(g, go + i, maskG.and(m));
    }
    // SimdReduce.lanes, which would not be inlined any more.
    sum = sum.add(sum.rearrange(SimdReduce.SWAP_8), SimdReduce.HAS_16);
    sum = sum.add(sum.rearrange(SimdReduce.SWAP_4), SimdReduce.HAS_8);
    sum = sum.add(sum.rearrange(SimdReduce.SWAP_2));
    return sum.add(sum.rearrange(SimdReduce.SWAP_1)).lane(0);
  }

  private static FloatVector load(float[] x, int offset, VectorMask<Float> m) {
    return FloatVector.fromArray(SPECIES, x, offset, m);
  }

  /** Loads where the mask is set and gives 1 elsewhere. */
  private static FloatVector loadOrOne(float[] x, int offset, VectorMask<Float> m) {
    return broadcast(1f).blend(FloatVector.fromArray(SPECIES, x, offset, m), m);
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }
}
