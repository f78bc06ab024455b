package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.LoopOp.ABS;
import static io.cortado.cpu.simd.LoopOp.ADD;
import static io.cortado.cpu.simd.LoopOp.BITS;
import static io.cortado.cpu.simd.LoopOp.BOTH;
import static io.cortado.cpu.simd.LoopOp.CAST;
import static io.cortado.cpu.simd.LoopOp.EQ;
import static io.cortado.cpu.simd.LoopOp.INT_AND;
import static io.cortado.cpu.simd.LoopOp.INT_NE;
import static io.cortado.cpu.simd.LoopOp.INT_SUB;
import static io.cortado.cpu.simd.LoopOp.INT_XOR;
import static io.cortado.cpu.simd.LoopOp.LE;
import static io.cortado.cpu.simd.LoopOp.LT;
import static io.cortado.cpu.simd.LoopOp.MUL;
import static io.cortado.cpu.simd.LoopOp.NEG;
import static io.cortado.cpu.simd.LoopOp.NOT;
import static io.cortado.cpu.simd.LoopOp.OF_BITS;
import static io.cortado.cpu.simd.LoopOp.SUB;
import static io.cortado.cpu.simd.LoopOp.TO_FLOATS;
import static io.cortado.cpu.simd.VectorMath.MANTISSA_BITS;
import static io.cortado.cpu.simd.VectorMath.ROUND;
import static io.cortado.cpu.simd.VectorMath.ROUND_BITS;

import io.cortado.cpu.simd.LoopGraph.Node;

/**
 * Logarithms, the error function, sine, cosine and rounding for generated loops: as {@link
 * VectorMath}, {@link SimdTrigonometry} and {@link SimdRounding} compute them, to the bit.
 */
final class LoopFunctions {

  private LoopFunctions() {}

  /** Returns ln x, see {@link VectorMath#log}, for all numbers. */
  static Node log(LoopGraph g, Node x) {
    Node denormal = g.apply(LT, x, g.number(Float.MIN_NORMAL));
    Node in = g.blend(x, g.apply(MUL, x, g.number(VectorMath.DENORMAL_SCALE)), denormal);
    Node shift = g.blend(g.number(0), g.number(VectorMath.DENORMAL_EXPONENT), denormal);
    Node exponent = exponent(g, in);
    Node bits = g.apply(INT_SUB, g.apply(BITS, in), g.shiftLeft(exponent, MANTISSA_BITS));
    Node m = g.apply(SUB, g.apply(OF_BITS, bits), g.number(1));
    Node y = logReduced(g, m, g.apply(ADD, g.apply(TO_FLOATS, exponent), shift));
    y = g.blend(y, g.number(Float.NaN), g.apply(LT, x, g.number(0)));
    y = g.blend(y, g.number(Float.NEGATIVE_INFINITY), g.apply(EQ, x, g.number(0)));
    Node finite = g.apply(LT, x, g.number(Float.POSITIVE_INFINITY));
    return g.blend(y, x, g.apply(NOT, finite));
  }

  /** Returns the exponent that leaves a mantissa between sqrt(1/2) and sqrt(2), as an int. */
  private static Node exponent(LoopGraph g, Node x) {
    Node above = g.apply(INT_SUB, g.apply(BITS, x), g.word(VectorMath.SQRT_HALF_BITS));
    return g.shiftRight(above, MANTISSA_BITS);
  }

  /** Returns the exponent's power of two, inverted. */
  private static Node inverted(LoopGraph g, Node exponent) {
    Node biased = g.apply(INT_SUB, g.word(VectorMath.EXPONENT_BIAS), exponent);
    return g.apply(OF_BITS, g.shiftLeft(biased, MANTISSA_BITS));
  }

  /** Returns ln((1 + m) 2^e) for 1 + m between sqrt(1/2) and sqrt(2). */
  private static Node logReduced(LoopGraph g, Node m, Node e) {
    Node p =
        g.polynomial(
            m,
            7.0376836292e-2f,
            -1.1514610310e-1f,
            1.1676998740e-1f,
            -1.2420140846e-1f,
            1.4249322787e-1f,
            -1.6668057665e-1f,
            2.0000714765e-1f,
            -2.4999993993e-1f,
            3.3333331174e-1f);
    Node z = g.apply(MUL, m, m);
    Node y = g.apply(MUL, g.apply(MUL, p, m), z);
    y = g.fma(e, g.number(-2.12194440e-4f), y);
    y = g.fma(z, g.number(-0.5f), y);
    return g.fma(e, g.number(0.693359375f), g.apply(ADD, m, y));
  }

  /**
   * Returns ln(1 + x), see {@link SimdExponential#log1p}; a sum that is not positive, or is too
   * large, stops the loop.
   */
  static Node log1p(LoopGraph g, Node x) {
    Node u = g.apply(ADD, x, g.number(1));
    g.require(
        g.apply(
            BOTH,
            g.apply(LE, g.number(Float.MIN_NORMAL), u),
            g.apply(LT, u, g.number(SimdExponential.FAR))));
    Node exponent = exponent(g, u);
    Node scale = inverted(g, exponent);
    Node m = g.fma(x, scale, g.apply(SUB, scale, g.number(1)));
    Node y = logReduced(g, m, g.apply(TO_FLOATS, exponent));
    return g.blend(y, x, g.apply(EQ, x, g.number(0)));
  }

