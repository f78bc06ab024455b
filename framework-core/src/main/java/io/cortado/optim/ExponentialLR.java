package io.cortado.optim;

/**
 * Multiplies the rate by gamma each time: {@code initial * gamma^t}.
 *
 * @param gamma the factor
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html">ExponentialLR</a>
 */
public record ExponentialLR(double gamma) implements LRSchedule {

  /** Checks the value. */
  public ExponentialLR {
    ScheduleChecks.notNegative("ExponentialLR", "gamma", gamma);
  }

  @Override
  public double lr(double initial, long t) {
    return initial * Math.pow(gamma, t);
  }

  @Override
  public double chained(double current, double initial, long t) {
    return t == 0 ? current : current * gamma;
  }
}
