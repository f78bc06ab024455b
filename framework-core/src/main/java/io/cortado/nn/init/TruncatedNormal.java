package io.cortado.nn.init;

import io.cortado.Philox;

/**
 * Draws from the standard normal distribution cut at {@code [low, high]}.
 *
 * <p>Where much of the distribution is inside, what falls outside is drawn again. That would take
 * nearly for ever in the tails, beyond what {@link Philox#nextGaussian} can reach (6.66) for ever:
 * there, and in narrow intervals, {@code m} being the bound nearer to 0, the number is drawn from
 * the exponential distribution of rate {@code |m|} that begins at m, cut at the other bound, and
 * taken with the probability {@code exp(-(x - m)^2 / 2)}.
 *
 * <p>Source: C. P. Robert, "Simulation of truncated normal variables" (1995), section 2.
 */
record TruncatedNormal(double low, double high) {

  /** From here on less than 2.3 % of the distribution is left on the far side. */
  private static final double TAIL = 2;

  /** Narrower ones have less than 0.8 %. */
  private static final double NARROW = 0.02;

  double draw(Philox random) {
    double m = Math.clamp(0.0, low, high);
    return Math.abs(m) > TAIL || high - low < NARROW ? rarely(m, random) : mostly(random);
  }

  private double mostly(Philox random) {
    while (true) {
      double x = random.nextGaussian();
      if (x >= low && x <= high) {
        return x;
      }
    }
  }

  private double rarely(double m, Philox random) {
    double begin = m < 0 ? high : low;
    double width = m < 0 ? low - high : high - low;
    while (true) {
      double u = random.nextFloat();
      double x =
          begin
              + (m == 0
                  ? u * width // 0 is inside of a narrow interval
                  : -StrictMath.log1p(u * StrictMath.expm1(-m * width)) / m);
      if (random.nextFloat() < StrictMath.exp(-0.5 * (x - m) * (x - m))) {
        return Math.clamp(x, low, high); // sums are rounded
      }
    }
  }
}
