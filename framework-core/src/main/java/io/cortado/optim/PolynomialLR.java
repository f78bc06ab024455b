package io.cortado.optim;

/**
 * Goes down to 0 along a power: {@code initial * (1 - min(t, totalIters) / totalIters)^power}.
 *
 * @param totalIters when it is at 0
 * @param power the power; 1 is a line
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html">PolynomialLR</a>
 */
public record PolynomialLR(long totalIters, double power) implements LRSchedule {

  /** Checks the values. */
  public PolynomialLR {
    ScheduleChecks.atLeastOne("PolynomialLR", "totalIters", totalIters);
    ScheduleChecks.notNegative("PolynomialLR", "the power", power);
  }

  /** Goes down along a line in five epochs or steps. */
  public PolynomialLR() {
    this(5, 1);
  }

  @Override
  public double lr(double initial, long t) {
    return initial * Math.pow(1 - (double) Math.min(t, totalIters) / totalIters, power);
  }

  @Override
  public double chained(double current, double initial, long t) {
    if (t == 0 || t > totalIters) {
      return current;
    }
    double now = 1 - (double) t / totalIters;
    double before = 1 - (double) (t - 1) / totalIters;
    return current * Math.pow(now / before, power);
  }
}
