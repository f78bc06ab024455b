package io.cortado.tck;

import io.cortado.backend.MathPrecision;

/**
 * How far a float may be from what the reference gives in double precision.
 *
 * @param name what is computed, for messages
 * @param relative the bound as a part of the scale: the sum of the absolute values of the terms
 *     that make the number up
 * @param absolute what is allowed besides, for formats whose small numbers have fewer digits
 */
public record Tolerance(String name, double relative, double absolute) {

  /** Makes a bound that is relative alone. */
  public Tolerance(String name, double relative) {
    this(name, relative, 0);
  }

  /** Half the distance between 1 and the next float: the largest relative error of one rounding. */
  static final double ROUNDING = 0x1p-24;

  /**
   * What is lost where results are too small for normal floats, which a device may flush to zero.
   */
  private static final double UNDERFLOW = 0x1p-125;

  /** For numbers that are moved, not computed. */
  public static final Tolerance EXACT = new Tolerance("exact copy", 0);

  /** For a few operations on one element, exponentials and logarithms among them. */
  public static final Tolerance ELEMENTWISE = new Tolerance("elementwise", 16 * ROUNDING);

  /** Returns the bound for a sum of k products in any order of summation. */
  public static Tolerance forReduction(long k) {
    return new Tolerance("reduction of " + k + " terms", ROUNDING * (16 + 8 * Math.sqrt(k)));
  }

  /**
   * Returns the bound for a sum of k products of numbers up to 1 at a precision.
   *
   * <p>Each factor is rounded, and so is the sum where it is stored in 16 bits: three times the
   * precision's epsilon, to which the scale, a sum of magnitudes, brings the reduction's length.
   * Below 2^-14 a float16 is off by up to 2^-25, whatever its size; products of two, with a factor
   * of up to 2 before them, by four times that.
   */
  public static Tolerance forProducts(long k, MathPrecision precision) {
    Tolerance sum = forReduction(k);
    if (precision == MathPrecision.FLOAT32) {
      return sum;
    }
    double underflow = precision == MathPrecision.FLOAT16 ? k * 0x1p-23 : 0;
    return new Tolerance(
        precision.label() + " " + sum.name, sum.relative + 3 * precision.epsilon(), underflow);
  }

  /** Returns the bound for values that take several steps of rounding one after the other. */
  public Tolerance times(double factor) {
    return new Tolerance(name + " x " + factor, relative * factor, absolute * factor);
  }

  /** Returns the largest allowed difference at a scale. */
  double allowed(double scale) {
    return relative == 0 ? 0 : relative * scale + absolute + UNDERFLOW;
  }
}
