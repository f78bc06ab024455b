package io.cortado.optim;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Applies several schedules at once: at each time, one after the other changes the current rate.
 *
 * <p>It follows PyTorch's recursion, {@link LRSchedule#chained}, step by step from 0, so that it
 * also has its quirks: a schedule that cannot be chained ({@link LambdaLR}, {@link CyclicLR},
 * {@link OneCycleLR}, {@link CosineAnnealingWarmRestarts}) overrides those before it, and {@link
 * CosineAnnealingLR} begins to rise by a part of the initial rate. The rate so far is kept, so that
 * the next is one step; it is only a shortcut, and the same bits come out in whatever order times
 * are asked for.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ChainedScheduler.html">ChainedScheduler</a>
 */
public final class ChainedScheduler implements LRSchedule {

  private record Reached(long t, double lr) {}

  private final List<LRSchedule> schedules;
  private final Map<Double, Reached> reached = new ConcurrentHashMap<>(); // by initial rate

  /**
   * Makes a schedule.
   *
   * @throws IllegalArgumentException if there are no schedules
   */
  public ChainedScheduler(List<? extends LRSchedule> schedules) {
    this.schedules = List.copyOf(schedules);
    if (schedules.isEmpty()) {
      throw new IllegalArgumentException("ChainedScheduler: give it one schedule or more");
    }
  }

  @Override
  public double lr(double initial, long t) {
    Reached from = reached.get(initial);
    if (from == null || from.t > t) {
      from = new Reached(-1, initial);
    }
    double rate = from.lr;
    for (long i = from.t + 1; i <= t; i++) {
      rate = chained(rate, initial, i);
    }
    reached.put(initial, new Reached(t, rate));
    return rate;
  }

  @Override
  public double chained(double current, double initial, long t) {
    double rate = current;
    for (LRSchedule s : schedules) {
      rate = s.chained(rate, initial, t);
    }
    return rate;
  }

  @Override
  public boolean cyclesMomentum() {
    return schedules.stream().anyMatch(LRSchedule::cyclesMomentum);
  }

  @Override
  public double momentum(double initial, long t) {
    double m = initial;
    for (LRSchedule s : schedules) {
      m = s.cyclesMomentum() ? s.momentum(initial, t) : m;
    }
    return m;
  }
}
