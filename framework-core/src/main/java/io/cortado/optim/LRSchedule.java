package io.cortado.optim;

/**
 * A learning rate as a function of time.
 *
 * <p>A pure function of the initial rate and of how many epochs, or steps, have been done: nothing
 * to save, and nothing to get wrong on resume. {@link Optimizer#schedule(LRSchedule, long)} puts it
 * to use; of several parameter groups each starts from its own rate. What depends on how training
 * goes is {@link ReduceLROnPlateau}.
 *
 * <p>PyTorch has two forms of most schedules: a closed one, and a recursion that multiplies the
 * current rate, which is what its {@code step()} uses. {@link #lr} is the closed form; the two
 * differ by rounding alone. {@link #chained} is the recursion, which {@link ChainedScheduler} needs
 * to combine several.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate">torch.optim.lr_scheduler</a>
 */
@FunctionalInterface
public interface LRSchedule {

  /**
   * Returns the learning rate.
   *
   * @param initial the optimizer's own
   * @param t how many epochs or steps have been done; 0 at first
   * @throws IllegalStateException if the schedule has an end, and t is beyond it
   */
  double lr(double initial, long t);

  /**
   * Returns the learning rate where other schedules change it too.
   *
   * <p>A schedule that cannot be chained, because it has no recursion or ignores the current rate,
   * sets its own: as in PyTorch, what others before it in the chain did is lost.
   *
   * @param current the rate at t - 1, or what schedules before this one in the chain made of it; at
   *     t = 0 the initial one
   * @param initial the optimizer's own
   * @param t how many epochs or steps have been done
   */
  default double chained(double current, double initial, long t) {
    return lr(initial, t);
  }

  /** Says whether it sets the momentum as well. */
  default boolean cyclesMomentum() {
    return false;
  }

  /**
   * Returns the momentum: SGD's, or Adam's first beta.
   *
   * @param initial the optimizer's own
   * @param t how many epochs or steps have been done
   */
  default double momentum(double initial, long t) {
    return initial;
  }

  /**
   * Returns a schedule that grows linearly to the first value of this one over some time, then goes
   * on with it.
   */
  default LRSchedule withWarmup(long length) {
    return new LinearWarmup(length, this);
  }
}
