package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Elementary functions of float vectors by range reduction and polynomials.
 *
 * <p>Errors are in units in the last place (ulp) of the correctly rounded result, the largest found
 * over a dense sweep of all floats, denormal results included. Signed zeros, infinities and NaN
 * give what {@link Math} gives.
 *
 * <p>Methods of the JDK only, and few of ours, even where that repeats a line: see {@link
 * SimdUnary} for what the compiler inlines.
 */
final class VectorMath {

  static final float LOG2_E = 1.44269504f;

  /** ln 2 as the sum of two floats; a fused multiply-add takes the first one's product exactly. */
  static final float LN2_HIGH = 0x1.62e43p-1f;

  static final float LN2_LOW = -0x1.05c61p-29f;

  /** Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits. */
  static final float ROUND = 0x1.8p23f;

  static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);
  static final int EXPONENT_BIAS = 127;
  static final int MANTISSA_BITS = 23;

  /** Beyond these, e^x is 0 or infinite. */
  static final float EXP_MIN = -104f;

  static final float EXP_MAX = 89f;

  // (e^r - 1 - r) / r^2 = EXP_1 + EXP_2 r + ...
  static final float EXP_1 = 5.0000001201e-1f;
  static final float EXP_2 = 1.6666665459e-1f;
  static final float EXP_3 = 4.1665795894e-2f;
  static final float EXP_4 = 8.3334519073e-3f;
  static final float EXP_5 = 1.3981999507e-3f;
  static final float LOG1P_9 = 0.00536482433f;
  static final float LOG1P_8 = -0.0300657923f;
  static final float LOG1P_7 = 0.0792045356f;
  static final float LOG1P_6 = -0.137538023f;
  static final float LOG1P_5 = 0.191536549f;
  static final float LOG1P_4 = -0.248571637f;
  static final float LOG1P_3 = 0.333213226f;
  static final float LOG1P_2 = -0.49999648f;

  static final float EXP_6 = 1.9875691500e-4f;

  /** Below this magnitude e^x is a normal number, and {@link #expNear} may be asked for it. */
  static final float EXP_NEAR = 87.3f;

  /** From here on tanh rounds to 1. */
  static final float TANH_ONE = 9.02f;

  /** From here on erf rounds to 1. */
  static final float ERF_ONE = 3.93f;

  /** Up to here erf has a polynomial of its own. */
  static final float ERF_NEAR = 0.927734375f;

  static final int SQRT_HALF_BITS = Float.floatToRawIntBits(0.70710678f);
  static final float DENORMAL_SCALE = 0x1p25f;
  static final float DENORMAL_EXPONENT = -25f;

  private VectorMath() {}

  /** Returns e^x, within 1.1 ulp. */
  static FloatVector exp(FloatVector x) {
    FloatVector in = x.blend(EXP_MIN, x.compare(LT, EXP_MIN));
    in = in.blend(EXP_MAX, in.compare(GT, EXP_MAX));
    FloatVector shifted =
        in.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), in);
    r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
    FloatVector p = expm1Reduced(r).add(1f);
    // 2^n in two factors: each is a normal number even where the result is denormal or infinite.
    IntVector whole = shifted.reinterpretAsInts().sub(ROUND_BITS);
    IntVector half = whole.lanewise(VectorOperators.ASHR, 1);
    IntVector rest = whole.sub(half);
    FloatVector first =
        half.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsFloats();
    FloatVector second =
        rest.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsFloats();
    return p.mul(first).mul(second);
  }

  /** Returns e^x for {@code |x| < EXP_NEAR}, with the bits of {@link #exp}. */
  static FloatVector expNear(FloatVector x) {
    FloatVector shifted =
        x.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), x);
    r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
    FloatVector p = expm1Reduced(r).add(1f);
    // The shift leaves nothing of ROUND but n, which goes into the exponent.
    IntVector power = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
    return p.reinterpretAsInts().add(power).reinterpretAsFloats();
  }

  /** Returns tanh x for {@code |x| <= TANH_ONE}, within 2.5 ulp. */
  static FloatVector tanhNear(FloatVector x) {
    // With t = e^(2|x|) - 1, tanh |x| = t / (t + 2): exact in the limit of small x.
    FloatVector in = x.abs();
    in = in.add(in);
    FloatVector shifted =
        in.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), in);
    r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
    FloatVector p = expm1Reduced(r);
    IntVector biased = shifted.reinterpretAsInts().add(EXPONENT_BIAS);
    FloatVector scale = biased.lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsFloats();
    FloatVector t = p.fma(scale, scale.sub(1f));
    IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
    return t.div(t.add(2f)).reinterpretAsInts().or(sign).reinterpretAsFloats();
  }

  /**
   * Returns erf x, within 1.2 ulp.
   *
   * <p>After N. Juffa's erff (2015): an odd polynomial near 0, {@code 1 - e^(-|x| q(|x|))} beyond.
   */
  static FloatVector erf(FloatVector x) {
    FloatVector t = x.abs();
    t = t.blend(ERF_ONE, t.compare(GT, ERF_ONE));
    FloatVector z = t.mul(t);
    FloatVector q =
        t.fma(
            FloatVector.broadcast(SPECIES, -1.72853470e-5f),
            FloatVector.broadcast(SPECIES, 3.83197126e-4f));
    FloatVector low =
        t.fma(
            FloatVector.broadcast(SPECIES, -3.88396438e-3f),
            FloatVector.broadcast(SPECIES, 2.42546219e-2f));
    q = q.fma(z, low);
    q = q.fma(t, FloatVector.broadcast(SPECIES, -1.06777877e-1f));
    q = q.fma(t, FloatVector.broadcast(SPECIES, -6.34846687e-1f));
    q = q.fma(t, FloatVector.broadcast(SPECIES, -1.28717512e-1f));
    FloatVector far = FloatVector.broadcast(SPECIES, 1f).sub(expNear(q.fma(t, t.neg())));
    IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
    far = far.reinterpretAsInts().or(sign).reinterpretAsFloats();
    FloatVector p =
        z.fma(
            FloatVector.broadcast(SPECIES, -5.96761703e-4f),
            FloatVector.broadcast(SPECIES, 4.99119423e-3f));
    p = p.fma(z, FloatVector.broadcast(SPECIES, -2.67681349e-2f));
    p = p.fma(z, FloatVector.broadcast(SPECIES, 1.12819925e-1f));
    p = p.fma(z, FloatVector.broadcast(SPECIES, -3.76125336e-1f));
    p = p.fma(z, FloatVector.broadcast(SPECIES, 1.28379166e-1f));
    return p.fma(x, x).blend(far, t.compare(GT, ERF_NEAR));
  }

  /** Returns ln x, within 1 ulp. */
  static FloatVector log(FloatVector x) {
    var denormal = x.compare(LT, Float.MIN_NORMAL);
    FloatVector in = x.blend(x.mul(DENORMAL_SCALE), denormal);
    IntVector bits = in.reinterpretAsInts();
    // The exponent e that leaves a mantissa between sqrt(1/2) and sqrt(2).
    IntVector exponent = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA_BITS);
    FloatVector m =
        bits.sub(exponent.lanewise(VectorOperators.LSHL, MANTISSA_BITS))
            .reinterpretAsFloats()
            .sub(1f);
    FloatVector e = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
    e = e.add(FloatVector.broadcast(SPECIES, 0f).blend(DENORMAL_EXPONENT, denormal));
    FloatVector y = logReduced(m, e);
    y = y.blend(Float.NaN, x.compare(LT, 0f));
    y = y.blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0f));
    // Infinity and NaN stay what they are.
    return y.blend(x, x.compare(LT, Float.POSITIVE_INFINITY).not());
  }

  /**
   * Returns ln(1 + x) for {@code 0 <= x <= 1}, at most 1.5 ulp off: {@code x + x^2 q(x)}, q being
   * the polynomial of degree 7 whose largest error, relative to the logarithm, is the smallest.
   */
  static FloatVector log1p(FloatVector x) {
    FloatVector p = FloatVector.broadcast(SPECIES, LOG1P_9);
    p = p.fma(x, FloatVector.broadcast(SPECIES, LOG1P_8));
    p = p.fma(x, FloatVector.broadcast(SPECIES, LOG1P_7));
    p = p.fma(x, FloatVector.broadcast(SPECIES, LOG1P_6));
    p = p.fma(x, FloatVector.broadcast(SPECIES, LOG1P_5));
    p = p.fma(x, FloatVector.broadcast(SPECIES, LOG1P_4));
    p = p.fma(x, FloatVector.broadcast(SPECIES, LOG1P_3));
    p = p.fma(x, FloatVector.broadcast(SPECIES, LOG1P_2));
    return p.fma(x.mul(x), x);
  }

  /** Returns e^r - 1 for |r| up to ln(2) / 2. */
  static FloatVector expm1Reduced(FloatVector r) {
    FloatVector p = FloatVector.broadcast(SPECIES, EXP_6);
    p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_5));
    p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_4));
    p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_3));
    p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_2));
    p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_1));
    return p.fma(r.mul(r), r);
  }

  /** Returns ln((1 + m) 2^e) for 1 + m between sqrt(1/2) and sqrt(2). */
  static FloatVector logReduced(FloatVector m, FloatVector e) {
    FloatVector p = FloatVector.broadcast(SPECIES, 7.0376836292e-2f);
    p = p.fma(m, FloatVector.broadcast(SPECIES, -1.1514610310e-1f));
    p = p.fma(m, FloatVector.broadcast(SPECIES, 1.1676998740e-1f));
    p = p.fma(m, FloatVector.broadcast(SPECIES, -1.2420140846e-1f));
    p = p.fma(m, FloatVector.broadcast(SPECIES, 1.4249322787e-1f));
    p = p.fma(m, FloatVector.broadcast(SPECIES, -1.6668057665e-1f));
    p = p.fma(m, FloatVector.broadcast(SPECIES, 2.0000714765e-1f));
    p = p.fma(m, FloatVector.broadcast(SPECIES, -2.4999993993e-1f));
    p = p.fma(m, FloatVector.broadcast(SPECIES, 3.3333331174e-1f));
    FloatVector z = m.mul(m);
    FloatVector y = p.mul(m).mul(z);
    y = e.fma(FloatVector.broadcast(SPECIES, -2.12194440e-4f), y);
    y = z.fma(FloatVector.broadcast(SPECIES, -0.5f), y);
    return e.fma(FloatVector.broadcast(SPECIES, 0.693359375f), m.add(y));
  }
}
