package io.cortado.backend.spec;

/**
 * An operation of a {@link PointwiseProgram}: a function of one to three numbers.
 *
 * <p>Comparisons give 1 or 0; one with NaN is 0, but for {@link #NE}. Functions outside of their
 * domain give NaN, as in IEEE 754.
 */
public enum PointwiseOp {
  /** The number that the instruction holds. */
  LITERAL(0),

  /** {@code -a}. */
  NEG(1),
  /** {@code |a|}. */
  ABS(1),
  /** -1, 0 or 1; NaN stays NaN. */
  SIGN(1),
  /** The largest integer that is not above a. */
  FLOOR(1),
  /** The nearest integer, the even one of two. */
  ROUND(1),
  /** {@code a^2}. */
  SQUARE(1),
  /** {@code sqrt a}. */
  SQRT(1),
  /** {@code 1 / sqrt a}. */
  RSQRT(1),
  /** {@code 1 / a}. */
  RECIPROCAL(1),
  /** {@code e^a}. */
  EXP(1),
  /** {@code e^a - 1}, exact near 0. */
  EXPM1(1),
  /** {@code ln a}. */
  LOG(1),
  /** {@code ln(1 + a)}, exact near 0. */
  LOG1P(1),
  /** The sine of an angle in radians. */
  SIN(1),
  /** The cosine of an angle in radians. */
  COS(1),
  /** The hyperbolic tangent. */
  TANH(1),
  /** {@code 1 / (1 + e^-a)}. */
  SIGMOID(1),
  /** The error function. */
  ERF(1),

  /** {@code a + b}. */
  ADD(2),
  /** {@code a - b}. */
  SUB(2),
  /** {@code a b}. */
  MUL(2),
  /** {@code a / b}. */
  DIV(2),
  /** {@code a^b}. */
  POW(2),
  /** The smaller; NaN if one is NaN. */
  MIN(2),
  /** The larger; NaN if one is NaN. */
  MAX(2),
  /** {@code a < b}. */
  LT(2),
  /** {@code a <= b}. */
  LE(2),
  /** {@code a == b}. */
  EQ(2),
  /** {@code a != b}, 1 with NaN. */
  NE(2),

  /** b where a is not 0 (NaN is not), else c. */
  WHERE(3);

  private final int operands;

  PointwiseOp(int operands) {
    this.operands = operands;
  }

  /** Returns how many numbers it is a function of. */
  public int operands() {
    return operands;
  }
}
