package io.cortado.backend;

/**
 * Logarithm and cosine that are the same bits on every machine.
 *
 * <p>They are made of sums, products and quotients in double precision, each rounded once, in the
 * order written here: what IEEE 754 leaves no choice about. Libraries agree on these functions to a
 * last bit or two only, and random numbers have to agree to the bit.
 */
public final class RandomMath {

  private static final double LN2 = 0x1.62e42fefa39efp-1;
  private static final double TWO_PI = 0x1.921fb54442d18p2;
  private static final long MANTISSA = (1L << 52) - 1;
  private static final long ONE = 1023L << 52;
  private static final double SQRT2 = 0x1.6a09e667f3bcdp0;

  /** The last power of the logarithm's series: what follows is below a rounding. */
  private static final int LOG_TERMS = 21;

  private RandomMath() {}

  /** Returns the natural logarithm of a positive normal number, by the series of artanh. */
  public static double log(double x) {
    long bits = Double.doubleToRawLongBits(x);
    int exponent = (int) (bits >>> 52) - 1023;
    double m = Double.longBitsToDouble(bits & MANTISSA | ONE);
    if (m > SQRT2) {
      m = m * 0.5;
      exponent++;
    }
    double s = (m - 1) / (m + 1);
    double square = s * s;
    double sum = 1.0 / LOG_TERMS;
    for (int k = LOG_TERMS - 2; k >= 1; k -= 2) {
      sum = sum * square + 1.0 / k;
    }
    return exponent * LN2 + 2 * s * sum;
  }

  /** Returns the cosine of a number of full turns from 0 to 1, by Taylor's series. */
  public static double cosOfTurns(double v) {
    int quarter = (int) (4 * v + 0.5);
    double t = (v - 0.25 * quarter) * TWO_PI;
    double square = t * t;
    boolean sine = (quarter & 1) == 1;
    double sum = 1;
    for (int k = sine ? 17 : 16; k >= 2; k -= 2) {
      sum = 1 - sum * square / (k * (k - 1));
    }
    double value = sine ? sum * t : sum;
    // cos(t + 90 degrees) = -sin t, and so on round the circle.
    return quarter == 1 || quarter == 2 ? -value : value;
  }

  /** Returns the number that {@link io.cortado.backend.spec.RandomSpec.Kind#NORMAL} makes. */
  public static float normal(int first, int second, float a, float b) {
    double u = (Integer.toUnsignedLong(first) + 1) * 0x1p-32;
    double v = Integer.toUnsignedLong(second) * 0x1p-32;
    float z = (float) (Math.sqrt(-2 * log(u)) * cosOfTurns(v));
    return a + b * z;
  }

  /** Returns the number that {@link io.cortado.backend.spec.RandomSpec.Kind#GUMBEL} makes. */
  public static float gumbel(int word, float a, float b) {
    double u = (Integer.toUnsignedLong(word) + 0.5) * 0x1p-32;
    float z = (float) -log(-log(u));
    return a + b * z;
  }

  /** Returns the number that {@link io.cortado.backend.spec.RandomSpec.Kind#UNIFORM} makes. */
  public static float uniform(int word, float a, float b) {
    return a + (b - a) * ((word >>> 8) * 0x1p-24f);
  }

  /** Returns the number that {@link io.cortado.backend.spec.RandomSpec.Kind#SORT_KEY} makes. */
  public static float sortKey(int word) {
    return Float.intBitsToFloat(word & 0xBFFFFFFF);
  }
}
