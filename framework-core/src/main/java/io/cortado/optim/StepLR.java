package io.cortado.optim;

/**
 * Multiplies the rate by gamma every so often: {@code initial * gamma^floor(t / stepSize)}.
 *
 * @param stepSize how often
 * @param gamma the factor
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html">StepLR</a>
 */
public record StepLR(long stepSize, double gamma) implements LRSchedule {

  /** Checks the values. */
  public StepLR {
    ScheduleChecks.atLeastOne("StepLR", "the step size", stepSize);
    ScheduleChecks.notNegative("StepLR", "gamma", gamma);
  }

  /** Multiplies by 0.1. */
  public StepLR(long stepSize) {
    this(stepSize, 0.1);
  }

  @Override
  public double lr(double initial, long t) {
    return initial * Math.pow(gamma, t / stepSize);
  }

  @Override
  public double chained(double current, double initial, long t) {
    return t == 0 || t % stepSize != 0 ? current : current * gamma;
  }
}
