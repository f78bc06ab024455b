package io.cortado.pointwise;

import io.cortado.backend.spec.PointwiseOp;
import java.util.List;

/**
 * A formula for one element of a tensor, written with the names of {@link io.cortado.Tensor}'s
 * methods.
 *
 * <p>Expressions are made by {@link Pointwise}'s factories, are immutable, and may be used several
 * times in a formula: what is common is computed once. Numbers written into a formula are
 * parameters of the compiled form rather than part of it, so that another number needs no new
 * compilation.
 */
public sealed interface Expr {

  /**
   * An element of one of the function's tensors.
   *
   * @param index which one
   */
  record Input(int index) implements Expr {}

  /**
   * A number that each call gives to the compiled form.
   *
   * @param value the number
   */
  record Constant(float value) implements Expr {}

  /**
   * A number that belongs to the formula's structure, such as the 2 of a derivative.
   *
   * @param value the number
   */
  record Literal(float value) implements Expr {}

  /**
   * An operation on other expressions.
   *
   * @param op which one
   * @param operands as many as the operation has
   */
  record Apply(PointwiseOp op, List<Expr> operands) implements Expr {
    /** Checks the number of operands. */
    public Apply {
      operands = List.copyOf(operands);
      if (operands.size() != op.operands()) {
        throw new IllegalArgumentException(
            op + " has " + op.operands() + " operands, not " + operands.size());
      }
    }
  }

  /**
   * The value of an expression, taken as constant by the gradient.
   *
   * @param of the expression
   */
  record Detached(Expr of) implements Expr {}

  /**
   * An expression whose derivative is known, and takes less than the chain rule's.
   *
   * @param value what it computes, of {@code of}
   * @param of what the gradient goes on to
   * @param slope its derivative with respect to that
   */
  record Sloped(Expr value, Expr of, Expr slope) implements Expr {}

  /** Returns a number as an expression. */
  static Expr of(float value) {
    return new Constant(value);
  }

  private static Expr apply(PointwiseOp op, Expr... operands) {
    return new Apply(op, List.of(operands));
  }

  /** Returns {@code this + other}. */
  default Expr add(Expr other) {
    return apply(PointwiseOp.ADD, this, other);
  }

  /** Returns {@code this + value}. */
  default Expr add(float value) {
    return add(of(value));
  }

  /** Returns {@code this - other}. */
  default Expr sub(Expr other) {
    return apply(PointwiseOp.SUB, this, other);
  }

  /** Returns {@code this - value}. */
  default Expr sub(float value) {
    return sub(of(value));
  }

  /** Returns {@code value - this}. */
  default Expr rsub(float value) {
    return of(value).sub(this);
  }

  /** Returns {@code this * other}. */
  default Expr mul(Expr other) {
    return apply(PointwiseOp.MUL, this, other);
  }

  /** Returns {@code this * value}. */
  default Expr mul(float value) {
    return mul(of(value));
  }

  /** Returns {@code this / other}. */
  default Expr div(Expr other) {
    return apply(PointwiseOp.DIV, this, other);
  }

  /** Returns {@code this / value}. */
  default Expr div(float value) {
    return div(of(value));
  }

  /** Returns {@code this^exponent}. */
  default Expr pow(Expr exponent) {
    return apply(PointwiseOp.POW, this, exponent);
  }

  /** Returns {@code this^exponent}. */
  default Expr pow(float exponent) {
    return pow(of(exponent));
  }

  /** Returns the smaller, NaN if one is NaN; equal ones share the gradient. */
  default Expr minimum(Expr other) {
    return apply(PointwiseOp.MIN, this, other);
  }

  /** Returns the larger, NaN if one is NaN; equal ones share the gradient. */
  default Expr maximum(Expr other) {
    return apply(PointwiseOp.MAX, this, other);
  }

  /**
   * Returns the nearest number from low to high; the gradient is 1 from low to high, both included,
   * and NaN stays NaN.
   */
  default Expr clamp(float low, float high) {
    return clampMin(low).clampMax(high);
  }

  /** Returns the larger of this and a number; the gradient is 1 from that number on. */
  default Expr clampMin(float low) {
    Expr bound = of(low);
    return lt(bound).where(bound, this);
  }

  /** Returns the smaller of this and a number; the gradient is 1 up to that number. */
  default Expr clampMax(float high) {
    Expr bound = of(high);
    return bound.lt(this).where(bound, this);
  }

  /** Returns 1 where this is less than the other, else 0. */
  default Expr lt(Expr other) {
    return apply(PointwiseOp.LT, this, other);
  }

  /** Returns 1 where this is less than a number, else 0. */
  default Expr lt(float value) {
    return lt(of(value));
  }

