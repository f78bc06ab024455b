package io.cortado.backend.spec;

/**
 * A loss that compares an input x and a target t element by element.
 *
 * @param kind which one
 * @param n how many elements
 * @param reduction what is done with the elements' losses
 */
public record PointwiseLossSpec(Kind kind, long n, Reduction reduction) {

  /** The losses; w is the element's weight, p its positive weight, each 1 where not given. */
  public enum Kind {
    /** {@code w (x - t)^2}. */
    MSE,
    /** {@code w |x - t|}, gradient 0 at x = t. */
    L1,
    /** {@code -w (t ln x + (1 - t) ln(1 - x))}, each logarithm held at -100 or above. */
    BCE,
    /** {@code w ((1 - t) x + (1 + (p - 1) t) ln(1 + e^-x))}, computed without overflow. */
    BCE_WITH_LOGITS
  }
}
