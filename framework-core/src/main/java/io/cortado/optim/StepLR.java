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
    if (stepSize < 1) {
      throw new IllegalArgumentException(
          "StepLR: the step size is " + stepSize + ", it has to be at least 1");
    }
    Optimizer.checkNonNegative("factor of StepLR", gamma);
  }

  @Override
  public double lr(double initial, long t) {
    return initial * Math.pow(gamma, t / stepSize);
  }
}
