package io.cortado.optim;

/**
 * Multiplies the rate by a constant until some time: {@code initial * factor} while {@code t <
 * totalIters}, then {@code initial}.
 *
 * @param factor the factor, from 0 to 1
 * @param totalIters how long
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ConstantLR.html">ConstantLR</a>
 */
public record ConstantLR(double factor, long totalIters) implements LRSchedule {

  /** Checks the values. */
  public ConstantLR {
    ScheduleChecks.fromZeroToOne("ConstantLR", "the factor", factor);
    ScheduleChecks.atLeastOne("ConstantLR", "totalIters", totalIters);
  }

  /** Multiplies by 1/3 for five epochs or steps. */
  public ConstantLR() {
    this(1.0 / 3, 5);
  }

  @Override
  public double lr(double initial, long t) {
    return t < totalIters ? initial * factor : initial;
  }

  @Override
  public double chained(double current, double initial, long t) {
    ScheduleChecks.chainable("ConstantLR", "the factor", factor);
    if (t == 0) {
      return current * factor;
    }
    return t == totalIters ? current * (1 / factor) : current;
  }
}
