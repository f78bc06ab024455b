package io.cortado.optim;

/**
 * A learning rate as a function of time.
 *
 * <p>A pure function of the initial rate and of how many epochs, or steps, have been done: nothing
 * to save, and nothing to get wrong on resume.
 */
@FunctionalInterface
public interface LRSchedule {

  /**
   * Returns the learning rate.
   *
   * @param initial the optimizer's own
   * @param t how many epochs or steps have been done; 0 at first
   */
  double lr(double initial, long t);

  /**
   * Returns a schedule that grows linearly to the first value of this one over some time, then goes
   * on with it.
   */
  default LRSchedule withWarmup(long length) {
    return new LinearWarmup(length, this);
  }
}
