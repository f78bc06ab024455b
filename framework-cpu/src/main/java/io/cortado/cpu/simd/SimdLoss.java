package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.IS_NAN;

import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.PointwiseLossSpec.Kind;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/**
 * Pointwise losses by the Vector API: the sum of the elements, and each element's gradient.
 *
 * <p>Bound: mean squares and distances by memory (two arrays read, one written), the binary
 * cross-entropies by their logarithms and divisions. Logarithms and exponentials are passes of
 * their own over a piece that stays in the nearest cache: a loop that had one among all its other
 * vectors would be past the size up to which the compiler inlines what is ours.
 *
 * <p>Whole vectors of the usual case, a gradient and no weights, have a loop without masks. In the
 * general loop an array that was not given is read and written under an empty mask, so that it
 * serves for every other combination and for the tail. What is 1 where nothing is loaded is written
 * out in each loop: a method for it is compiled by itself into more than C2 inlines.
 */
final class SimdLoss {

  /** PyTorch holds the logarithms of a binary cross-entropy here or above. */
  private static final float MIN_LOG = -100f;

  /** And the denominator of its gradient here or above. */
  private static final float MIN_DENOMINATOR = 1e-12f;

  /** Elements whose logarithms are computed at once; the scratch memory has two arrays of them. */
  private static final int PIECE = 1024;

