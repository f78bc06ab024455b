package io.cortado.optim;

/**
 * Grows linearly from near 0, then follows another schedule: {@code next(0) * (t + 1) / (length +
 * 1)} while {@code t < length}, then {@code next(t - length)}.
 *
 * @param length how long it grows
 * @param next what follows
 * @see <a href="https://arxiv.org/abs/1706.02677">Goyal et al., Accurate, Large Minibatch SGD
 *     (2017)</a>
 */
public record LinearWarmup(long length, LRSchedule next) implements LRSchedule {

  /** Checks the values. */
  public LinearWarmup {
    if (length < 0) {
      throw new IllegalArgumentException(
          "LinearWarmup: the length is " + length + ", it has to be 0 or more");
    }
  }

  @Override
  public double lr(double initial, long t) {
    return t < length ? next.lr(initial, 0) * (t + 1) / (length + 1) : next.lr(initial, t - length);
  }

  @Override
  public boolean cyclesMomentum() {
    return next.cyclesMomentum();
  }

  /** Returns the other schedule's momentum, its first one while the rate grows. */
  @Override
  public double momentum(double initial, long t) {
    return next.momentum(initial, Math.max(0, t - length));
  }
}
