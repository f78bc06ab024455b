package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.LoopOp.ABS;
import static io.cortado.cpu.simd.LoopOp.ADD;
import static io.cortado.cpu.simd.LoopOp.BITS;
import static io.cortado.cpu.simd.LoopOp.DIV;
import static io.cortado.cpu.simd.LoopOp.INT_ADD;
import static io.cortado.cpu.simd.LoopOp.INT_AND;
import static io.cortado.cpu.simd.LoopOp.INT_OR;
import static io.cortado.cpu.simd.LoopOp.INT_SUB;
import static io.cortado.cpu.simd.LoopOp.LE;
import static io.cortado.cpu.simd.LoopOp.LT;
import static io.cortado.cpu.simd.LoopOp.MUL;
import static io.cortado.cpu.simd.LoopOp.NEG;
import static io.cortado.cpu.simd.LoopOp.OF_BITS;
import static io.cortado.cpu.simd.LoopOp.SUB;
import static io.cortado.cpu.simd.VectorMath.EXPONENT_BIAS;
import static io.cortado.cpu.simd.VectorMath.LN2_HIGH;
import static io.cortado.cpu.simd.VectorMath.LN2_LOW;
import static io.cortado.cpu.simd.VectorMath.LOG2_E;
import static io.cortado.cpu.simd.VectorMath.MANTISSA_BITS;
import static io.cortado.cpu.simd.VectorMath.ROUND;
import static io.cortado.cpu.simd.VectorMath.ROUND_BITS;

import io.cortado.cpu.simd.LoopGraph.Node;

/**
 * What is made of an exponential, for generated loops: as {@link SimdExp}, {@link SimdSigmoid} and
 * {@link SimdExponential} compute it, to the bit. A number far out stops the loop.
 */
final class LoopExponentials {

  private LoopExponentials() {}

  /** What every exponential begins with: {@code x = n ln 2 + r}. */
  private record Reduced(Node shifted, Node r) {

    static Reduced of(LoopGraph g, Node x) {
      Node shifted = g.fma(x, g.number(LOG2_E), ROUND);
      Node n = g.apply(SUB, shifted, g.number(ROUND));
      Node r = g.fma(n, g.number(-LN2_HIGH), x);
      return new Reduced(shifted, g.fma(n, g.number(-LN2_LOW), r));
    }

    /** Returns e^r - 1. */
    Node expm1(LoopGraph g) {
      Node p =
          g.polynomial(
              r,
              VectorMath.EXP_6,
              VectorMath.EXP_5,
              VectorMath.EXP_4,
              VectorMath.EXP_3,
              VectorMath.EXP_2,
              VectorMath.EXP_1);
      return g.fma(p, g.apply(MUL, r, r), r);
    }
  }

  /** Returns e^x; see {@link VectorMath#expNear}. */
  static Node exp(LoopGraph g, Node x) {
    g.require(g.apply(LT, g.apply(ABS, x), g.number(VectorMath.EXP_NEAR)));
    return near(g, x);
  }

  /** Returns e^x where x is known to be near enough to 0. */
  static Node near(LoopGraph g, Node x) {
    Reduced reduced = Reduced.of(g, x);
    Node p = g.apply(ADD, reduced.expm1(g), g.number(1));
    Node power = g.shiftLeft(g.apply(BITS, reduced.shifted), MANTISSA_BITS);
    return g.apply(OF_BITS, g.apply(INT_ADD, g.apply(BITS, p), power));
  }

  /** Returns {@code 1 / (1 + e^-x)}. */
  static Node sigmoid(LoopGraph g, Node x) {
    Node e = exp(g, g.apply(NEG, g.apply(ABS, x)));
    Node numerator = g.blend(e, g.number(1), g.apply(LE, g.number(0), x));
    return g.apply(DIV, numerator, g.apply(ADD, e, g.number(1)));
  }

  /** Returns tanh x; see {@link VectorMath#tanhNear}. */
  static Node tanh(LoopGraph g, Node x) {
    Node size = g.apply(ABS, x);
    Node one = g.number(VectorMath.TANH_ONE);
    Node in = g.blend(size, one, g.apply(LT, one, size));
    Reduced reduced = Reduced.of(g, g.apply(ADD, in, in));
    Node p = reduced.expm1(g);
    Node biased = g.apply(INT_ADD, g.apply(BITS, reduced.shifted), g.word(EXPONENT_BIAS));
    Node scale = g.apply(OF_BITS, g.shiftLeft(biased, MANTISSA_BITS));
    Node t = g.fma(p, scale, g.apply(SUB, scale, g.number(1)));
    Node quotient = g.apply(DIV, t, g.apply(ADD, t, g.number(2)));
    return withSign(g, quotient, x);
  }

  /** Returns {@code e^x - 1}; see {@link SimdExponential#expm1}. */
  static Node expm1(LoopGraph g, Node x) {
    Node lowest = g.number(SimdExponential.LOWEST);
    Node highest = g.number(SimdExponential.HIGHEST);
    Node in = g.blend(x, lowest, g.apply(LT, x, lowest));
    in = g.blend(in, highest, g.apply(LT, highest, in));
    Reduced reduced = Reduced.of(g, in);
    Node biased =
        g.apply(INT_SUB, g.apply(BITS, reduced.shifted), g.word(ROUND_BITS - EXPONENT_BIAS + 1));
    Node half = g.apply(OF_BITS, g.shiftLeft(biased, MANTISSA_BITS));
    Node p = g.fma(reduced.expm1(g), half, g.apply(SUB, half, g.number(0.5f)));
    return g.apply(MUL, p, g.number(2));
  }

  /** Returns a number that is not negative with the sign of another. */
  static Node withSign(LoopGraph g, Node size, Node signed) {
    Node sign = g.apply(INT_AND, g.apply(BITS, signed), g.word(Integer.MIN_VALUE));
    return g.apply(OF_BITS, g.apply(INT_OR, g.apply(BITS, size), sign));
  }
}