  /** Returns ln(1 + x) for an x between 0 and 1; see {@link VectorMath#log1p}. */
  static Node log1pOfShare(LoopGraph g, Node x) {
    Node p =
        g.polynomial(
            x,
            VectorMath.LOG1P_9,
            VectorMath.LOG1P_8,
            VectorMath.LOG1P_7,
            VectorMath.LOG1P_6,
            VectorMath.LOG1P_5,
            VectorMath.LOG1P_4,
            VectorMath.LOG1P_3,
            VectorMath.LOG1P_2);
    return g.fma(p, g.apply(MUL, x, x), x);
  }

  /** Returns erf x; see {@link VectorMath#erf}. */
  static Node erf(LoopGraph g, Node x) {
    Node size = g.apply(ABS, x);
    Node one = g.number(VectorMath.ERF_ONE);
    Node t = g.blend(size, one, g.apply(LT, one, size));
    Node z = g.apply(MUL, t, t);
    Node high = g.fma(t, g.number(-1.72853470e-5f), 3.83197126e-4f);
    Node low = g.fma(t, g.number(-3.88396438e-3f), 2.42546219e-2f);
    Node q = g.fma(high, z, low);
    q = g.fma(q, t, -1.06777877e-1f);
    q = g.fma(q, t, -6.34846687e-1f);
    q = g.fma(q, t, -1.28717512e-1f);
    Node e = LoopExponentials.near(g, g.fma(q, t, g.apply(NEG, t)));
    Node far = LoopExponentials.withSign(g, g.apply(SUB, g.number(1), e), x);
    Node p = g.fma(z, g.number(-5.96761703e-4f), 4.99119423e-3f);
    p = g.fma(p, z, -2.67681349e-2f);
    p = g.fma(p, z, 1.12819925e-1f);
    p = g.fma(p, z, -3.76125336e-1f);
    p = g.fma(p, z, 1.28379166e-1f);
    Node near = g.fma(p, x, x);
    return g.blend(near, far, g.apply(LT, g.number(VectorMath.ERF_NEAR), t));
  }

  /** Returns the sine of x and so many quarters of a turn; an angle too large stops the loop. */
  static Node sine(LoopGraph g, Node x, int quarters) {
    g.require(g.apply(LE, g.apply(ABS, x), g.number(SimdTrigonometry.LARGEST)));
    Node shifted = g.fma(x, g.number(SimdTrigonometry.TWO_OVER_PI), ROUND);
    Node k = g.apply(SUB, shifted, g.number(ROUND));
    Node turns = g.apply(INT_SUB, g.apply(BITS, shifted), g.word(ROUND_BITS - quarters));
    Node r = g.fma(k, g.number(-SimdTrigonometry.PI_HALF_1), x);
    r = g.fma(k, g.number(-SimdTrigonometry.PI_HALF_2), r);
    r = g.fma(k, g.number(-SimdTrigonometry.PI_HALF_3), r);
    Node z = g.apply(MUL, r, r);
    Node sin = g.polynomial(z, -1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f);
    sin = g.fma(sin, g.apply(MUL, z, r), r);
    Node cos =
        g.polynomial(z, 2.443315711809948e-5f, -1.388731625493765e-3f, 4.166664568298827e-2f);
    cos = g.fma(cos, g.apply(MUL, z, z), g.fma(z, g.number(-0.5f), 1f));
    Node odd = g.apply(INT_NE, g.apply(INT_AND, turns, g.word(1)), g.word(0));
    Node sign = g.shiftLeft(g.apply(INT_AND, turns, g.word(2)), 30);
    Node size = g.blend(sin, cos, g.apply(CAST, odd));
    return g.apply(OF_BITS, g.apply(INT_XOR, g.apply(BITS, size), sign));
  }

  /** Returns the nearest integer; see {@link SimdRounding}. */
  static Node round(LoopGraph g, Node x) {
    Node size = g.apply(ABS, x);
    Node wide = g.number(SimdRounding.WHOLE);
    Node whole = g.apply(SUB, g.apply(ADD, size, wide), wide);
    return g.blend(x, LoopExponentials.withSign(g, whole, x), g.apply(LT, size, wide));
  }

  /** Returns the largest integer that is not above x. */
  static Node floor(LoopGraph g, Node x) {
    Node near = round(g, x);
    return g.blend(near, g.apply(SUB, near, g.number(1)), g.apply(LT, x, near));
  }

  /** Returns -1, 0, 1 or NaN; a zero keeps its sign. */
  static Node sign(LoopGraph g, Node x) {
    Node below = g.blend(x, g.number(-1), g.apply(LT, x, g.number(0)));
    return g.blend(below, g.number(1), g.apply(LT, g.apply(NEG, x), g.number(0)));
  }
}
