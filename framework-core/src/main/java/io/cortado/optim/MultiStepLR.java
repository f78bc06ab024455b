package io.cortado.optim;

import java.util.List;
import java.util.stream.LongStream;

/**
 * Multiplies the rate by gamma at each milestone: {@code initial * gamma^(how many milestones are
 * at most t)}.
 *
 * @param milestones when, in rising order; one that occurs twice counts twice
 * @param gamma the factor
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html">MultiStepLR</a>
 */
public record MultiStepLR(List<Long> milestones, double gamma) implements LRSchedule {

  /** Copies and checks the values. */
  public MultiStepLR {
    milestones = List.copyOf(milestones);
    ScheduleChecks.notNegative("MultiStepLR", "gamma", gamma);
    long before = 0;
    for (long m : milestones) {
      if (m < before) {
        throw new IllegalArgumentException(
            "MultiStepLR: milestones "
                + milestones
                + " have to be 0 or more and in rising order; sort them");
      }
      before = m;
    }
  }

  /** Multiplies by 0.1 at each milestone. */
  public static MultiStepLR at(long... milestones) {
    return new MultiStepLR(LongStream.of(milestones).boxed().toList(), 0.1);
  }

  /** Returns the same with another factor. */
  public MultiStepLR gamma(double factor) {
    return new MultiStepLR(milestones, factor);
  }

  @Override
  public double lr(double initial, long t) {
    int passed = 0;
    while (passed < milestones.size() && milestones.get(passed) <= t) {
      passed++;
    }
    return initial * Math.pow(gamma, passed);
  }

  @Override
  public double chained(double current, double initial, long t) {
    int here = 0;
    for (long m : milestones) {
      here += m == t ? 1 : 0;
    }
    return current * Math.pow(gamma, here);
  }
}
