package io.cortado.backend.spec;

/**
 * Random numbers of one distribution.
 *
 * <p>w is an element's random word as an unsigned number (see {@link RandomKey}). Products and sums
 * are rounded one by one, to floats where all operands are floats and else to doubles, so that
 * every backend gives the same bits; {@link io.cortado.backend.RandomMath} has the logarithm and
 * the cosine.
 *
 * @param kind the distribution
 * @param n how many numbers
 * @param a its first parameter
 * @param b its second parameter
 */
public record RandomSpec(Kind kind, long n, float a, float b) {

  /** The distributions. */
  public enum Kind {
    /**
     * From a to b, b excluded unless the last rounding ends there: {@code a + (b - a) u}, u being
     * the upper 24 bits of w over 2^24.
     */
    UNIFORM,
    /**
     * The normal distribution of mean a and deviation b, by Box and Muller's method: {@code a + b
     * sqrt(-2 ln u) cos(2 pi v)}, where {@code u = (w + 1) / 2^32} and v is the word that element i
     * has n elements on, n rounded up to a multiple of 4, over 2^32.
     */
    NORMAL,
    /** 1 with probability a, else 0: whether w is below {@code floor(a 2^32)}. */
    BERNOULLI,
    /** Gumbel's distribution of place a and scale b: {@code a - b ln(-ln((w + 1/2) / 2^32))}. */
    GUMBEL,
    /** A number to sort by: the one whose bits are w's with the second highest made 0. */
    SORT_KEY
  }

  /** Returns how many words further the second word of a normal number is. */
  public long secondWord() {
    return (n + 3) / 4 * 4;
  }
}
