package io.cortado.cpu.simd;

import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import java.util.Set;

/**
 * A part of a pointwise program that becomes one loop.
 *
 * @param program the program
 * @param uniform the values that are one number for all elements
 * @param from the first instruction
 * @param to the instruction after the last
 * @param stored the results that something reads when the loop has ended
 */
public record LoopCode(
    PointwiseProgram program, Set<Integer> uniform, int from, int to, Set<Integer> stored) {

  /**
   * The sum of {@link #cost} that a loop may have: its method must stay below the 8,000 bytes of
   * code up to which C2 compiles, and well below the number of nodes at which it gives up.
   */
  public static final int MOST = 320;

  /** Copies the sets. */
  public LoopCode {
    uniform = Set.copyOf(uniform);
    stored = Set.copyOf(stored);
  }

  /** Says whether an operation can be in a loop: a power has Java's own, one number at a time. */
  public static boolean allows(PointwiseOp op) {
    return op != PointwiseOp.POW;
  }

  /** Returns about how many calls of the Vector API an operation is. */
  public static int cost(PointwiseOp op) {
    return switch (op) {
      case LITERAL -> 0;
      case NEG, ABS, SQUARE, SQRT, RECIPROCAL, ADD, SUB, MUL, DIV, MIN, MAX -> 1;
      case RSQRT, LT, LE, EQ, NE, WHERE -> 2;
      case SIGN -> 5;
      case FLOOR, ROUND -> 11;
      case EXP -> 20;
      case SIGMOID, EXPM1, TANH -> 28;
      case SIN, COS, LOG, LOG1P, ERF -> 45;
      case POW -> MOST;
    };
  }
}