  /** Returns 1 where this is at most the other, else 0. */
  default Expr le(Expr other) {
    return apply(PointwiseOp.LE, this, other);
  }

  /** Returns 1 where this is at most a number, else 0. */
  default Expr le(float value) {
    return le(of(value));
  }

  /** Returns 1 where this is greater than the other, else 0. */
  default Expr gt(Expr other) {
    return other.lt(this);
  }

  /** Returns 1 where this is greater than a number, else 0. */
  default Expr gt(float value) {
    return gt(of(value));
  }

  /** Returns 1 where this is at least the other, else 0. */
  default Expr ge(Expr other) {
    return other.le(this);
  }

  /** Returns 1 where this is at least a number, else 0. */
  default Expr ge(float value) {
    return ge(of(value));
  }

  /** Returns 1 where both are equal, else 0. */
  default Expr eq(Expr other) {
    return apply(PointwiseOp.EQ, this, other);
  }

  /** Returns 1 where this equals a number, else 0. */
  default Expr eq(float value) {
    return eq(of(value));
  }

  /** Returns 1 where both differ, as NaN does from all, else 0. */
  default Expr ne(Expr other) {
    return apply(PointwiseOp.NE, this, other);
  }

  /** Returns one expression where this mask is not 0, else the other. */
  default Expr where(Expr then, Expr otherwise) {
    return apply(PointwiseOp.WHERE, this, then, otherwise);
  }

  /** Returns {@code -this}. */
  default Expr neg() {
    return apply(PointwiseOp.NEG, this);
  }

  /** Returns {@code |this|}; the gradient at 0 is 0. */
  default Expr abs() {
    return apply(PointwiseOp.ABS, this);
  }

  /** Returns -1, 0 or 1; the gradient is 0. */
  default Expr sign() {
    return apply(PointwiseOp.SIGN, this);
  }

  /** Returns the largest integer that is not above this; the gradient is 0. */
  default Expr floor() {
    return apply(PointwiseOp.FLOOR, this);
  }

  /** Returns the nearest integer, the even one of two; the gradient is 0. */
  default Expr round() {
    return apply(PointwiseOp.ROUND, this);
  }

  /** Returns {@code this^2}. */
  default Expr square() {
    return apply(PointwiseOp.SQUARE, this);
  }

  /** Returns the square root. */
  default Expr sqrt() {
    return apply(PointwiseOp.SQRT, this);
  }

  /** Returns {@code 1 / sqrt(this)}. */
  default Expr rsqrt() {
    return apply(PointwiseOp.RSQRT, this);
  }

  /** Returns {@code 1 / this}. */
  default Expr reciprocal() {
    return apply(PointwiseOp.RECIPROCAL, this);
  }

  /** Returns {@code e^this}. */
  default Expr exp() {
    return apply(PointwiseOp.EXP, this);
  }

  /** Returns {@code e^this - 1}, exact near 0. */
  default Expr expm1() {
    return apply(PointwiseOp.EXPM1, this);
  }

  /** Returns the natural logarithm. */
  default Expr log() {
    return apply(PointwiseOp.LOG, this);
  }

  /** Returns {@code ln(1 + this)}, exact near 0. */
  default Expr log1p() {
    return apply(PointwiseOp.LOG1P, this);
  }

  /** Returns the sine of an angle in radians. */
  default Expr sin() {
    return apply(PointwiseOp.SIN, this);
  }

  /** Returns the cosine of an angle in radians. */
  default Expr cos() {
    return apply(PointwiseOp.COS, this);
  }

  /** Returns the hyperbolic tangent. */
  default Expr tanh() {
    return apply(PointwiseOp.TANH, this);
  }

  /** Returns {@code 1 / (1 + e^-this)}. */
  default Expr sigmoid() {
    return apply(PointwiseOp.SIGMOID, this);
  }

  /** Returns the error function. */
  default Expr erf() {
    return apply(PointwiseOp.ERF, this);
  }

  /** Returns {@code max(this, 0)}; the gradient at 0 is 0, and NaN stays NaN. */
  default Expr relu() {
    return le(new Literal(0)).where(new Literal(0), this);
  }

  /** Returns {@code ln(1 + e^this)}, without overflow. */
  default Expr softplus() {
    Expr value = maximum(new Literal(0)).add(abs().neg().exp().log1p());
    return new Sloped(value, this, sigmoid());
  }

  /** Returns {@code ln(sigmoid(this))}, without overflow. */
  default Expr logSigmoid() {
    return neg().softplus().neg();
  }

  /** Returns the same value, taken as constant by the gradient. */
  default Expr detach() {
    return new Detached(this);
  }
}
