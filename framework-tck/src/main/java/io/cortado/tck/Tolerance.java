package io.cortado.tck;

/**
 * How far a float may be from what the reference gives in double precision.
 *
 * @param name what is computed, for messages
 * @param relative the bound as a part of the scale: the sum of the absolute values of the terms
 *     that make the number up
 */
public record Tolerance(String name, double relative) {

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

  /** Returns the bound for values that take several steps of rounding one after the other. */
  public Tolerance times(double factor) {
    return new Tolerance(name + " x " + factor, relative * factor);
  }

  /** Returns the largest allowed difference at a scale. */
  double allowed(double scale) {
    return relative == 0 ? 0 : relative * scale + UNDERFLOW;
  }
}
