package io.cortado.optim;

import java.util.function.LongToDoubleFunction;

/**
 * Multiplies the rate by a function of time at each time: {@code initial * lrLambda(1) *
 * lrLambda(2) * ... * lrLambda(t)}.
 *
 * <p>The product so far is kept, so that the next is one multiplication; it is only a shortcut, and
 * the same bits come out in whatever order times are asked for.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiplicativeLR.html">MultiplicativeLR</a>
 */
public final class MultiplicativeLR implements LRSchedule {

  /** A product of the first t factors; immutable, so that threads may share the schedule. */
  private record Product(long t, double value) {}

  private static final Product NOTHING = new Product(0, 1);

  private final LongToDoubleFunction lrLambda;
  private Product reached = NOTHING;

  /**
   * Makes a schedule.
   *
   * @param lrLambda the factor at a time from 1 on; the same at each call
   */
  public MultiplicativeLR(LongToDoubleFunction lrLambda) {
    this.lrLambda = lrLambda;
  }

  @Override
  public double lr(double initial, long t) {
    Product from = reached.t <= t ? reached : NOTHING;
    double value = from.value;
    for (long i = from.t + 1; i <= t; i++) {
      value *= lrLambda.applyAsDouble(i);
    }
    reached = new Product(t, value);
    return initial * value;
  }

  @Override
  public double chained(double current, double initial, long t) {
    return t == 0 ? current : current * lrLambda.applyAsDouble(t);
  }
}
