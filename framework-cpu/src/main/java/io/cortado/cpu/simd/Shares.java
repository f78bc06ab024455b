package io.cortado.cpu.simd;

import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import java.util.BitSet;

/**
 * Which values of a pointwise program are known to lie between 0 and 1.
 *
 * <p>{@code ln(1 + e^-|x|)}, which softplus and the cross-entropies are made of, has such an
 * argument, for which the logarithm has a shorter series ({@link VectorMath#log1p}). Only what the
 * signs of operations say is known: {@code e^x} of a number that is not positive, a sigmoid, a
 * comparison, a product of such values. NaN may be among them.
 */
public final class Shares {

  private Shares() {}

  /** Returns the values between 0 and 1, by their numbers. */
  public static BitSet of(PointwiseProgram program) {
    int first = program.firstResult();
    BitSet atLeast0 = new BitSet();
    BitSet atMost0 = new BitSet();
    BitSet shares = new BitSet();
    for (int k = 0; k < program.code().size(); k++) {
      Instruction i = program.code().get(k);
      boolean share =
          switch (i.op()) {
            case EXP -> atMost0.get(i.a());
            case SIGMOID, LT, LE, EQ, NE -> true;
            case SQUARE -> shares.get(i.a());
            case MUL -> shares.get(i.a()) && shares.get(i.b());
            default -> false;
          };
      shares.set(first + k, share);
      atLeast0.set(first + k, share || atLeast0(i, atLeast0));
      atMost0.set(first + k, i.op() == PointwiseOp.NEG && atLeast0.get(i.a()));
    }
    return shares;
  }

  private static boolean atLeast0(Instruction i, BitSet known) {
    return switch (i.op()) {
      case ABS, SQUARE, SQRT, EXP -> true;
      case MUL -> known.get(i.a()) && known.get(i.b());
      case MAX -> known.get(i.a()) || known.get(i.b());
      default -> false;
    };
  }
}
