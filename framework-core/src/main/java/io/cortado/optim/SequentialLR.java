package io.cortado.optim;

import java.util.List;

/**
 * Follows one schedule after another: from a milestone on the next one, whose time begins anew at 0
 * there.
 *
 * <p>Each schedule starts from the optimizer's initial rate, as in PyTorch for all that have a
 * closed form. Three quirks of PyTorch 1.13 are not followed: there a {@link MultiplicativeLR} goes
 * on from the current rate, a {@link CyclicLR} or {@link OneCycleLR} changes the initial rate of
 * the others when it is made, and the momentum too. Here, a momentum that a schedule has cycled
 * stays where it was when the next one begins, and before the first such schedule it is the
 * optimizer's own.
 *
 * @param schedules the schedules, in their order
 * @param milestones when each but the first begins, in rising order
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html">SequentialLR</a>
 */
public record SequentialLR(List<LRSchedule> schedules, List<Long> milestones)
    implements LRSchedule {

  /** Copies and checks the values. */
  public SequentialLR {
    schedules = List.copyOf(schedules);
    milestones = List.copyOf(milestones);
    if (schedules.isEmpty() || milestones.size() != schedules.size() - 1) {
      throw new IllegalArgumentException(
          "SequentialLR: "
              + schedules.size()
              + " schedules and milestones "
              + milestones
              + "; give the time when each schedule but the first begins");
    }
    long before = 0;
    for (long m : milestones) {
      if (m <= before) {
        throw new IllegalArgumentException(
            "SequentialLR: milestones "
                + milestones
                + " have to be above 0 and rising, so that each schedule has its time");
      }
      before = m;
    }
  }

  private int active(long t) {
    int i = 0;
    while (i < milestones.size() && milestones.get(i) <= t) {
      i++;
    }
    return i;
  }

  private long begin(int schedule) {
    return schedule == 0 ? 0 : milestones.get(schedule - 1);
  }

  @Override
  public double lr(double initial, long t) {
    int i = active(t);
    return schedules.get(i).lr(initial, t - begin(i));
  }

  @Override
  public double chained(double current, double initial, long t) {
    int i = active(t);
    LRSchedule s = schedules.get(i);
    return i > 0 && t == begin(i) ? s.lr(initial, 0) : s.chained(current, initial, t - begin(i));
  }

  @Override
  public boolean cyclesMomentum() {
    return schedules.stream().anyMatch(LRSchedule::cyclesMomentum);
  }

  @Override
  public double momentum(double initial, long t) {
    int i = active(t);
    long at = t;
    while (i > 0 && !schedules.get(i).cyclesMomentum()) {
      at = begin(i) - 1;
      i--;
    }
    return schedules.get(i).momentum(initial, at - begin(i));
  }
}
