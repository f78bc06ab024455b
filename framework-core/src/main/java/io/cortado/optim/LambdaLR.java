package io.cortado.optim;

import java.util.function.LongToDoubleFunction;

/**
 * Multiplies the initial rate by a function of time: {@code initial * lrLambda(t)}.
 *
 * <p>It cannot be chained: it goes by the initial rate alone.
 *
 * @param lrLambda the factor at a time
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html">LambdaLR</a>
 */
public record LambdaLR(LongToDoubleFunction lrLambda) implements LRSchedule {

  @Override
  public double lr(double initial, long t) {
    return initial * lrLambda.applyAsDouble(t);
  }
}
