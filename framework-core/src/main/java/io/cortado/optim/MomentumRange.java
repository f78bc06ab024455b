package io.cortado.optim;

/**
 * The momenta between which a schedule moves, against the learning rate: base where that is
 * highest, max where it is lowest.
 *
 * @param base the lower one
 * @param max the higher one
 */
public record MomentumRange(double base, double max) {

  /** Checks the values. */
  public MomentumRange {
    if (!(base >= 0 && base <= max && max < 1)) {
      throw new IllegalArgumentException(
          "momentum from "
              + base
              + " to "
              + max
              + ": they have to be at least 0, below 1, and the first not above the second");
    }
  }
}