  /**
   * Where a loop leaves its sums, which the method that adds the lanes takes from there: a vector
   * that was handed over would be an object, should the compiler not inline the call.
   */
  private static final int SUM = 2 * PIECE;

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
      int go,
      float[] scratch) {
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
    // Whole vectors of the usual case first; what is left, or all, by the general loop.
    boolean usual = !hasW && !hasP && !hasL && hasG;
    int whole = usual ? SPECIES.loopBound(n) : 0;
    return switch (kind) {
      case MSE ->
          mse(whole, x, xo, t, to, scratch, scale, g, og)
              + mse(whole, n, x, xo, t, to, scratch, hasW, w, ow, hasL, l, ol, scale, hasG, g, og);
      case L1 ->
          l1(whole, x, xo, t, to, scratch, scale, g, og)
              + l1(whole, n, x, xo, t, to, scratch, hasW, w, ow, hasL, l, ol, scale, hasG, g, og);
      case BCE -> {
        double sum = 0;
        for (int i = 0; i < n; i += PIECE) {
          int m = Math.min(PIECE, n - i);
          int full = usual ? SPECIES.loopBound(m) : 0;
          logarithms(m, x, xo + i, scratch);
          sum += bce(full, x, xo + i, t, to + i, scratch, scale, g, og + i);
          sum +=
              bce(
                  full, m, x, xo + i, t, to + i, scratch, hasW, w, ow + i, hasL, l, ol + i, scale,
                  hasG, g, og + i);
        }
        yield sum;
      }
      case BCE_WITH_LOGITS -> {
        double sum = 0;
        for (int i = 0; i < n; i += PIECE) {
          int m = Math.min(PIECE, n - i);
          int full = usual ? SPECIES.loopBound(m) : 0;
          softplus(m, x, xo + i, scratch);
          sum += logits(full, x, xo + i, t, to + i, scratch, scale, g, og + i);
          sum +=
              logits(
                  full, m, x, xo + i, t, to + i, scratch, hasW, w, ow + i, hasP, p, op + i, hasL, l,
                  ol + i, scale, hasG, g, og + i);
        }
        yield sum;
      }
    };
  }

  private static double mse(
      int n, float[] x, int xo, float[] t, int to, float[] s, float scale, float[] g, int go) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i);
      FloatVector target = FloatVector.fromArray(SPECIES, t, to + i);
      FloatVector d = v.sub(target);
      sum = d.fma(d, sum);
      d.add(d).mul(scale).intoArray(g, go + i);
    }
    sum.intoArray(s, SUM);
    return SimdReduce.lanes(s, SUM);
  }

  private static double mse(
      int from,
      int n,
      float[] x,
      int xo,
      float[] t,
      int to,
      float[] s,
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
    for (int i = from; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, m);
      FloatVector target = FloatVector.fromArray(SPECIES, t, to + i, m);
      VectorMask<Float> weighted = maskW.and(m);
      FloatVector weight =
          FloatVector.broadcast(SPECIES, 1f)
              .blend(FloatVector.fromArray(SPECIES, w, wo + i, weighted), weighted);
      FloatVector d = v.sub(target);
      FloatVector elements = d.mul(d).mul(weight);
      FloatVector gradient = d.add(d).mul(weight);
      sum = sum.add(elements, m);
      elements.intoArray(l, lo + i, maskL.and(m));
      gradient.mul(scale).intoArray(g, go + i, maskG.and(m));
    }
    sum.intoArray(s, SUM);
    return SimdReduce.lanes(s, SUM);
  }

  private static double l1(
      int n, float[] x, int xo, float[] t, int to, float[] s, float scale, float[] g, int go) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i);
      FloatVector target = FloatVector.fromArray(SPECIES, t, to + i);
      FloatVector d = v.sub(target);
      sum = sum.add(d.abs());
      FloatVector.broadcast(SPECIES, -scale)
          .blend(scale, d.compare(GT, 0f))
          .blend(0f, d.compare(EQ, 0f))
          // A distance that is NaN has no sign.
          .blend(d, d.test(IS_NAN))
          .intoArray(g, go + i);
    }
    sum.intoArray(s, SUM);
    return SimdReduce.lanes(s, SUM);
  }

  private static double l1(
      int from,
      int n,
      float[] x,
      int xo,
      float[] t,
      int to,
      float[] s,
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
    for (int i = from; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, m);
      FloatVector target = FloatVector.fromArray(SPECIES, t, to + i, m);
      VectorMask<Float> weighted = maskW.and(m);
      FloatVector weight =
          FloatVector.broadcast(SPECIES, 1f)
              .blend(FloatVector.fromArray(SPECIES, w, wo + i, weighted), weighted);
      FloatVector d = v.sub(target);
      FloatVector elements = d.abs().mul(weight);
      FloatVector gradient =
          weight
              .neg()
              .blend(weight, d.compare(GT, 0f))
              .blend(0f, d.compare(EQ, 0f))
              .blend(d, d.test(IS_NAN));
      sum = sum.add(elements, m);
      elements.intoArray(l, lo + i, maskL.and(m));
      gradient.mul(scale).intoArray(g, go + i, maskG.and(m));
    }
    sum.intoArray(s, SUM);
    return SimdReduce.lanes(s, SUM);
  }

  /** Leaves {@code ln x} in the scratch memory's first half and {@code ln(1 - x)} in its second. */
  private static void logarithms(int n, float[] x, int xo, float[] s) {
    SimdLog.log(n, x, xo, s, 0);
    SimdBinary.applyToScalar(BinaryOp.SUB, n, 1f, x, xo, 0f, s, PIECE);
    SimdLog.log(n, s, PIECE, s, PIECE);
  }

  private static double bce(
      int n, float[] x, int xo, float[] t, int to, float[] s, float scale, float[] g, int go) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i);
      FloatVector target = FloatVector.fromArray(SPECIES, t, to + i);
      FloatVector rest = FloatVector.broadcast(SPECIES, 1f).sub(v);
      // What is lost when 1 - x is rounded comes back by the first term of the series.
      FloatVector lost = FloatVector.broadcast(SPECIES, 1f).sub(rest).sub(v).div(rest);
      FloatVector ofRest =
          FloatVector.fromArray(SPECIES, s, PIECE + i)
              .add(lost.blend(0f, rest.compare(EQ, 0f)))
              .max(MIN_LOG);
      FloatVector ofX = FloatVector.fromArray(SPECIES, s, i).max(MIN_LOG);
      sum = sum.add(target.sub(1f).mul(ofRest).sub(target.mul(ofX)));
      FloatVector spread = rest.mul(v).max(MIN_DENOMINATOR);
      v.sub(target).div(spread).mul(scale).intoArray(g, go + i);
    }
    sum.intoArray(s, SUM);
    return SimdReduce.lanes(s, SUM);
  }

  private static double bce(
      int from,
      int n,
      float[] x,
      int xo,
      float[] t,
      int to,
      float[] s,
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
    for (int i = from; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, m);
      FloatVector target = FloatVector.fromArray(SPECIES, t, to + i, m);
      VectorMask<Float> weighted = maskW.and(m);
      FloatVector weight =
          FloatVector.broadcast(SPECIES, 1f)
              .blend(FloatVector.fromArray(SPECIES, w, wo + i, weighted), weighted);
      FloatVector rest = FloatVector.broadcast(SPECIES, 1f).sub(v);
      // What is lost when 1 - x is rounded comes back by the first term of the series.
      FloatVector lost = FloatVector.broadcast(SPECIES, 1f).sub(rest).sub(v).div(rest);
      FloatVector ofRest =
          FloatVector.fromArray(SPECIES, s, PIECE + i, m)
              .add(lost.blend(0f, rest.compare(EQ, 0f)))
              .max(MIN_LOG);
      FloatVector ofX = FloatVector.fromArray(SPECIES, s, i, m).max(MIN_LOG);
      FloatVector elements = target.sub(1f).mul(ofRest).sub(target.mul(ofX)).mul(weight);
      FloatVector spread = rest.mul(v).max(MIN_DENOMINATOR);
      FloatVector gradient = v.sub(target).div(spread).mul(weight);
      sum = sum.add(elements, m);
      elements.intoArray(l, lo + i, maskL.and(m));
      gradient.mul(scale).intoArray(g, go + i, maskG.and(m));
    }
    sum.intoArray(s, SUM);
    return SimdReduce.lanes(s, SUM);
  }

  /**
   * Leaves {@code e^-|x|} in the scratch memory's first half, {@code ln(1 + e^-|x|)} in its second.
   */
  private static void softplus(int n, float[] x, int xo, float[] s) {
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector.fromArray(SPECIES, x, xo + i, m).abs().neg().intoArray(s, i, m);
    }
    SimdExp.expSum(n, s, 0, 0f, s, 0);
    for (int i = 0; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      VectorMath.log1p(FloatVector.fromArray(SPECIES, s, i, m)).intoArray(s, PIECE + i, m);
    }
  }

  private static double logits(
      int n, float[] x, int xo, float[] t, int to, float[] s, float scale, float[] g, int go) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i);
      FloatVector target = FloatVector.fromArray(SPECIES, t, to + i);
      FloatVector e = FloatVector.fromArray(SPECIES, s, i);
      FloatVector softplus = FloatVector.fromArray(SPECIES, s, PIECE + i);
      VectorMask<Float> rising = v.compare(GE, 0f);
      // The formula with its terms in x put together, which would cancel where x is far below 0.
      FloatVector slope =
          target.neg().blend(FloatVector.broadcast(SPECIES, 1f).sub(target), rising);
      sum = sum.add(slope.fma(v, softplus));
      e.blend(1f, rising).div(e.add(1f)).sub(target).mul(scale).intoArray(g, go + i);
    }
    sum.intoArray(s, SUM);
    return SimdReduce.lanes(s, SUM);
  }

  private static double logits(
      int from,
      int n,
      float[] x,
      int xo,
      float[] t,
      int to,
      float[] s,
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
    for (int i = from; i < n; i += LENGTH) {
      VectorMask<Float> m = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i, m);
      FloatVector target = FloatVector.fromArray(SPECIES, t, to + i, m);
      VectorMask<Float> weighted = maskW.and(m);
      FloatVector weight =
          FloatVector.broadcast(SPECIES, 1f)
              .blend(FloatVector.fromArray(SPECIES, w, wo + i, weighted), weighted);
      FloatVector e = FloatVector.fromArray(SPECIES, s, i, m);
      FloatVector softplus = FloatVector.fromArray(SPECIES, s, PIECE + i, m);
      FloatVector one = FloatVector.broadcast(SPECIES, 1f);
      VectorMask<Float> given = maskP.and(m);
      FloatVector positive = one.blend(FloatVector.fromArray(SPECIES, p, po + i, given), given);
      FloatVector factor = positive.sub(1f).fma(target, one);
      VectorMask<Float> rising = v.compare(GE, 0f);
      FloatVector slope = positive.mul(target).neg().blend(one.sub(target), rising);
      FloatVector elements = slope.mul(v).add(factor.mul(softplus)).mul(weight);
      FloatVector sigmoid = e.blend(1f, rising).div(e.add(1f));
      FloatVector gradient = factor.mul(sigmoid).sub(positive.mul(target)).mul(weight);
      sum = sum.add(elements, m);
      elements.intoArray(l, lo + i, maskL.and(m));
      gradient.mul(scale).intoArray(g, go + i, maskG.and(m));
    }
    sum.intoArray(s, SUM);
    return SimdReduce.lanes(s, SUM);
  }
}
