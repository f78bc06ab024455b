package io.cortado.optim;

/**
 * Multiplies the rate by a factor that changes linearly: {@code initial * (startFactor + (endFactor
 * - startFactor) * min(t, totalIters) / totalIters)}.
 *
 * <p>The usual warm-up, {@code new SequentialLR(List.of(new LinearLR(0.01, 1, 500), main),
 * List.of(500L))}. A start factor of 0 is right here, where PyTorch 1.13's recursion divides by it.
 *
 * @param startFactor the factor at first, from 0 to 1
 * @param endFactor the factor in the end, from 0 to 1
 * @param totalIters how long it takes
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html">LinearLR</a>
 */
public record LinearLR(double startFactor, double endFactor, long totalIters)
    implements LRSchedule {

  /** Checks the values. */
  public LinearLR {
    ScheduleChecks.fromZeroToOne("LinearLR", "the start factor", startFactor);
    ScheduleChecks.fromZeroToOne("LinearLR", "the end factor", endFactor);
    ScheduleChecks.atLeastOne("LinearLR", "totalIters", totalIters);
  }

  /** Grows from a third of the rate to all of it in five epochs or steps. */
  public LinearLR() {
    this(1.0 / 3, 1, 5);
  }

  @Override
  public double lr(double initial, long t) {
    return initial
        * (startFactor + (endFactor - startFactor) * Math.min(t, totalIters) / totalIters);
  }

  @Override
  public double chained(double current, double initial, long t) {
    ScheduleChecks.chainable("LinearLR", "the start factor", startFactor);
    if (t == 0) {
      return current * startFactor;
    }
    double change = endFactor - startFactor;
    return t > totalIters
        ? current
        : current * (1 + change / (totalIters * startFactor + (t - 1) * change));
  }
}
